package dev.sealift.client.sync;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubling, bounded, drawn at random from the whole span so that devices that lost one
 * mesh together do not return together ("full jitter"). What the other end asks for comes first, and the span is in
 * proportion to it: thousands that were told the same time come back over half as much again.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 30_000;

  /** For what a person has to change: a quota, a token. */
  private static final long SLOW_FIRST_MILLIS = 15_000;

  private static final long SLOW_LONGEST_MILLIS = 900_000;

  /** What another end may ask for: a mesh that lies keeps a device away for minutes, not for ever. */
  static final long MOST_ASKED_MILLIS = 300_000;

  private final RandomGenerator random;
  private final long firstMillis;
  private final long longestMillis;
  private long spanMillis;

  Backoff(RandomGenerator random) {
    this(random, FIRST_MILLIS, LONGEST_MILLIS);
  }

  Backoff(RandomGenerator random, long firstMillis, long longestMillis) {
    this.random = random;
    this.firstMillis = firstMillis;
    this.longestMillis = longestMillis;
    this.spanMillis = firstMillis;
  }

  /** For what no moment mends. */
  static Backoff slow(RandomGenerator random) {
    return new Backoff(random, SLOW_FIRST_MILLIS, SLOW_LONGEST_MILLIS);
  }

  /**
   * The next wait: more than what the other end asked for, within its bound.
   *
   * @param atLeastMillis an unsigned number, as it came over the wire
   */
  long nextMillis(long atLeastMillis) {
    long atLeast = Long.compareUnsigned(atLeastMillis, MOST_ASKED_MILLIS) < 0
        ? atLeastMillis
        : MOST_ASKED_MILLIS;
    long wait = atLeast + 1 + random.nextLong(Math.max(spanMillis, atLeast / 2));
    spanMillis = Math.min(longestMillis, spanMillis * 2);
    return wait;
  }

  /** The last try got somewhere. */
  void reset() {
    spanMillis = firstMillis;
  }
}
