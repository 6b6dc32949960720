package dev.sealift.ops.chaos.device;

/** The longest time between two acknowledgements since the last mark, the one that still lasts included. From any thread. */
final class Gaps {
  private long lastNanos = System.nanoTime();
  private long longestNanos;

  synchronized void start() {
    lastNanos = System.nanoTime();
    longestNanos = 0;
  }

  synchronized void acknowledged() {
    long now = System.nanoTime();
    longestNanos = Math.max(longestNanos, now - lastNanos);
    lastNanos = now;
  }

  /** From now on a new longest time is looked for. */
  synchronized void mark() {
    longestNanos = 0;
  }

  synchronized long longestNanos() {
    return Math.max(longestNanos, System.nanoTime() - lastNanos);
  }
}
