package dev.sealift.client.pack;

/**
 * The tags of encoded columns. A reader knows how many values a column has.
 *
 * <pre>
 * column = tag, 1 byte ‖ body            for n values; a series is an {@link IntegerSeries}
 *
 *  0  nulls        nothing; every value is null
 *  1  constant     one value in canonical form, up to the end of the column: each of the n
 *  2  text         series of n lengths in UTF-8 bytes ‖ the texts in UTF-8
 *  3  dictionary   d, varint, 1 to n ‖ series of d lengths ‖ d texts ‖ series of n references from 0
 *  4  hex          w, 1 byte, from 1 ‖ n × w bytes: texts of 2 w lower-case hexadecimal digits
 *  5  uuid         n × 16 bytes: texts of the form 8-4-4-4-12 lower-case hexadecimal digits
 *  6  numerals     form, 1 byte (k, 0 to 18, in bits 0–6; bit 7: fixed) ‖ series of n numbers u, |u| < 10^18: texts of u / 10^k in
 *                  decimal digits: a minus sign if it is below 0, no superfluous zero in front, "." as the point; if fixed, with
 *                  exactly k places, otherwise without trailing zeros, and without a point where no place is left
 *  7  integers     series of n numbers
 *  8  decimals     k, 1 byte, 0 to 15 ‖ series of n numbers u, |u| ≤ 2^53: reals, the one nearest to u / 10^k each
 *  9  reals        n × 8 bytes of IEEE 754 binary64 in planes: the highest byte of all, then the next, and so on
 * 10  blobs        series of n lengths ‖ the bytes
 * 11  mixed        series of n kinds (tags of the canonical form: 1 integer, 2 real, 3 text, 4 bytes) ‖ for each kind that
 *                  occurs, ascending: length in bytes, varint ‖ a column with a tag from 1 to 10 of its values, in order
 * 12  nullable     bitmap of ⌈n / 8⌉ bytes ‖ a column with a tag from 1 to 11 of the values that are not null, of which there is
 *                  one at least. Bit i mod 8 (from the lowest) of byte i / 8 is 1 where value i is not null; spare bits are 0
 * </pre>
 */
final class Encoding {
  static final int NULLS = 0;
  static final int CONSTANT = 1;
  static final int TEXT = 2;
  static final int DICTIONARY = 3;
  static final int HEX = 4;
  static final int UUID = 5;
  static final int NUMERALS = 6;
  static final int INTEGERS = 7;
  static final int DECIMALS = 8;
  static final int REALS = 9;
  static final int BLOBS = 10;
  static final int MIXED = 11;
  static final int NULLABLE = 12;

  /** Powers of ten up to here are exact in a double, and a product with 2^53 is below 2^103. */
  static final int MAX_DECIMAL_PLACES = 15;

  /**
   * Integers up to here are exact in a double, so that u / 10^k is rounded once, and every platform
   * rounds it alike.
   */
  static final long MAX_UNSCALED = 1L << 53;

  /** 10^0 to 10^15, all exact. */
  static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  static final int UUID_BYTES = 16;
  static final int UUID_CHARACTERS = 36;

  private Encoding() {}

  /** Whether a UUID's text has a hyphen there. */
  static boolean isUuidHyphen(int index) {
    return index == 8 || index == 13 || index == 18 || index == 23;
  }
}
