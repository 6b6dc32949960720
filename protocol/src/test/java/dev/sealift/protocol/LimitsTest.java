package dev.sealift.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Receipt;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the limits fit one another: what one allows, no other forbids. */
class LimitsTest {
  private static final ByteString HEADER = zeros(Limits.MAX_SIGNED_HEADER_BYTES);
  private static final ByteString PAYLOAD = zeros(Limits.MAX_PAYLOAD_BYTES);
  private static final ByteString HEAD = zeros(SignedTreeHead.BYTES);
  private static final List<ByteString> PROOF =
      Collections.nCopies(Limits.MAX_PROOF_HASHES, zeros(32));

  @Test
  void theLargestFileFitsAPut() {
    PutFile file =
        PutFile.newBuilder().setSignedHeader(HEADER).setPayload(PAYLOAD).build();
    assertFits(
        Frame.newBuilder().setPut(Put.newBuilder().setRequest(-1).addFiles(file)),
        Limits.MAX_FRAME_BYTES);
    assertThat(Limits.PUT_WINDOW_BYTES)
        .isGreaterThanOrEqualTo(Limits.MAX_PAYLOAD_BYTES + Limits.MAX_SIGNED_HEADER_BYTES);
  }

  @Test
  void theLargestFileFitsFilesWithItsProof() {
    LogEntry entry = LogEntry.newBuilder()
        .setSignedHeader(HEADER)
        .setServerTimeMillis(-1)
        .setBase(-1)
        .setPayload(PAYLOAD)
        .build();
    Files.Builder files = Files.newBuilder()
        .setRequest(-1)
        .setFirstSequence(-1)
        .addEntries(entry)
        .setSignedHead(HEAD)
        .addAllConsistency(PROOF);
    assertFits(Frame.newBuilder().setFiles(files), Limits.MAX_FRAME_BYTES);
  }

  @Test
  void theResultOfTheLargestPutFitsAFrame() {
    Receipt receipt = Receipt.newBuilder()
        .setSequence(-1)
        .setServerTimeMillis(-1)
        .setBase(-1)
        .addAllPath(PROOF)
        .build();
    Outcome outcome = Outcome.newBuilder().setReceipt(receipt).build();
    PutResult.Builder result = PutResult.newBuilder()
        .setRequest(-1)
        .setSignedHead(HEAD)
        .addAllOutcomes(Collections.nCopies(Limits.MAX_PUT_FILES, outcome));
    assertFits(Frame.newBuilder().setPutResult(result), Limits.MAX_FRAME_BYTES);
  }

  @Test
  void theHandshakeFitsItsFrames() {
    DevicePublicKeys keys = SampleDevice.number(1).keys();
    Hello.Builder hello = Hello.newBuilder()
        .setMinVersion(-1)
        .setMaxVersion(-1)
        .setSpace(zeros(32))
        .setDevice(keys.toProto())
        .setClientNonce(zeros(32))
        .setInvitation(zeros(32))
        .setAdmissionToken(zeros(Limits.MAX_ADMISSION_TOKEN_BYTES));
    Challenge.Builder challenge = Challenge.newBuilder()
        .setVersion(-1)
        .setNotary(zeros(32))
        .setServerNonce(zeros(32))
        .setServerTimeMillis(-1)
        .setSignature(zeros(64));
    Prove.Builder prove =
        Prove.newBuilder().setSignature(zeros(64)).setInvitationSignature(zeros(64));
    assertFits(Frame.newBuilder().setHello(hello), Limits.MAX_HANDSHAKE_FRAME_BYTES);
    assertFits(Frame.newBuilder().setChallenge(challenge), Limits.MAX_HANDSHAKE_FRAME_BYTES);
    assertFits(Frame.newBuilder().setProve(prove), Limits.MAX_HANDSHAKE_FRAME_BYTES);
  }

  private static void assertFits(Frame.Builder frame, int bytes) {
    assertThat(frame.build().getSerializedSize()).isLessThanOrEqualTo(bytes);
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
