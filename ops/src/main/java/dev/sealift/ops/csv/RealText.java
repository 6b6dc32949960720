package dev.sealift.ops.csv;

import java.math.BigDecimal;

/** Real numbers as CSV files usually have them: the fewest digits, no exponent in everyday sizes, no ".0". */
public final class RealText {
  private static final double PLAIN_FROM = 1e-7;
  private static final double PLAIN_BELOW = 1e17;

  private RealText() {}

  public static String of(double value) {
    String text = Double.toString(value == 0 ? 0.0 : value);
    double size = Math.abs(value);
    if (text.indexOf('E') >= 0 && size >= PLAIN_FROM && size < PLAIN_BELOW) {
      text = new BigDecimal(text).toPlainString();
    }
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
