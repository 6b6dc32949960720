package dev.sealift.client;

import dev.sealift.client.store.ChangeSet;
import dev.sealift.client.store.Tellings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who is told of changes. */
final class Watches {
  /** Somebody who is told of all changes, on the thread that made them and after they are durable, and makes something of those that concern him. */
  interface Watcher {
    void tell(ChangeSet changes);

    /** The exchange went on: the log came further, or a file has its receipt. Must not block. */
    default void progressed() {}

    void close();
  }

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  Watch add(Watcher watcher) {
    watchers.add(watcher);
    return () -> {
      watchers.remove(watcher);
      watcher.close();
    };
  }

  void progressed() {
    watchers.forEach(Watcher::progressed);
  }

  /** Tells all of them, before any is told of what the listener of another does then. */
  void tell(ChangeSet changes, Tellings tellings) {
    tellings.holding(() -> {
      watchers.forEach(watcher -> tellings.tell(() -> watcher.tell(changes)));
      return true;
    });
  }
}
