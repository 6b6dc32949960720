package dev.sealift.protocol.clock;

/**
 * A point of hybrid logical time: 48 bits of Unix milliseconds above 16 bits of counter, compared as one unsigned number.
 *
 * <p>After Kulkarni et al., "Logical Physical Clocks", OPODIS 2014. Ties between devices are broken by device id, outside
 * of this type.
 */
public record HybridTime(long bits) implements Comparable<HybridTime> {
  public static final int COUNTER_BITS = 16;
  public static final int MAX_COUNTER = (1 << COUNTER_BITS) - 1;
  public static final long MAX_MILLIS = (1L << (64 - COUNTER_BITS)) - 1;

  public static final HybridTime ZERO = new HybridTime(0);

  /**
   * @throws IllegalArgumentException when a part does not fit its bits
   */
  public static HybridTime of(long millis, int counter) {
    if (millis < 0 || millis > MAX_MILLIS || counter < 0 || counter > MAX_COUNTER) {
      throw new IllegalArgumentException("milliseconds must fit 48 bits and the counter 16");
    }
    return new HybridTime(millis << COUNTER_BITS | counter);
  }

  /** What a clock shows, with counter 0: one set before 1970 or after the last expressible year is held to those. */
  public static HybridTime ofClock(long millis) {
    return of(Math.max(0, Math.min(millis, MAX_MILLIS)), 0);
  }

  /** Unix milliseconds. */
  public long millis() {
    return bits >>> COUNTER_BITS;
  }

  public int counter() {
    return (int) bits & MAX_COUNTER;
  }

  /**
   * The smallest time above this one; a full counter carries into the milliseconds.
   *
   * @throws IllegalStateException at the end of time
   */
  public HybridTime next() {
    if (bits == -1L) {
      throw new IllegalStateException("no hybrid time is above the last one");
    }
    return new HybridTime(bits + 1);
  }

  public boolean isAfter(HybridTime other) {
    return compareTo(other) > 0;
  }

  /** The later of the two. */
  public static HybridTime max(HybridTime a, HybridTime b) {
    return a.isAfter(b) ? a : b;
  }

  @Override
  public int compareTo(HybridTime other) {
    return Long.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return millis() + "." + counter();
  }
}
