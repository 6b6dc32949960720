package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.util.Arrays;
import java.util.HexFormat;

/** Immutable bytes of a fixed length, equal by content within one type and ordered as unsigned numbers. */
abstract class FixedBytes {
  private final byte[] bytes;
  private final int hashCode;

  FixedBytes(byte[] owned) {
    this.bytes = owned;
    this.hashCode = Arrays.hashCode(owned);
  }

  static byte[] copyOfLength(byte[] bytes, int length, String what) throws FormatException {
    checkLength(bytes.length, length, what);
    return bytes.clone();
  }

  static byte[] copyOfLength(ByteString bytes, int length, String what) throws FormatException {
    checkLength(bytes.size(), length, what);
    return bytes.toByteArray();
  }

  private static void checkLength(int actual, int expected, String what) throws FormatException {
    if (actual != expected) {
      throw new FormatException(what + " must be " + expected + " bytes long, not " + actual);
    }
  }

  /** A copy. */
  public final byte[] toByteArray() {
    return bytes.clone();
  }

  /** The value of a protobuf field. */
  public final ByteString byteString() {
    return ByteString.copyFrom(bytes);
  }

  final int compareBytes(FixedBytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  final byte[] shared() {
    return bytes;
  }

  @Override
  public final boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && Arrays.equals(bytes, ((FixedBytes) other).bytes);
  }

  @Override
  public final int hashCode() {
    return hashCode;
  }

  /** Lower-case hexadecimal. */
  @Override
  public final String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
