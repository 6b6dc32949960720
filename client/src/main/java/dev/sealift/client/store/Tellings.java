package dev.sealift.client.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Tells what happened, on the thread on which it happened and in the order in which it did: at once, or, while that thread holds a lock of ours, as soon as it has let go of it. So
 * whoever is told may wait for a thread that wants the lock.
 *
 * <p>Safe for use from any thread. Each has its own queue, which is bounded by what is done under one lock at a time.
 */
public final class Tellings {
  private static final class Untold {
    private final Deque<Runnable> tellings = new ArrayDeque<>();
    private int locks;
  }

  private final ThreadLocal<Untold> ofThread = ThreadLocal.withInitial(Untold::new);

  /** Tells it, and before it what this thread has not told yet; later, while it does something {@link #holding} a lock. */
  public void tell(Runnable telling) {
    Untold untold = ofThread.get();
    untold.tellings.add(telling);
    tellAll(untold);
  }

  /**
   * Does something, as a rule with a lock that it takes and lets go of. What this thread has to tell meanwhile is told behind it.
   *
   * @param work must not throw what is checked; what it throws comes out after the telling
   */
  public <T> T holding(Supplier<T> work) {
    Untold untold = ofThread.get();
    untold.locks++;
    try {
      return work.get();
    } finally {
      untold.locks--;
      tellAll(untold);
    }
  }

  private void tellAll(Untold untold) {
    if (untold.locks > 0) {
      return;
    }
    for (Runnable next = untold.tellings.poll(); next != null; next = untold.tellings.poll()) {
      next.run(); // may tell the rest, when it does something that is told itself
    }
    ofThread.remove();
  }
}
