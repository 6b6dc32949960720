package dev.sealift.storage.sqlite;

/** The store's threads. None keeps a process alive: the store may be killed at any instruction anyway. */
final class StoreThreads {
  private StoreThreads() {}

  static Thread create(Runnable task, String name) {
    Thread thread = new Thread(task, "sealift-store-" + name);
    thread.setDaemon(true);
    return thread;
  }
}
