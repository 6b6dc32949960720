package dev.sealift.client;

import dev.sealift.client.store.Change;
import dev.sealift.client.store.ChangeSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Who is told of changes. A listener that is still busy gets the next changes all at once; beyond a bound, row by row gives way to
 * an empty list, which means: look at the table again.
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
      executor.execute(this);
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
        scheduled = false;
        taken = waiting;
        waiting = new ArrayList<>();
        tooMany = false;
        if (closed) {
          return;
        }
      }
      listener.accept(taken);
    }

    synchronized void close() {
      closed = true;
    }
  }
}
