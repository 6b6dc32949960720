package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.vectors.Cases;
import java.util.Arrays;

/** Headers that break one rule each, well signed by their author unless the signature is what is wrong. */
final class MalformedHeaders {
  private static final long TOO_HIGH = 1L << 62;
  private static final SampleDevice DEVICE = SampleDevice.number(1);
  private static final byte[] PAYLOAD_HASH = Hash.of(SampleFiles.PAYLOAD).toByteArray();

  private final Cases to;

  private MalformedHeaders(Cases to) {
    this.to = to;
  }

  static void add(Cases to) {
    MalformedHeaders headers = new MalformedHeaders(to);
    headers.frames();
    headers.numbers();
    headers.ids();
    headers.lists();
    headers.membership();
    headers.signatures();
  }

  private static HeaderBody.Builder events() {
    return GoodHeaders.events();
  }

  private static HeaderBody.Builder later() {
    return SampleFiles.later(events());
  }

  private void bad(String what, HeaderBody.Builder body) {
    to.add("malformed: " + what, FileHeaderVectors.read(signed(body), key()));
  }

  private void newer(String what, HeaderBody.Builder body) {
    to.add(
        "newer: " + what,
        "A device stops advancing before such a file and says so; a mesh refuses it as malformed.",
        FileHeaderVectors.read(signed(body), key()));
  }

  private void bytes(String name, byte[] signedHeader) {
    to.add(name, FileHeaderVectors.read(signedHeader, key()));
  }

  private static dev.sealift.protocol.crypto.VerifyingKey key() {
    return DEVICE.signing().verifyingKey();
  }

  private static byte[] signed(HeaderBody.Builder body) {
    return signed(body.build().toByteString(), SampleFiles.PAYLOAD.length);
  }

  private static byte[] signed(ByteString body, int payloadLength) {
    byte[] unsigned = FileHeaderVectors.assembled(body, payloadLength, PAYLOAD_HASH, new byte[0]);
    byte[] signature = DEVICE.signing().sign(SignatureContext.FILE_HEADER, unsigned);
    return FileHeaderVectors.assembled(body, payloadLength, PAYLOAD_HASH, signature);
  }

  private void frames() {
    ByteString body = events().build().toByteString();
    bytes("malformed: 99 bytes", new byte[99]);
    bytes("malformed: an empty body", signed(ByteString.EMPTY, 6));
    bytes("malformed: a body cut short", signed(body.substring(0, body.size() - 1), 6));
    bytes("malformed: a payload of 2^20 + 1 bytes", signed(body, (1 << 20) + 1));
    bytes("malformed: a payload of 2^32 - 1 bytes", signed(body, -1));
  }

  private void numbers() {
    bad("no version", events().clearVersion());
    newer("version 2", events().setVersion(2));
    bad("no kind", events().clearKind());
    newer("kind 5", events().setKindValue(5));
    bad("counter 0", events().clearCounter());
    bad("counter 2^62", later().setCounter(TOO_HIGH));
    bad("counter 2^64 - 1", later().setCounter(-1));
    bad("epoch 0", events().clearEpoch());
    bad("epoch 2^31", events().setEpoch(Integer.MIN_VALUE));
    bad("generation 2^31", events().setGeneration(Integer.MIN_VALUE));
    bad("an expiry of 2^63", events().setExpiresAtMillis(Long.MIN_VALUE));
  }

  private void ids() {
    bad("no space in a file of events", events().clearSpace());
    bad("a space of 31 bytes", events().setSpace(filled(31, 1)));
    bad("a space in a genesis", SampleFiles.genesisBody(DEVICE).setSpace(filled(32, 1)));
    bad("a device of 31 bytes", events().setDevice(filled(31, 1)));
    bad("a previous file, though the counter is 1", events().setPrevious(filled(32, 1)));
    bad("no previous file, though the counter is 4", later().clearPrevious());
    bad("a previous file of 33 bytes", later().setPrevious(filled(33, 1)));
    bad("a collection of 15 bytes", events().setCollection(filled(15, 0)));
    bad("a salt of 31 bytes", events().setSalt(filled(31, 1)));
    bad("no salt", events().clearSalt());
  }

  private void lists() {
    bad("nothing seen is not said", events().clearSeen());
    bad("nothing seen, with a root", seen(0, 32));
    bad("a root of 31 bytes", seen(1, 31));
    bad("2^62 files seen", seen(TOO_HIGH, 32));
    bad("superseding from 0", events().addSupersedes(GoodHeaders.range(0, 1)));
    bad("superseding backwards", events().addSupersedes(GoodHeaders.range(5, 4)));
    bad("superseding up to 2^62", events().addSupersedes(GoodHeaders.range(1, TOO_HIGH)));
    bad(
        "superseded ranges that touch",
        events().addSupersedes(GoodHeaders.range(1, 2)).addSupersedes(GoodHeaders.range(3, 4)));
    bad(
        "superseded ranges that descend",
        events().addSupersedes(GoodHeaders.range(8, 9)).addSupersedes(GoodHeaders.range(1, 2)));
    bad("2,049 superseded ranges", ranges(2_049));
    bad("building on 65 files", dots(65, dot()));
    bad("building on a device of 31 bytes", dots(1, dot().setDevice(filled(31, 1))));
    bad("building on counter 0", dots(1, dot().clearCounter()));
    bad("building on counter 2^62", dots(1, dot().setCounter(TOO_HIGH)));
    bad("building on a file of 33 bytes", dots(1, dot().setFile(filled(33, 1))));
  }

  private static HeaderBody.Builder seen(long sequence, int rootBytes) {
    return events().setSeen(Seen.newBuilder().setSequence(sequence).setRoot(filled(rootBytes, 2)));
  }

  private static HeaderBody.Builder ranges(int count) {
    HeaderBody.Builder body = events();
    for (int i = 0; i < count; i++) {
      body.addSupersedes(GoodHeaders.range(2L * i + 1, 2L * i + 1));
    }
    return body;
  }

  private static Dot.Builder dot() {
    return Dot.newBuilder().setDevice(filled(32, 4)).setCounter(1).setFile(filled(32, 6));
  }

  private static HeaderBody.Builder dots(int count, Dot.Builder dot) {
    HeaderBody.Builder body = events();
    for (int i = 0; i < count; i++) {
      body.addBuildsOn(dot);
    }
    return body;
  }

  private void membership() {
    bad(
        "a membership change in a file of events",
        events().setMembership(MembershipChange.getDefaultInstance()));
    bad("a membership file without a change", events().setKind(FileKind.FILE_KIND_MEMBERSHIP));
  }

  private void signatures() {
    byte[] good = signed(events());
    byte[] flipped = good.clone();
    flipped[good.length - 1] ^= 0x08;
    bytes("refused: a bit of the signature flipped", flipped);
    byte[] otherPayload = good.clone();
    otherPayload[good.length - 65] ^= 0x10;
    bytes("refused: another payload's hash", otherPayload);
    byte[] unsigned = Arrays.copyOf(good, good.length - 64);
    byte[] asHead = DEVICE.signing().sign(SignatureContext.TREE_HEAD, unsigned);
    System.arraycopy(
        asHead, 0, unsigned = Arrays.copyOf(unsigned, good.length), good.length - 64, 64);
    bytes("refused: signed in another context", unsigned);
    to.add(
        "refused: signed by another device",
        FileHeaderVectors.read(good, SampleDevice.number(2).signing().verifyingKey()));
  }
}
