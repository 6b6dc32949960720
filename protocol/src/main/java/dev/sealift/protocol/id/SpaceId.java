package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;

/** A space: the SHA-256 of its signed genesis header, so that it names itself. */
public final class SpaceId extends FixedBytes implements Comparable<SpaceId> {
  public static final int BYTES = 32;

  private SpaceId(byte[] owned) {
    super(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. */
  public static SpaceId of(byte[] bytes) throws FormatException {
    return new SpaceId(FixedBytes.copyOfLength(bytes, BYTES, "SpaceId"));
  }

  /** Reads the value of a protobuf field, which must be {@value #BYTES} bytes long. */
  public static SpaceId parse(ByteString bytes) throws FormatException {
    return new SpaceId(FixedBytes.copyOfLength(bytes, BYTES, "SpaceId"));
  }

  /** The hash is the identity. */
  public static SpaceId of(Hash hash) {
    return new SpaceId(hash.toByteArray());
  }

  @Override
  public int compareTo(SpaceId other) {
    return compareBytes(other);
  }
}
