package dev.sealift.client.sync;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubling, bounded, drawn at random from the whole span so that devices that lost one
 * mesh together do not return together ("full jitter").
 */
final class Backoff {
  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 30_000;

  private final RandomGenerator random;
  private long spanMillis = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The next wait, within the bound never below what the other end asked for.
   *
   * @param atLeastMillis an unsigned number, as it came over the wire
   */
  long nextMillis(long atLeastMillis) {
    long atLeast =
        Long.compareUnsigned(atLeastMillis, LONGEST_MILLIS) < 0 ? atLeastMillis : LONGEST_MILLIS;
    long wait = atLeast + 1 + random.nextLong(spanMillis);
    spanMillis = Math.min(LONGEST_MILLIS, spanMillis * 2);
    return Math.min(LONGEST_MILLIS, wait);
  }

  /** The last try got somewhere. */
  void reset() {
    spanMillis = FIRST_MILLIS;
  }
}
