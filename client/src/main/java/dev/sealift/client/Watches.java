package dev.sealift.client;

import dev.sealift.client.store.Change;
import dev.sealift.client.store.ChangeSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Who is told of changes. A listener is called once at a time: while it is busy, changes gather and come all at once; beyond a
 * bound, row by row gives way to an empty list, which means: look at the table again.
 *
 * <p>What a listener or its executor throws is theirs, and goes to the thread's handler: it must not stop a write that is
 * durable, or the exchange.
 */
final class Watches {
  /** Changes kept for a listener that is busy. */
  private static final int MAX_WAITING = 10_000;

  private final List<Listening> listeners = new CopyOnWriteArrayList<>();

  Watch add(String table, Executor executor, Consumer<List<Change>> listener) {
    Listening listening = new Listening(table, executor, listener);
    listeners.add(listening);
    return () -> {
      listeners.remove(listening);
      listening.close();
    };
  }

  void tell(ChangeSet changes) {
    for (Listening listening : listeners) {
      if (changes.tables().contains(listening.table)) {
        listening.tell(changes);
      }
    }
  }

  private static final class Listening implements Runnable {
    private final String table;
    private final Executor executor;
    private final Consumer<List<Change>> listener;
    private List<Change> waiting = new ArrayList<>();
    private boolean tooMany;
    private boolean scheduled;
    private boolean closed;

    Listening(String table, Executor executor, Consumer<List<Change>> listener) {
      this.table = table;
      this.executor = executor;
      this.listener = listener;
    }

    void tell(ChangeSet changes) {
      synchronized (this) {
        collect(changes);
        if (scheduled || closed) {
          return;
        }
        scheduled = true;
      }
      schedule();
    }

    private void schedule() {
      try {
        executor.execute(this);
      } catch (RuntimeException e) {
        unschedule();
        handle(e);
      }
    }

    private synchronized void unschedule() {
      scheduled = false;
    }

    private static void handle(RuntimeException e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }

    private void collect(ChangeSet changes) {
      tooMany |= changes.isMany() || waiting.size() + changes.changes().size() > MAX_WAITING;
      if (tooMany) {
        waiting.clear();
        return;
      }
      for (Change change : changes.changes()) {
        if (change.table().equals(table)) {
          waiting.add(change);
        }
      }
    }

    @Override
    public void run() {
      List<Change> taken;
      synchronized (this) {
        if (closed) {
          return;
        }
        taken = take();
      }
      try {
        listener.accept(taken);
      } catch (RuntimeException e) {
        handle(e);
      }
      if (isMoreWaiting()) {
        schedule();
      }
    }

    private List<Change> take() {
      List<Change> taken = waiting;
      waiting = new ArrayList<>();
      tooMany = false;
      return taken;
    }

    private synchronized boolean isMoreWaiting() {
      scheduled = !closed && (tooMany || !waiting.isEmpty());
      return scheduled;
    }

    synchronized void close() {
      closed = true;
    }
  }
}
