package dev.sealift.client;

import dev.sealift.client.store.ChangeSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who is told of changes. */
final class Watches {
  /** Somebody who is told of all changes, on the thread that made them and after they are durable, and makes something of those that concern him. */
  interface Watcher {
    void tell(ChangeSet changes);

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

  void tell(ChangeSet changes) {
    for (Watcher watcher : watchers) {
      watcher.tell(changes);
    }
  }
}
