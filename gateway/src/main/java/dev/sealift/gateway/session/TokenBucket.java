package dev.sealift.gateway.session;

/** Lets {@code perSecond} through on the long run and {@code burst} at once. Starts full. */
final class TokenBucket {
  private static final double MILLIS = 1_000.0;

  private final long perSecond;
  private final long burst;
  private double tokens;
  private long filledAt;

  TokenBucket(long perSecond, long burst, long nowMillis) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.filledAt = nowMillis;
  }

  /** The same with other bounds; what was left stays, as far as it is within them. */
  TokenBucket within(long otherPerSecond, long otherBurst) {
    TokenBucket other = new TokenBucket(otherPerSecond, otherBurst, filledAt);
    other.tokens = Math.min(tokens, otherBurst);
    return other;
  }

  /** How long until there is room for {@code amount}, which is no more than the burst. */
  long waitMillis(long amount, long nowMillis) {
    refill(nowMillis);
    double missing = Math.min(amount, burst) - tokens;
    return missing <= 0 ? 0 : (long) Math.ceil(missing * MILLIS / perSecond);
  }

  /** Whether there was room for {@code amount}; takes it only then. */
  boolean take(long amount, long nowMillis) {
    refill(nowMillis);
    if (amount > tokens) {
      return false;
    }
    tokens -= amount;
    return true;
  }

  private void refill(long nowMillis) {
    double gained = Math.max(0, nowMillis - filledAt) * (perSecond / MILLIS);
    tokens = Math.min(burst, tokens + gained);
    filledAt = nowMillis;
  }
}
