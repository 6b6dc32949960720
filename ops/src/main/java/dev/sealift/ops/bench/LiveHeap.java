package dev.sealift.ops.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How much of this JVM's heap is in use when all garbage is gone. */
final class LiveHeap {
  /** A collection of a few tens of MiB takes some ms: so the work that is watched goes on. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What only finalizers and cleaners let go of is gone with the second. */
  private static final int COLLECTIONS = 3;

  private volatile long peak;
  private boolean watching;

  static long bytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return used();
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** The most since this was called first. */
  long peakBytes() {
    if (!watching) {
      watching = true;
      Thread thread = new Thread(this::watch, "sealift-bench-heap");
      thread.setDaemon(true);
      thread.start();
    }
    return peak;
  }

  private void watch() {
    while (true) {
      System.gc();
      peak = Math.max(peak, used());
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
