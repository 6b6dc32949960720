package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A header of the right form, of a file of events whatever the store is told that it is, and signed by nobody: a store checks neither. */
final class SampleHeader {
  private SampleHeader() {}

  static ByteString of(
      SpaceId space,
      DeviceId device,
      long counter,
      HybridTime time,
      String unique,
      ByteString payload) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setSpace(space.byteString())
        .setDevice(device.byteString())
        .setCounter(counter)
        .setHybridTime(time.bits())
        .setCollection(ByteString.copyFrom(new byte[16]))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(CompactTree.EMPTY_ROOT.byteString()))
        .setSalt(hash(ByteString.copyFrom(unique, StandardCharsets.UTF_8)));
    if (counter > 1) {
      body.setPrevious(hash(ByteString.EMPTY));
    }
    byte[] trailer = ByteBuffer.allocate(Integer.BYTES + Hash.BYTES + VerifyingKey.SIGNATURE_BYTES)
        .putInt(payload.size())
        .put(hash(payload).toByteArray())
        .array();
    return body.build().toByteString().concat(ByteString.copyFrom(trailer));
  }

  private static ByteString hash(ByteString bytes) {
    return Hash.of(bytes.toByteArray()).byteString();
  }
}
