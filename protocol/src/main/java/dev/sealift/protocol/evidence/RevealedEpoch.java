package dev.sealift.protocol.evidence;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.proto.RevealedKey;

/**
 * The key of an epoch, given away so that others can read what was sealed under it. Whether it is the one to which the log commits is for them to look at. Prints nothing of it.
 *
 * @param key {@value #KEY_BYTES} bytes
 */
public record RevealedEpoch(CollectionId collection, int epoch, ByteString key) {
  public static final int KEY_BYTES = 32;

  public RevealedEpoch {
    if (key.size() != KEY_BYTES || epoch < 1) {
      throw new IllegalArgumentException("an epoch is at least 1, and its key 32 bytes long");
    }
  }

  static RevealedEpoch parse(RevealedKey revealed) throws FormatException {
    if (revealed.getKey().size() != KEY_BYTES || revealed.getEpoch() < 1) {
      throw new FormatException("a revealed epoch is at least 1, and its key 32 bytes long");
    }
    return new RevealedEpoch(
        CollectionId.parse(revealed.getCollection()), revealed.getEpoch(), revealed.getKey());
  }

  RevealedKey toProto() {
    return RevealedKey.newBuilder()
        .setCollection(collection.byteString())
        .setEpoch(epoch)
        .setKey(key)
        .build();
  }

  @Override
  public String toString() {
    return "the key of epoch " + epoch;
  }
}
