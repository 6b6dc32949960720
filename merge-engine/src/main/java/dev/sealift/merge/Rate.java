package dev.sealift.merge;

import dev.sealift.protocol.admission.SpaceQuota;

/**
 * How fast one space brings new files: what is allowed a second gathers, up to {@link #BURST_SECONDS}
 * of it. Whoever has any left may bring one more file, whatever its size; what that takes beyond is
 * owed. So a file of any size gets through at any rate, and the time until the next is exact.
 */
final class Rate {
  /** What a device brings that was offline for a while comes at once; on the long run it evens out. */
  static final int BURST_SECONDS = 10;

  /** A wait that was computed is never longer than this: quotas change. */
  static final long MAX_WAIT_MILLIS = 60_000;

  private static final double MILLIS = 1_000.0;

  /** Of a unit: what sums of fractions are wrong by. */
  private static final double ROUNDING = 1e-6;

  private double usedFiles;
  private double usedBytes;
  private long at;

  Rate(long nowMillis) {
    this.at = nowMillis;
  }

  /**
   * How long until one more file may come; 0 when now.
   *
   * @param extraBursts how many bursts more than others this file may use
   */
  long waitMillis(SpaceQuota quota, int extraBursts, long nowMillis) {
    settle(quota, nowMillis);
    int bursts = 1 + extraBursts;
    double files = waitSeconds(usedFiles, quota.filesPerSecond(), bursts);
    double bytes = waitSeconds(usedBytes, quota.bytesPerSecond(), bursts);
    double wait = Math.ceil(Math.max(files, bytes) * MILLIS);
    return (long) Math.min(MAX_WAIT_MILLIS, wait);
  }

  /** Until there is room for one more file, or for one more byte. */
  private static double waitSeconds(double used, long perSecond, int bursts) {
    double over = used + 1 - (double) perSecond * BURST_SECONDS * bursts;
    return over <= ROUNDING ? 0 : over / perSecond;
  }

  void charge(SpaceQuota quota, long bytes, long nowMillis) {
    settle(quota, nowMillis);
    usedFiles += 1;
    usedBytes += bytes;
  }

  private void settle(SpaceQuota quota, long nowMillis) {
    double seconds = Math.max(0, nowMillis - at) / MILLIS;
    usedFiles = Math.max(0, usedFiles - seconds * quota.filesPerSecond());
    usedBytes = Math.max(0, usedBytes - seconds * quota.bytesPerSecond());
    at = nowMillis; // also when the clock went back: then nothing is gained
  }
}
