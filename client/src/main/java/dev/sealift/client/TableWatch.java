package dev.sealift.client;

import dev.sealift.client.store.Change;
import dev.sealift.client.store.ChangeSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Tells of the changes of a table. While the listener is busy, changes gather and come all at once; beyond a bound, row by row gives way to an empty list, which
 * means: look at the table again.
 */
final class TableWatch implements Watches.Watcher {
  /** Changes kept for a listener that is busy. */
  private static final int MAX_WAITING = 10_000;

  private final String table;
  private final Consumer<List<Change>> listener;
  private final Repeated telling;
  private List<Change> waiting = new ArrayList<>();
  private boolean tooMany;

  TableWatch(String table, Executor executor, Consumer<List<Change>> listener) {
    this.table = table;
    this.listener = listener;
    this.telling = new Repeated(executor, this::run);
  }

  @Override
  public void tell(ChangeSet changes) {
    if (changes.tables().contains(table)) {
      collect(changes);
      telling.ask();
    }
  }

  private synchronized void collect(ChangeSet changes) {
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

  private void run() {
    List<Change> taken;
    synchronized (this) {
      if (waiting.isEmpty() && !tooMany) {
        return; // told already, by a run that began after these had come and before it was asked
      }
      taken = waiting;
      waiting = new ArrayList<>();
      tooMany = false;
    }
    listener.accept(taken);
  }

  @Override
  public void close() {
    telling.close();
  }
}
