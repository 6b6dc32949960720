package dev.sealift.compactor;

import dev.sealift.protocol.proto.Offer;

/**
 * Between how many live files a space is compacted.
 *
 * @param lower below it nobody is asked to
 * @param upper what a new device takes in within the time that it should take
 */
public record Thresholds(long lower, long upper) {
  static Thresholds of(double filesPerSecond, CompactorPolicy policy) {
    long files = Math.round(filesPerSecond * policy.firstSync().toMillis() / 1_000);
    long upper = Math.max(CompactorPolicy.LEAST_LIVE, Math.min(policy.mostLive(), files));
    long lower = Math.max(CompactorLimits.LEAST_LOWER, Math.round(upper * policy.lowerShare()));
    return new Thresholds(lower, upper);
  }

  /** Where a device at this place of the line stands between them. */
  long at(int place, int devices) {
    return lower + (upper - lower) * place / devices;
  }

  long halfway() {
    return lower + (upper - lower) / 2;
  }

  Offer toOffer() {
    return Offer.newBuilder().setLower(lower).setUpper(upper).build();
  }
}
