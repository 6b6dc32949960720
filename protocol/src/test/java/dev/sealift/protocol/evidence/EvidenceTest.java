package dev.sealift.protocol.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.EvidenceBody;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private final SigningKey reporter = SigningKey.fromSeed(new byte[SigningKey.SEED_BYTES]);
  private final Files frame = Files.newBuilder().setFirstSequence(1).build();

  private Evidence evidence() throws FormatException {
    byte[] seven = new byte[32];
    Arrays.fill(seven, (byte) 7);
    ByteString key = ByteString.copyFromUtf8("the key that nobody is to see!!!");
    return new Evidence(
        EvidenceKind.EVIDENCE_KIND_COMPACTION_FALSE,
        SpaceId.of(seven),
        SigningKey.fromSeed(seven).verifyingKey(),
        new DevicePublicKeys(reporter.verifyingKey(), ByteString.copyFrom(seven)),
        1_700_000_000_000L,
        9,
        Hash.of(seven),
        Optional.of(FileId.of(seven)),
        List.of(),
        List.of(new RevealedEpoch(CollectionId.main(), 1, key)),
        Shown.nothing());
  }

  private byte[] written() throws IOException, FormatException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EvidenceWriter writer = new EvidenceWriter(out, evidence(), reporter);
    writer.add(frame);
    writer.add(frame);
    writer.flush();
    return out.toByteArray();
  }

  private static EvidenceReader read(byte[] bytes) throws IOException, FormatException {
    return new EvidenceReader(new ByteArrayInputStream(bytes));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException, FormatException {
    EvidenceReader reader = read(written());

    assertThat(reader.evidence()).isEqualTo(evidence());
    assertThat(reader.next()).contains(frame);
    assertThat(reader.next()).contains(frame);
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void noBitOfWhatTheReporterSaysCanBeAnother() throws IOException, FormatException {
    byte[] bytes = written();
    int body = bytes.length - 2 * (Integer.BYTES + frame.getSerializedSize());
    for (int bit = 0; bit < 8 * body; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(altered)).as("bit %s", bit).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void whatWasCutOffIsNotTakenForTheEnd() throws IOException, FormatException {
    byte[] bytes = written();
    int frameBytes = Integer.BYTES + frame.getSerializedSize();
    for (int length = 0; length < bytes.length; length++) {
      byte[] less = Arrays.copyOf(bytes, length);
      int left = bytes.length - length;
      if (left == frameBytes || left == 2 * frameBytes) {
        continue; // whole frames are missing: that is for the reader of the log to see
      }
      assertThatThrownBy(() -> all(less))
          .as("%s bytes", length)
          .isInstanceOf(FormatException.class);
    }
  }

  private static void all(byte[] bytes) throws IOException, FormatException {
    EvidenceReader reader = read(bytes);
    while (reader.next().isPresent()) {
      assertThat(reader.evidence()).isNotNull();
    }
  }

  /** Whoever sends it says how long it is: that many bytes are never set aside before they have come. */
  @Test
  void aLengthThatCannotBeIsRefusedAtOnce() throws IOException, FormatException {
    byte[] bytes = written();
    for (int length : new int[] {0, -1, Integer.MAX_VALUE, Limits.MAX_FRAME_BYTES + 1}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes);
      new DataOutputStream(out).writeInt(length);
      assertThatThrownBy(() -> all(out.toByteArray())).isInstanceOf(FormatException.class);
    }
  }

  private byte[] signed(UnaryOperator<EvidenceBody.Builder> change)
      throws IOException, FormatException {
    ByteString signed = evidence().sign(reporter);
    EvidenceBody was = EvidenceBody.parseFrom(signed.substring(0, signed.size() - 64));
    ByteString body = change.apply(was.toBuilder()).build().toByteString();
    byte[] signature = reporter.sign(SignatureContext.EVIDENCE, body.toByteArray());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(out);
    data.write(EvidenceWriter.magic());
    data.writeInt(1);
    data.writeInt(body.size() + signature.length);
    data.write(body.toByteArray());
    data.write(signature);
    return out.toByteArray();
  }

  @Test
  void aNewerOneIsSaidToBeNewer() throws IOException, FormatException {
    assertThat(read(signed(body -> body)).evidence()).isEqualTo(evidence());
    byte[] version = signed(body -> body.setVersion(2));
    byte[] kind = signed(body -> body.setKindValue(99));
    byte[] layout = written();
    layout[EvidenceWriter.magic().length + 3] = 2;

    for (byte[] newer : List.of(version, kind, layout)) {
      assertThatThrownBy(() -> read(newer)).isInstanceOf(NewerFormatException.class);
    }
  }

  @Test
  void whatSaysNothingIsRefused() throws IOException, FormatException {
    List<byte[]> nothing = List.of(
        signed(EvidenceBody.Builder::clearKind),
        signed(EvidenceBody.Builder::clearCompaction),
        signed(EvidenceBody.Builder::clearSequence),
        signed(body -> body.setSequence(-1)),
        signed(EvidenceBody.Builder::clearReporter),
        signed(body -> body.setNotary(ByteString.EMPTY)),
        signed(body -> body.addIncarnations(ByteString.EMPTY)),
        signed(body -> body.setKeys(0, body.getKeys(0).toBuilder().setEpoch(0))),
        signed(body -> body.setKeys(0, body.getKeys(0).toBuilder().clearKey())));

    for (byte[] one : nothing) {
      assertThatThrownBy(() -> read(one))
          .isInstanceOf(FormatException.class)
          .isNotInstanceOf(NewerFormatException.class);
    }
  }

  @Test
  void printsNoKey() throws FormatException {
    assertThat(evidence().toString()).doesNotContain("nobody", "6e6f626f6479");
    assertThat(evidence().keys().get(0)).hasToString("the key of epoch 1");
  }
}
