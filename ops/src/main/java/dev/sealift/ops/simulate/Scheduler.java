package dev.sealift.ops.simulate;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** The time of a run, which passes from one event to the next; those of one moment come in the order in which they were asked for. */
final class Scheduler {
  /** More than any run of some days needs by far: who gets here goes round in circles. */
  private static final long MOST_EVENTS = 2_000_000;

  private record Event(long atMillis, long number, Runnable action) {}

  private final PriorityQueue<Event> queue = new PriorityQueue<>(
      Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::number));
  private final long mostEvents;
  private long nowMillis;
  private long asked;
  private long done;

  /** @param startMillis Unix time */
  Scheduler(long startMillis) {
    this(startMillis, MOST_EVENTS);
  }

  /** @param mostEvents of a run that ends */
  Scheduler(long startMillis, long mostEvents) {
    this.mostEvents = mostEvents;
    this.nowMillis = startMillis;
  }

  /** True Unix time, which nobody in the run needs to know. */
  long nowMillis() {
    return nowMillis;
  }

  /** Of a clock that only rises. */
  long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
  }

  void after(long millis, Runnable action) {
    asked++;
    queue.add(new Event(nowMillis + Math.max(0, millis), asked, action));
  }

  /** Lets all happen that is due until then. */
  void runUntil(long millis) {
    while (!queue.isEmpty() && queue.peek().atMillis() <= millis) {
      next();
    }
    nowMillis = Math.max(nowMillis, millis);
  }

  /** Lets the next thing happen; false when there is none. */
  boolean next() {
    Event event = queue.poll();
    if (event == null) {
      return false;
    }
    done++;
    if (done > mostEvents) {
      throw new Fault("rest", "there is no end of what happens");
    }
    nowMillis = event.atMillis();
    event.action().run();
    return true;
  }
}
