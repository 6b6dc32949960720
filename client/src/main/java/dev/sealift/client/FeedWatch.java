package dev.sealift.client;

import dev.sealift.client.store.ChangeSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Tells the entries of a feed: it reads on from what it has told last, so that it keeps nothing. */
final class FeedWatch implements Watches.Watcher {
  private final LongFunction<List<FeedEntry>> reading;
  private final Consumer<List<FeedEntry>> listener;
  private final Repeated telling;

  /** Only for whoever tells, which is one at a time. */
  private long next;

  FeedWatch(
      LongFunction<List<FeedEntry>> reading,
      long from,
      Executor executor,
      Consumer<List<FeedEntry>> listener) {
    this.reading = reading;
    this.listener = listener;
    this.next = from;
    this.telling = new Repeated(executor, this::run);
  }

  /** To be called once it is told of changes, so that none is missed. */
  void start() {
    telling.ask();
  }

  /** Whatever changed: that an entry has its offset changes no row. */
  @Override
  public void tell(ChangeSet changes) {
    telling.ask();
  }

  private void run() {
    List<FeedEntry> entries = reading.apply(next);
    if (!entries.isEmpty()) {
      next = entries.get(entries.size() - 1).offset() + 1;
      telling.ask(); // there may be more
      listener.accept(entries);
    }
  }

  @Override
  public void close() {
    telling.close();
  }
}
