package dev.sealift.protocol.mesh;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Measures how late a verticle's thread is: a timer is due again and again, and comes late by as long as the thread does something
 * else. All on that thread.
 */
public final class LagProbe {
  /** Costs nothing, and sees whatever holds the thread for so long that people would notice. */
  public static final long PERIOD_MILLIS = 250;

  /** How the thread is told to do something later. */
  @FunctionalInterface
  public interface Later {
    void after(long millis, Runnable task);
  }

  private final Later later;
  private final LongSupplier nanos;
  private final LongConsumer lateNanos;

  private LagProbe(Later later, LongSupplier nanos, LongConsumer lateNanos) {
    this.later = later;
    this.nanos = nanos;
    this.lateNanos = lateNanos;
  }

  /**
   * Begins, and goes on for as long as {@code later} keeps its word.
   *
   * @param nanos a clock that never goes back
   * @param lateNanos is told each time how late the timer was
   */
  public static void start(Later later, LongSupplier nanos, LongConsumer lateNanos) {
    new LagProbe(later, nanos, lateNanos).next();
  }

  private void next() {
    long due = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    later.after(PERIOD_MILLIS, () -> {
      lateNanos.accept(Math.max(0, nanos.getAsLong() - due));
      next();
    });
  }
}
