package dev.sealift.client.value;

import dev.sealift.protocol.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lengths of text in UTF-8, and decoding that refuses what is not UTF-8 instead of replacing it.
 */
public final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /**
   * The number of bytes that {@code text} takes in UTF-8.
   *
   * @throws InvalidValueException when it has an unpaired surrogate, and therefore no UTF-8 form at
   *     all
   */
  public static int length(String text) {
    int length = text.length();
    int bytes = length;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 ? 1 : 2;
        if (Character.isSurrogate(c)) {
          requirePair(text, i);
          // The pair takes four bytes; its two characters have counted for two so far, and this one
          // for two more.
          i++;
        }
      }
    }
    return bytes;
  }

  private static void requirePair(String text, int at) {
    if (!Character.isHighSurrogate(text.charAt(at))
        || at + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(at + 1))) {
      throw new InvalidValueException(
          InvalidValueException.Code.UNPAIRED_SURROGATE,
          "text has half of a character (an unpaired surrogate) at index "
              + at
              + "; it was probably cut in the middle of an emoji: cut between code points");
    }
  }

  /** Whether {@code bytes} from {@code offset} on are exactly the UTF-8 form of {@code decoded}. */
  private static boolean isFormOf(String decoded, byte[] bytes, int offset, int length) {
    byte[] again = decoded.getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(again, 0, again.length, bytes, offset, offset + length);
  }

  /**
   * Decodes bytes from outside.
   *
   * @throws FormatException when they are not UTF-8
   */
  public static String decode(byte[] bytes, int offset, int length) throws FormatException {
    String decoded = new String(bytes, offset, length, StandardCharsets.UTF_8);
    // The JDK's fast path replaces what it cannot read; only text with that character needs a
    // second look.
    if (decoded.indexOf(REPLACEMENT) >= 0 && !isFormOf(decoded, bytes, offset, length)) {
      throw new FormatException("text is not UTF-8");
    }
    return decoded;
  }
}
