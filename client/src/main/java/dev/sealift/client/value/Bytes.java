package dev.sealift.client.value;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Immutable bytes that are equal by content: what a record can hold where an array would compare by
 * identity.
 */
public final class Bytes {
  private static final int SHOWN = 8;

  private final byte[] owned;

  private Bytes(byte[] owned) {
    this.owned = owned;
  }

  /** Copies {@code bytes}. */
  public static Bytes of(byte... bytes) {
    return new Bytes(bytes.clone());
  }

  /** Copies the bytes from {@code from} up to but not including {@code to}. */
  public static Bytes ofRange(byte[] bytes, int from, int to) {
    return new Bytes(Arrays.copyOfRange(bytes, from, to));
  }

  public int length() {
    return owned.length;
  }

  public byte[] toByteArray() {
    return owned.clone();
  }

  /** Copies all bytes into {@code target}, from {@code offset} on. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(owned, 0, target, offset, owned.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(owned, bytes.owned);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(owned);
  }

  /** The first few bytes in hexadecimal: enough to tell two apart in a failing test. */
  @Override
  public String toString() {
    String shown = HexFormat.of().formatHex(owned, 0, Math.min(SHOWN, owned.length));
    return owned.length > SHOWN ? shown + "… (" + owned.length + " bytes)" : shown;
  }
}
