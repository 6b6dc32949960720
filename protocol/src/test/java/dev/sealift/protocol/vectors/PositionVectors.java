package dev.sealift.protocol.vectors;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

final class PositionVectors extends VectorFile {
  private static final SampleDevice DEVICE = SampleDevice.number(1);
  private static final SpaceId SPACE = SampleFiles.genesis(DEVICE).space();
  private static final Position POSITION = new Position(
      SPACE, DEVICE.id(), 0, 5, hash(0x22), HybridTime.of(SampleFiles.NEW_YEAR_MILLIS, 7));
  private static final byte[] KEY = DEVICE.signing().verifyingKey().toByteArray();

  PositionVectors() {
    super("positions", "Section 12: positions, 117 bytes, and signed by the device, 181.");
  }

  @Override
  protected void cases(Cases to) {
    to.add("device 1 at the head of section 20", make(POSITION));
    to.add(
        "the lowest of everything",
        make(new Position(SPACE, DEVICE.id(), 0, 1, hash(0), HybridTime.ZERO)));
    to.add(
        "the highest of everything",
        make(new Position(SPACE, DEVICE.id(), -1, (1L << 62) - 1, hash(0xff), new HybridTime(-1))));
    byte[] good = SignedPosition.sign(POSITION, DEVICE.signing()).exact().toByteArray();
    to.add("read: device 1 at the head of section 20", read(good, KEY));
    to.add("refused: a bit of the device flipped", read(flipped(good, 40), KEY));
    to.add("refused: a bit of the root flipped", read(flipped(good, 80), KEY));
    to.add("refused: a bit of the hybrid time flipped", read(flipped(good, 110), KEY));
    to.add("refused: a bit of the signature flipped", read(flipped(good, 130), KEY));
    to.add(
        "refused: another device's key",
        read(good, SampleDevice.number(2).signing().verifyingKey().toByteArray()));
    to.add(
        "refused: signed as a tree head", read(resigned(good, 5, SignatureContext.TREE_HEAD), KEY));
    to.add("malformed: another first byte", read(flipped(good, 0), KEY));
    to.add("malformed: sequence 0", read(resigned(good, 0, SignatureContext.POSITION), KEY));
    to.add(
        "malformed: a sequence of 2^62",
        read(resigned(good, 1L << 62, SignatureContext.POSITION), KEY));
    to.add(
        "malformed: a sequence of 2^64 - 1",
        read(resigned(good, -1, SignatureContext.POSITION), KEY));
    to.add("malformed: a byte short", read(Arrays.copyOf(good, 180), KEY));
    to.add("malformed: a byte long", read(Arrays.copyOf(good, 182), KEY));
  }

  private static Json make(Position position) {
    return Json.of("kind", "make")
        .text("space", position.space().toString())
        .text("device", position.device().toString())
        .u32("incarnation", position.incarnation())
        .u64("sequence", position.sequence())
        .text("root", position.root().toString())
        .u64("hybrid_time", position.time().bits())
        .hex("seed", DEVICE.signing().seed());
  }

  private static Json read(byte[] signedPosition, byte[] key) {
    return Json.of("kind", "read").hex("signed_position", signedPosition).hex("public_key", key);
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "make" -> made(in);
      case "read" ->
        checked(
            SignedPosition.parse(ByteString.copyFrom(in.hex("signed_position"))),
            in.hex("public_key"));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json made(Inputs in) throws FormatException {
    Position position = new Position(
        SpaceId.of(in.hex("space")),
        DeviceId.of(in.hex("device")),
        in.u32("incarnation"),
        in.u64("sequence"),
        Hash.wrap(in.hex("root")),
        new HybridTime(in.u64("hybrid_time")));
    SigningKey key = SigningKey.fromSeed(in.hex("seed"));
    return Json.object()
        .hex("position", position.bytes())
        .hex("public_key", key.verifyingKey().byteString())
        .hex("signed_position", SignedPosition.sign(position, key).exact());
  }

  private static Json checked(SignedPosition signed, byte[] key) throws FormatException {
    if (!signed.verify(VerifyingKey.of(key))) {
      return Json.of("refused", "BAD_SIGNATURE");
    }
    Position position = signed.position();
    return Json.object()
        .text("space", position.space().toString())
        .text("device", position.device().toString())
        .u32("incarnation", position.incarnation())
        .u64("sequence", position.sequence())
        .text("root", position.root().toString())
        .u64("hybrid_time", position.time().bits());
  }

  private static byte[] flipped(byte[] bytes, int place) {
    byte[] flipped = bytes.clone();
    flipped[place] ^= 0x10;
    return flipped;
  }

  /** As a device would sign it that does not keep to the format. */
  private static byte[] resigned(byte[] good, long sequence, SignatureContext context) {
    byte[] body = Arrays.copyOf(good, Position.BYTES);
    ByteBuffer.wrap(body).putLong(SignedPosition.SEQUENCE_OFFSET, sequence);
    byte[] signature = DEVICE.signing().sign(context, body);
    return ByteBuffer.allocate(SignedPosition.BYTES).put(body).put(signature).array();
  }

  private static Hash hash(int fill) {
    try {
      return Hash.wrap(SampleDevice.filled(Hash.BYTES, fill));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
