package dev.sealift.storage.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Statements that go to the server together. Once one of them fails in a transaction the server refuses those
 * after it, and makes a COMMIT at the end a rollback; so the first failure is the one that counts.
 */
final class Pipeline {
  private final Session session;
  private final List<Future<?>> answers = new ArrayList<>();

  Pipeline(Session session) {
    this.session = session;
  }

  void add(String sql) {
    answers.add(session.run(sql));
  }

  void add(String sql, Tuple parameters) {
    answers.add(session.run(sql, parameters));
  }

  /** {@code each} gets every row, before {@link #answered} completes. */
  void add(String sql, Tuple parameters, Consumer<Row> each) {
    answers.add(session.run(sql, parameters).map(rows -> forEach(rows, each)));
  }

  private static int forEach(RowSet<Row> rows, Consumer<Row> each) {
    rows.forEach(each);
    return rows.size();
  }

  /**
   * Completes when all are answered; fails, then too, with the first failure in their order, and also when
   * the server said that it did not wait for its standby.
   */
  Future<Void> answered() {
    return Future.join(answers).transform(joined -> {
      for (Future<?> answer : answers) {
        if (answer.failed()) {
          return Future.failedFuture(answer.cause());
        }
      }
      return session.isWarned()
          ? Future.failedFuture(new NotReplicatedException())
          : Future.succeededFuture();
    });
  }

  /** The server committed, and said that it did not wait for its standby: the commit may still be lost. */
  static final class NotReplicatedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotReplicatedException() {
      super("the server did not wait for its standby");
    }
  }
}
