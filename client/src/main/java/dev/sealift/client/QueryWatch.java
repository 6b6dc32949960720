package dev.sealift.client;

import dev.sealift.client.store.ChangeSet;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs a query again whenever something changed that it names, and tells what is different. */
final class QueryWatch<R> implements Watches.Watcher {
  private final String foldedSql;
  private final Optional<String> key;
  private final Supplier<QueryResult> query;
  private final Function<List<String>, Function<List<Value>, R>> maker;
  private final Consumer<QueryChange<R>> listener;
  private final Repeated telling;

  /** What was told last. Only for whoever tells, which is one at a time. */
  private QueryImage<R> told = QueryImage.empty();

  private boolean toldAny;

  /**
   * @param maker of what is told of a row with these columns
   */
  QueryWatch(
      Query watched,
      Supplier<QueryResult> query,
      Function<List<String>, Function<List<Value>, R>> maker,
      Executor executor,
      Consumer<QueryChange<R>> listener) {
    this.foldedSql = Names.folded(watched.sql());
    this.key = watched.key();
    this.query = query;
    this.maker = maker;
    this.listener = listener;
    this.telling = new Repeated(executor, this::run);
  }

  /** To be called once it is told of changes, so that none is missed. */
  void start() {
    telling.ask();
  }

  /** A query cannot read a table without naming it. One that only seems to name it is run once too often. Tables and columns may come at any time. */
  @Override
  public void tell(ChangeSet changes) {
    if (changes.tables().isEmpty()
        || changes.tables().stream().anyMatch(table -> foldedSql.contains(Names.folded(table)))) {
      telling.ask();
    }
  }

  private void run() {
    Optional<QueryImage<R>> now;
    try (QueryResult result = query.get()) {
      now = Errors.checked(() -> QueryImage.read(result, key, maker.apply(result.columns()), told));
    }
    QueryChange<R> change = now.map(image -> image.since(told)).orElseGet(QueryChange::tooMany);
    told = now.orElseGet(QueryImage::empty);
    if (!change.isNone() || !toldAny) {
      toldAny = true;
      listener.accept(change);
    }
  }

  @Override
  public void close() {
    telling.close();
  }
}
