package dev.sealift.client.pack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sealift.protocol.FormatException;
import org.jspecify.annotations.Nullable;

/**
 * A column of texts that are numbers in decimal digits, as most columns of an imported CSV file
 * are: kept as scaled integers, which take a third of the room. Only texts that come back exactly
 * as they were are taken.
 */
final class Numerals {
  private static final int FIXED = 0x80;
  private static final int MAX_PLACES = 18;
  private static final long BOUND = 1_000_000_000_000_000_000L;

  /** A sign, 18 digits, a zero in front and a point. */
  private static final int MAX_CHARACTERS = 21;

  private static final long[] POWERS_OF_TEN = powersOfTen();

  private final long[] unscaled;
  private final int places;
  private final boolean fixed;
  private final byte[] characters = new byte[MAX_CHARACTERS];

  private Numerals(long[] unscaled, int places, boolean fixed) {
    this.unscaled = unscaled;
    this.places = places;
    this.fixed = fixed;
  }

  /** The texts as numerals; null if any is none, or has zeros at its end that would be lost. */
  static @Nullable Numerals of(String[] texts) {
    long[] numbers = new long[texts.length];
    int[] places = new int[texts.length];
    int most = 0;
    int fewest = MAX_PLACES;
    boolean trailingZeros = false;
    for (int i = 0; i < texts.length; i++) {
      String text = texts[i];
      if (!isNumeral(text)) {
        return null;
      }
      int point = text.indexOf('.');
      places[i] = point < 0 ? 0 : text.length() - point - 1;
      numbers[i] = digits(text);
      most = Math.max(most, places[i]);
      fewest = Math.min(fewest, places[i]);
      trailingZeros |= point >= 0 && text.charAt(text.length() - 1) == '0';
    }
    boolean alike = most == fewest;
    boolean loses = trailingZeros && !alike;
    return loses || !scale(numbers, places, most) ? null : new Numerals(numbers, most, alike);
  }

  private static boolean scale(long[] numbers, int[] places, int most) {
    for (int i = 0; i < numbers.length; i++) {
      long factor = POWERS_OF_TEN[most - places[i]];
      if (Math.abs(numbers[i]) > (BOUND - 1) / factor) {
        return false;
      }
      numbers[i] *= factor;
    }
    return true;
  }

  /**
   * Digits with at most one point between them, no superfluous zero in front, and a minus sign only
   * before what is not zero.
   */
  private static boolean isNumeral(String text) {
    int first = text.startsWith("-") ? 1 : 0;
    int count = 0;
    int point = -1;
    boolean zero = true;
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        count++;
        zero &= c == '0';
      } else if (c == '.' && point < 0 && i > first && i < text.length() - 1) {
        point = i;
      } else {
        return false;
      }
    }
    boolean superfluous = count > 1 && text.charAt(first) == '0' && point != first + 1;
    return count > 0 && count <= MAX_PLACES && !superfluous && !(first == 1 && zero);
  }

  private static long digits(String text) {
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      number = c >= '0' ? 10 * number + (c - '0') : number;
    }
    return text.charAt(0) == '-' ? -number : number;
  }

  void write(ByteWriter out) {
    out.writeByte(Encoding.NUMERALS);
    out.writeByte(fixed ? FIXED | places : places);
    IntegerSeries.write(out, unscaled);
  }

  static Numerals read(ByteReader in, int count) throws FormatException {
    int form = in.readByte();
    int places = form & ~FIXED;
    if (places > MAX_PLACES) {
      throw new FormatException("a column of numerals has too many places");
    }
    long[] unscaled = IntegerSeries.read(in, count);
    for (long number : unscaled) {
      if (number <= -BOUND || number >= BOUND) {
        throw new FormatException("a numeral is out of bounds");
      }
    }
    return new Numerals(unscaled, places, (form & FIXED) != 0);
  }

  /** Writes the digits from the last to the first. */
  String text(int index) {
    long rest = Math.abs(unscaled[index]);
    int left = places;
    while (!fixed && left > 0 && rest % 10 == 0) {
      rest /= 10;
      left--;
    }
    int at = MAX_CHARACTERS;
    for (int digit = 0; rest > 0 || digit <= left; digit++) {
      if (digit == left && left > 0) {
        characters[--at] = '.';
      }
      characters[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    if (unscaled[index] < 0) {
      characters[--at] = '-';
    }
    return new String(characters, at, MAX_CHARACTERS - at, ISO_8859_1);
  }

  private static long[] powersOfTen() {
    long[] powers = new long[MAX_PLACES + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    return powers;
  }
}
