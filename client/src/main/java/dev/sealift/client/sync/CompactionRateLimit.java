package dev.sealift.client.sync;

import java.util.concurrent.TimeUnit;

/**
 * How often this device compacts at most, whatever a mesh says. A mesh can offer the work again and again, and claim that nothing of it stands; what it cannot do is make files of events, which members sign, and have this device's clock run.
 * So it is these two that count here, as this device has seen them itself. Used with the replica's monitor.
 */
final class CompactionRateLimit {
  /**
   * Files of events from one compaction of this device to the next. Fewer are not worth one, which is a file itself, and one more of each who attests it, after having compared it; and no new device minds fetching them. Meshes know
   * no upper threshold below it.
   */
  static final long LEAST_FILES = 64;

  /** From one to the next. So long a device waits for one to stand in any case, so where all is well it costs nothing. */
  static final long PAUSE_MILLIS = 10 * 60_000;

  /** Of a large space it is longer: making compactions takes at most one part in so many of a device's time. */
  private static final long SHARE = 20;

  /** The clock that making is measured by may jump. */
  private static final long LONGEST_MAKING_MILLIS = 30 * 60_000;

  private long eventFiles;
  private long nowNanos;
  private long madeNanos;
  private long pauseNanos;

  /** @param eventFiles that this device has applied since it began to make its last compaction, as far as it knows */
  CompactionRateLimit(long eventFiles) {
    this.eventFiles = eventFiles;
  }

  long eventFiles() {
    return eventFiles;
  }

  /** So many have been applied since. */
  void eventFiles(long now) {
    eventFiles = now;
  }

  /** It is so late now, by a clock that only rises. */
  void at(long nanos) {
    nowNanos = nanos;
  }

  /**
   * Whether this device may make one.
   *
   * @param lower of the thresholds that it goes by
   */
  boolean admits(long lower) {
    boolean isOver = pauseNanos == 0 || nowNanos - madeNanos >= pauseNanos;
    return eventFiles >= lower && isOver;
  }

  /** One was made, or was tried to. */
  void made(long tookMillis) {
    long took = Math.max(0, Math.min(tookMillis, LONGEST_MAKING_MILLIS));
    madeNanos = nowNanos;
    pauseNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(PAUSE_MILLIS, SHARE * took));
  }
}
