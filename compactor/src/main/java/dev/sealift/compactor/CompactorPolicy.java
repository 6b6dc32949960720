package dev.sealift.compactor;

import java.time.Duration;

/**
 * What an operator says of compacting and reclaiming.
 *
 * @param on whether anything is done at all: the mesh has to take compactions
 * @param firstSync the longest that a new device should take
 * @param mostLive live files that the upper threshold is at most, whatever was measured
 * @param lowerShare the lower threshold as a share of the upper one
 * @param seenWithin a device that was seen so lately has to be past a compaction before anything under it goes
 * @param grace how long a compaction stands before anything under it goes
 */
public record CompactorPolicy(
    boolean on,
    Duration firstSync,
    long mostLive,
    double lowerShare,
    Duration seenWithin,
    Duration grace) {
  /** Longer, and people ask whether it works at all. */
  public static final Duration FIRST_SYNC = Duration.ofSeconds(10);

  /** More is work for devices and store, whatever was measured: about a minute of a slow device's merging. */
  public static final long MOST_LIVE = 20_000;

  /** The upper threshold is never lower: a compaction of some parts would be due for another at once. */
  public static final long LEAST_LIVE = 64;

  /** Early enough that a device far back in the line is there to take over, late enough to spare more than it costs. */
  public static final double LOWER_SHARE = 0.25;

  /** The age limit of edits: who was away for longer takes a step in any case. */
  public static final Duration SEEN_WITHIN = Duration.ofDays(90);

  /** Time to contest, and for whoever reads the old files just now. */
  public static final Duration GRACE = Duration.ofHours(24);

  public CompactorPolicy {
    if (firstSync.isNegative() || seenWithin.isNegative() || grace.isNegative()) {
      throw new IllegalArgumentException("times are not negative");
    }
    if (mostLive < LEAST_LIVE || mostLive > MOST_LIVE) {
      throw new IllegalArgumentException(
          "the most live files are %d to %d".formatted(LEAST_LIVE, MOST_LIVE));
    }
    if (!(lowerShare > 0 && lowerShare <= 1)) {
      throw new IllegalArgumentException("the share is above 0, and 1 at most");
    }
  }

  /** How long it waits before it asks again for what something spoke against. */
  long reclaimAgainMillis() {
    return Math.max(
        CompactorLimits.AGAIN_MILLIS,
        Math.min(CompactorLimits.RECLAIM_AGAIN_MILLIS, grace.toMillis()));
  }

  /** Does nothing. */
  public static CompactorPolicy off() {
    return new CompactorPolicy(false, FIRST_SYNC, MOST_LIVE, LOWER_SHARE, SEEN_WITHIN, GRACE);
  }

  /** With the usual times. */
  public static CompactorPolicy usual() {
    return new CompactorPolicy(true, FIRST_SYNC, MOST_LIVE, LOWER_SHARE, SEEN_WITHIN, GRACE);
  }
}
