package dev.sealift.compactor;

/** How many files a second devices take in, smoothed. */
final class Pace {
  /** Of a new measurement: one odd device moves it little, and a changed network shows after some. */
  private static final double WEIGHT = 0.25;

  private double filesPerSecond;

  /** Takes what was measured; nothing can be made of no files or no time. */
  void measured(long files, long millis) {
    if (files <= 0 || millis <= 0) {
      return;
    }
    double now = Math.max(
        CompactorLimits.LEAST_FILES_PER_SECOND,
        Math.min(CompactorLimits.GREATEST_FILES_PER_SECOND, files * 1_000.0 / millis));
    filesPerSecond = filesPerSecond == 0 ? now : filesPerSecond + WEIGHT * (now - filesPerSecond);
  }

  double filesPerSecond(double otherwise) {
    return filesPerSecond == 0 ? otherwise : filesPerSecond;
  }
}
