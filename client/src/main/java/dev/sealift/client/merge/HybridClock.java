package dev.sealift.client.merge;

import dev.sealift.protocol.clock.HybridTime;

/**
 * A device's hybrid logical clock: gives each local write a time above all that the device has
 * seen, and not below its estimate of the mesh's clock. Immutable, with the time passed in: a unit
 * of work that fails keeps the old clock, and so no clock ever moves because of a batch that
 * failed.
 *
 * @param last the highest time given or seen
 * @param boundMillis how far ahead of the mesh's clock a seen time may be and still move this clock
 */
public record HybridClock(HybridTime last, long boundMillis) {
  /** A clock that has given and seen nothing. */
  public static HybridClock starting(long boundMillis) {
    return new HybridClock(HybridTime.ZERO, boundMillis);
  }

  /**
   * The clock after one more local write, whose time is its {@link #last}.
   *
   * @param meshMillis the estimate of the mesh's clock
   */
  public HybridClock tick(long meshMillis) {
    HybridTime wall = HybridTime.ofClock(meshMillis);
    return with(wall.isAfter(last) ? wall : last.next());
  }

  /**
   * Whether {@code seen} is further ahead than the bound: its file is set aside until its time has
   * come.
   */
  public boolean isAhead(HybridTime seen, long meshMillis) {
    return seen.millis() - boundMillis > meshMillis;
  }

  /** The clock after an event was seen. A time that {@link #isAhead} does not move it. */
  public HybridClock observe(HybridTime seen, long meshMillis) {
    return isAhead(seen, meshMillis) || !seen.isAfter(last) ? this : with(seen);
  }

  private HybridClock with(HybridTime time) {
    return new HybridClock(time, boundMillis);
  }
}
