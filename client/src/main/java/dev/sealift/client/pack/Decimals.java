package dev.sealift.client.pack;

import static dev.sealift.client.pack.Encoding.MAX_DECIMAL_PLACES;
import static dev.sealift.client.pack.Encoding.MAX_UNSCALED;
import static dev.sealift.client.pack.Encoding.POWERS_OF_TEN;

/**
 * Reals that people wrote as decimals, as the integers that they are: 42.53176 is 4253176 / 10^5.
 * Bit-exact or not at all: both the integer and the power of ten are exact in a double, so their
 * quotient is the double nearest to the decimal, which is what parsing it gave.
 */
final class Decimals {
  private Decimals() {}

  /**
   * The smallest number of places that all of {@code reals} have as decimals, or -1 when there is
   * none.
   */
  static int places(double[] reals) {
    int places = 0;
    for (double real : reals) {
      while (!isDecimal(real, places)) {
        places++;
        if (places > MAX_DECIMAL_PLACES) {
          return -1;
        }
      }
    }
    return stillAll(reals, places) ? places : -1;
  }

  /** A number that was fine with fewer places may be too large with more. */
  private static boolean stillAll(double[] reals, int places) {
    for (double real : reals) {
      if (!isDecimal(real, places)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDecimal(double real, int places) {
    double unscaled = Math.rint(real * POWERS_OF_TEN[places]);
    return Math.abs(unscaled) <= MAX_UNSCALED && unscaled / POWERS_OF_TEN[places] == real;
  }

  static long[] unscaled(double[] reals, int places) {
    long[] unscaled = new long[reals.length];
    for (int i = 0; i < reals.length; i++) {
      unscaled[i] = (long) Math.rint(reals[i] * POWERS_OF_TEN[places]);
    }
    return unscaled;
  }

  static double real(long unscaled, int places) {
    return unscaled / POWERS_OF_TEN[places];
  }
}
