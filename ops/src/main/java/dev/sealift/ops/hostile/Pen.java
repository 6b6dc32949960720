package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Writes files with a member's keys that no client would write. */
final class Pen {
  private static final int PAYLOAD_BYTES = 96;
  private static final int FIRST_EPOCH = 1;

  private final DeviceKeyPair keys;
  private final RandomGenerator dice;

  Pen(DeviceKeyPair keys, RandomGenerator dice) {
    this.keys = keys;
    this.dice = dice;
  }

  /** A file, for whatever log. */
  record Written(SignedHeader header, ByteString payload) {}

  DeviceKeyPair keys() {
    return keys;
  }

  /** The next file of this device in a log: of events that nobody can open, which nobody gets to. */
  Written next(ForgedLog log, long nowMillis) {
    return next(log, nowMillis, body -> {});
  }

  /** As above, with something else in its header. */
  Written next(ForgedLog log, long nowMillis, Consumer<HeaderBody.Builder> twist) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setSpace(log.space().byteString())
        .setDevice(keys.id().byteString())
        .setCounter(1)
        .setHybridTime(HybridTime.of(nowMillis, 0).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(FIRST_EPOCH)
        .setSeen(seen(log))
        .setSalt(bytes(FileHeader.SALT_BYTES));
    log.lastOf(keys.id()).ifPresent(before -> follow(body, before));
    twist.accept(body);
    ByteString payload =
        body.getKind() == FileKind.FILE_KIND_EVENTS ? bytes(PAYLOAD_BYTES) : ByteString.EMPTY;
    return sign(body, payload);
  }

  Written sign(HeaderBody.Builder body, ByteString payload) {
    try {
      return new Written(
          SignedHeader.sign(body.build(), payload.toByteArray(), keys.signing()), payload);
    } catch (FormatException e) {
      throw new IllegalStateException("the file is well-formed", e);
    }
  }

  static Seen.Builder seen(ForgedLog log) {
    return Seen.newBuilder()
        .setSequence(log.seen().sequence())
        .setRoot(log.seen().root().byteString());
  }

  /** It is the one behind that. */
  static void follow(HeaderBody.Builder body, SignedHeader before) {
    FileId file = before.id();
    body.setCounter(before.header().counter() + 1).setPrevious(file.byteString());
  }

  ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    dice.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
