package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;

/** A device in one space: the SHA-256 of its public keys. */
public final class DeviceId extends FixedBytes implements Comparable<DeviceId> {
  public static final int BYTES = 32;

  private DeviceId(byte[] owned) {
    super(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. */
  public static DeviceId of(byte[] bytes) throws FormatException {
    return new DeviceId(FixedBytes.copyOfLength(bytes, BYTES, "DeviceId"));
  }

  /** Reads the value of a protobuf field, which must be {@value #BYTES} bytes long. */
  public static DeviceId parse(ByteString bytes) throws FormatException {
    return new DeviceId(FixedBytes.copyOfLength(bytes, BYTES, "DeviceId"));
  }

  /** The hash is the identity. */
  public static DeviceId of(Hash hash) {
    return new DeviceId(hash.toByteArray());
  }

  @Override
  public int compareTo(DeviceId other) {
    return compareBytes(other);
  }
}
