package dev.sealift.client.pack;

/**
 * Sizes that tell little: a length is rounded up so that only about log log of it remains visible,
 * at a cost of at most 12 %. After Nikitin et al., "Reducing Metadata Leakage from Encrypted Files
 * and Communication with PURBs", 2019.
 */
final class Padme {
  private Padme() {}

  /** The padded size of {@code length} bytes. */
  static int size(int length) {
    if (length < 2) {
      return length;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(length);
    int mantissaBits = 32 - Integer.numberOfLeadingZeros(exponent);
    int step = 1 << Math.max(0, exponent - mantissaBits);
    return Math.addExact(length, step - 1) / step * step;
  }

  /** The largest padded size that is not above {@code bound}. */
  static int largestSizeWithin(int bound) {
    int size = bound;
    while (size(size) > bound) {
      size--;
    }
    return size(size);
  }
}
