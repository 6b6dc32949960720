package dev.sealift.client.pack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Lower-case hexadecimal digits, by table: keys are often nothing else. */
final class Hex {
  static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] VALUES = values();

  private Hex() {}

  /** The value of a digit, or a negative number when it is none. */
  static int value(char digit) {
    return digit < VALUES.length ? VALUES[digit] : -1;
  }

  static boolean isDigit(char c) {
    return value(c) >= 0;
  }

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length; i++) {
      values[DIGITS[i]] = (byte) i;
    }
    return values;
  }
}
