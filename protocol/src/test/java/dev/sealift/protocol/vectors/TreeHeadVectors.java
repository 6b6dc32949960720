package dev.sealift.protocol.vectors;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

final class TreeHeadVectors extends VectorFile {
  private static final int SIZE_AT = 37;
  private static final int TIME_AT = 77;
  private static final SpaceId SPACE =
      SampleFiles.genesis(SampleDevice.number(1)).space();
  private static final TreeHead HEAD =
      new TreeHead(SPACE, 0, 5, hash(0x22), SampleFiles.NEW_YEAR_MILLIS);
  private static final byte[] NOTARY = SampleFiles.NOTARY.toByteArray();

  TreeHeadVectors() {
    super("tree-heads", "Section 12: tree heads, 85 bytes, and signed by the notary, 149.");
  }

  @Override
  protected void cases(Cases to) {
    to.add("the head of section 20", make(HEAD));
    to.add("a log without files", make(new TreeHead(SPACE, 0, 0, CompactTree.EMPTY_ROOT, 0)));
    to.add(
        "the highest of everything",
        make(new TreeHead(SPACE, -1, (1L << 62) - 1, hash(0xff), HybridTime.MAX_MILLIS)));
    byte[] good = SignedTreeHead.sign(HEAD, SampleFiles.NOTARY_KEY).bytes();
    to.add("read: the head of section 20", read(good, NOTARY));
    to.add("refused: a bit of the root flipped", read(flipped(good, 50), NOTARY));
    to.add("refused: a bit of the signature flipped", read(flipped(good, 100), NOTARY));
    to.add(
        "refused: another notary",
        read(good, SampleDevice.number(1).signing().verifyingKey().toByteArray()));
    to.add("malformed: another first byte", read(flipped(good, 0), NOTARY));
    to.add("malformed: a size of 2^62", read(resigned(good, SIZE_AT, 1L << 62), NOTARY));
    to.add("malformed: a size of 2^64 - 1", read(resigned(good, SIZE_AT, -1), NOTARY));
    to.add("malformed: a server time of 2^48", read(resigned(good, TIME_AT, 1L << 48), NOTARY));
    to.add("malformed: a byte short", read(Arrays.copyOf(good, 148), NOTARY));
    to.add("malformed: a byte long", read(Arrays.copyOf(good, 150), NOTARY));
  }

  private static Json make(TreeHead head) {
    return Json.of("kind", "make")
        .text("space", head.space().toString())
        .u32("incarnation", head.incarnation())
        .u64("size", head.size())
        .text("root", head.root().toString())
        .u64("server_time_millis", head.serverTimeMillis())
        .hex("notary_seed", SampleFiles.NOTARY_KEY.seed());
  }

  private static Json read(byte[] signedHead, byte[] notary) {
    return Json.of("kind", "read").hex("signed_head", signedHead).hex("notary", notary);
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "make" -> made(in);
      case "read" -> checked(SignedTreeHead.parse(in.bytes("signed_head")), in.hex("notary"));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json made(Inputs in) throws FormatException {
    TreeHead head = new TreeHead(
        SpaceId.of(in.hex("space")),
        in.u32("incarnation"),
        in.u64("size"),
        Hash.wrap(in.hex("root")),
        in.u64("server_time_millis"));
    SigningKey notary = SigningKey.fromSeed(in.hex("notary_seed"));
    return Json.object()
        .hex("head", head.bytes())
        .hex("notary", notary.verifyingKey().byteString())
        .hex("signed_head", SignedTreeHead.sign(head, notary).bytes());
  }

  private static Json checked(SignedTreeHead signed, byte[] notary) throws FormatException {
    if (!signed.verify(VerifyingKey.of(notary))) {
      return Json.of("refused", "BAD_SIGNATURE");
    }
    TreeHead head = signed.head();
    return Json.object()
        .text("space", head.space().toString())
        .u32("incarnation", head.incarnation())
        .u64("size", head.size())
        .text("root", head.root().toString())
        .u64("server_time_millis", head.serverTimeMillis());
  }

  private static byte[] flipped(byte[] bytes, int place) {
    byte[] flipped = bytes.clone();
    flipped[place] ^= 0x10;
    return flipped;
  }

  /** As a notary would sign it who does not keep to the format. */
  private static byte[] resigned(byte[] good, int place, long number) {
    byte[] body = Arrays.copyOf(good, TreeHead.BYTES);
    ByteBuffer.wrap(body).putLong(place, number);
    byte[] signature =
        SampleFiles.NOTARY_KEY.sign(dev.sealift.protocol.crypto.SignatureContext.TREE_HEAD, body);
    return ByteBuffer.allocate(SignedTreeHead.BYTES).put(body).put(signature).array();
  }

  private static Hash hash(int fill) {
    try {
      return Hash.wrap(SampleDevice.filled(Hash.BYTES, fill));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
