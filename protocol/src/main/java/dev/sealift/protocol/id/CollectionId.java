package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;

/** A part of a space with content keys of its own; opaque to the mesh. */
public final class CollectionId extends FixedBytes implements Comparable<CollectionId> {
  public static final int BYTES = 16;

  private CollectionId(byte[] owned) {
    super(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. */
  public static CollectionId of(byte[] bytes) throws FormatException {
    return new CollectionId(FixedBytes.copyOfLength(bytes, BYTES, "CollectionId"));
  }

  /** Reads the value of a protobuf field, which must be {@value #BYTES} bytes long. */
  public static CollectionId parse(ByteString bytes) throws FormatException {
    return new CollectionId(FixedBytes.copyOfLength(bytes, BYTES, "CollectionId"));
  }

  /** The collection that every space has from genesis on: sixteen zero bytes. */
  public static CollectionId main() {
    return new CollectionId(new byte[BYTES]);
  }

  @Override
  public int compareTo(CollectionId other) {
    return compareBytes(other);
  }
}
