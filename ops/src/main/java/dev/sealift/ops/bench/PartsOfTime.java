package dev.sealift.ops.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the time of one phase goes: threads are looked at every millisecond or so, by the clock and not by the processor, so that waiting
 * counts too and the parts add up to the whole.
 */
final class PartsOfTime implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final String SYNC_THREAD = "sealift-sync";

  private final Map<Part, Long> looks = new EnumMap<>(Part.class);
  private final Predicate<Thread> watched;
  private final Thread thread = new Thread(this::look, "sealift-bench-parts");
  private volatile boolean over;

  private PartsOfTime(Predicate<Thread> watched) {
    this.watched = watched;
    thread.setDaemon(true);
    thread.start();
  }

  /** Looks at the calling thread. */
  static PartsOfTime ofThisThread() {
    Thread caller = Thread.currentThread();
    return new PartsOfTime(caller::equals);
  }

  /** Looks at the exchanges that begin from now on. */
  static PartsOfTime ofNewExchanges() {
    Set<Thread> before = exchanges().collect(Collectors.toSet());
    return new PartsOfTime(
        thread -> thread.getName().equals(SYNC_THREAD) && !before.contains(thread));
  }

  private static Stream<Thread> exchanges() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(SYNC_THREAD));
  }

  private void look() {
    while (!over) {
      threads().forEach(seen -> {
        StackTraceElement[] stack = seen.getStackTrace();
        if (stack.length > 0 && !isMakingRows(stack)) {
          looks.merge(Part.of(stack), 1L, Long::sum);
        }
      });
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** That is not on the clock. */
  private static boolean isMakingRows(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(frame -> frame.getClassName().equals(SampleRows.class.getName()));
  }

  private Stream<Thread> threads() {
    Thread[] all = new Thread[Thread.activeCount() * 2 + 16];
    int count = Thread.enumerate(all);
    return Arrays.stream(all, 0, count).filter(watched);
  }

  /** Ends it; each part's share of the time, adding up to 1. */
  Map<Part, Double> shares() throws InterruptedException {
    close();
    double sum = looks.values().stream().mapToLong(n -> n).sum();
    Map<Part, Double> shares = new EnumMap<>(Part.class);
    looks.forEach((part, count) -> shares.put(part, count / sum));
    return shares;
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}
