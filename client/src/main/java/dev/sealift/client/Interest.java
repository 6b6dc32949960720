package dev.sealift.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Whether an app wants to know what other devices hold: while it watches that, and for a while after it has asked. From any thread. */
final class Interest {
  /** Longer than it takes until the mesh was asked, and has answered; short enough to end soon after a page was left that asks now and then. */
  static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanos;
  private final AtomicInteger watching = new AtomicInteger();
  private volatile long untilNanos;
  private volatile boolean asked;

  /** @param nanos a clock that only rises */
  Interest(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Somebody has asked; returns whether nobody was interested before. */
  boolean ask() {
    boolean isNew = !isAlive();
    untilNanos = nanos.getAsLong() + LASTS_NANOS;
    asked = true;
    return isNew;
  }

  void begin() {
    watching.incrementAndGet();
  }

  void end() {
    watching.decrementAndGet();
  }

  boolean isAlive() {
    return watching.get() > 0 || asked && untilNanos - nanos.getAsLong() > 0;
  }
}
