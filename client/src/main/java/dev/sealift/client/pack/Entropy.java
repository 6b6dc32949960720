package dev.sealift.client.pack;

/**
 * How many bits a code of fixed words for each byte would take: a cheap guess at what deflate makes
 * of it.
 */
final class Entropy {
  private Entropy() {}

  /** Of the bytes that {@code shift} moves to the end of each number. */
  static double bits(long[] numbers, int shift) {
    int[] counts = new int[256];
    for (long number : numbers) {
      counts[(int) (number >>> shift) & 0xff]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        bits -= count * Math.log((double) count / numbers.length);
      }
    }
    return bits / Math.log(2);
  }
}
