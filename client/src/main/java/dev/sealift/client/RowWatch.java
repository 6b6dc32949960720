package dev.sealift.client;

import dev.sealift.client.store.Change;
import dev.sealift.client.store.ChangeSet;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what a row is: at first, and whenever it is something else. */
final class RowWatch implements Watches.Watcher {
  private final String table;
  private final String key;
  private final Supplier<Optional<Row>> row;
  private final Consumer<Optional<Row>> listener;
  private final Repeated telling;

  /** Null as long as nothing was told. Only for whoever tells, which is one at a time. */
  private @Nullable Optional<Row> told;

  RowWatch(
      String table,
      String key,
      Supplier<Optional<Row>> row,
      Executor executor,
      Consumer<Optional<Row>> listener) {
    this.table = table;
    this.key = key;
    this.row = row;
    this.listener = listener;
    this.telling = new Repeated(executor, this::run);
  }

  /** To be called once it is told of changes, so that none is missed. */
  void start() {
    telling.ask();
  }

  @Override
  public void tell(ChangeSet changes) {
    if (concerns(changes)) {
      telling.ask();
    }
  }

  /** Also when a column may have come. */
  private boolean concerns(ChangeSet changes) {
    if (changes.tables().isEmpty() || changes.isMany()) {
      return true;
    }
    for (Change change : changes.changes()) {
      if (change.key().equals(key) && change.table().equals(table)) {
        return true;
      }
    }
    return false;
  }

  private void run() {
    Optional<Row> now = row.get();
    if (!now.equals(told)) {
      told = now;
      listener.accept(now);
    }
  }

  @Override
  public void close() {
    telling.close();
  }
}
