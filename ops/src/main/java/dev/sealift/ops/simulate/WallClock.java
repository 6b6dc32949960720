package dev.sealift.ops.simulate;

import java.util.function.LongSupplier;

/** The clock that a device believes to have: off, too fast, stopped, set to another year. */
final class WallClock implements LongSupplier {
  private static final long MILLION = 1_000_000;

  private final Scheduler scheduler;
  private long sinceMillis;
  private long shownMillis;
  private long driftPerMillion;
  private boolean stopped;

  WallClock(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.sinceMillis = scheduler.nowMillis();
    this.shownMillis = scheduler.nowMillis();
  }

  /** Unix milliseconds. */
  @Override
  public long getAsLong() {
    long passed = scheduler.nowMillis() - sinceMillis;
    return stopped ? shownMillis : shownMillis + passed + passed * driftPerMillion / MILLION;
  }

  private void rebase() {
    shownMillis = getAsLong();
    sinceMillis = scheduler.nowMillis();
  }

  void jump(long millis) {
    rebase();
    shownMillis += millis;
  }

  /** How much too fast it runs, in millionths. */
  void drift(long perMillion) {
    rebase();
    driftPerMillion = perMillion;
  }

  void stop() {
    rebase();
    stopped = true;
  }

  void go() {
    rebase();
    stopped = false;
  }
}
