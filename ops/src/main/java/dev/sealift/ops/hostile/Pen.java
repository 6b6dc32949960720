package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Writes files with a member's keys that no client would write. */
final class Pen {
  private static final int PAYLOAD_BYTES = 96;

  private final DeviceKeyPair keys;
  private final RandomGenerator dice;

  Pen(DeviceKeyPair keys, RandomGenerator dice) {
    this.keys = keys;
    this.dice = dice;
  }

  /** A file, for whatever log. */
  record Written(ByteString header, ByteString payload) {
    /** The same with a bit of its header turned, counted from its end. */
    Written flipped(int fromEnd) {
      return new Written(Twists.flipped(header, header.size() - fromEnd), payload);
    }
  }

  DeviceKeyPair keys() {
    return keys;
  }

  /** The next file of this device in a log: of events that nobody can open, which nobody gets to. */
  Written next(ForgedLog log, long nowMillis) {
    return next(log, nowMillis, body -> {});
  }

  /** As above, with something else in its header. */
  Written next(ForgedLog log, long nowMillis, Consumer<HeaderBody.Builder> twist) {
    HeaderBody.Builder body = body(log, nowMillis);
    twist.accept(body);
    ByteString payload =
        body.getKind() == FileKind.FILE_KIND_EVENTS ? bytes(PAYLOAD_BYTES) : ByteString.EMPTY;
    return sign(body, payload);
  }

  /** Well-formed or not. */
  Written sign(HeaderBody.Builder body, ByteString payload) {
    return sign(body.build().toByteString(), payload, SignatureContext.FILE_HEADER);
  }

  /** For whatever use. */
  Written sign(ByteString body, ByteString payload, SignatureContext use) {
    byte[] bytes = payload.toByteArray();
    byte[] unsigned = ByteBuffer.allocate(body.size() + Integer.BYTES + Hash.BYTES)
        .put(body.asReadOnlyByteBuffer())
        .putInt(bytes.length)
        .put(Hash.of(bytes).toByteArray())
        .array();
    ByteString signature = ByteString.copyFrom(keys.signing().sign(use, unsigned));
    return new Written(ByteString.copyFrom(unsigned).concat(signature), payload);
  }

  /** A body that the pen goes on from: the next file of this device in a log, of events. */
  HeaderBody.Builder body(ForgedLog log, long nowMillis) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setSpace(log.space().byteString())
        .setDevice(keys.id().byteString())
        .setCounter(1)
        .setHybridTime(HybridTime.of(nowMillis, 0).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(log.membership().epoch())
        .setSeen(seen(log))
        .setSalt(bytes(FileHeader.SALT_BYTES));
    log.lastOf(keys.id()).ifPresent(before -> follow(body, before));
    return body;
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
