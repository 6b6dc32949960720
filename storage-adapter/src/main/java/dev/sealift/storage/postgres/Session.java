package dev.sealift.storage.postgres;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotice;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/**
 * One connection to the primary. Statements are sent at once, one after another, without waiting for the
 * answers to those before (pipelined), and the server runs them in this order. For one event loop.
 */
final class Session {
  /** What the server says when it was told to stop waiting for its standby: a warning, and then "COMMIT". */
  private static final String WARNING = "01000";

  /** Of this connection alone: closing it is the one way to really close a connection. */
  private final Pool pool;

  private final PgConnection connection;
  private boolean open = true;
  private boolean warned;

  Session(Pool pool, PgConnection connection) {
    this.pool = pool;
    this.connection = connection;
    connection.closeHandler(closed -> open = false);
    connection.exceptionHandler(failure -> open = false);
    connection.noticeHandler(this::note);
  }

  private void note(PgNotice notice) {
    warned |= WARNING.equals(notice.getCode());
  }

  boolean isOpen() {
    return open;
  }

  /**
   * Whether any commit so far may not have reached the standby although it was answered. Such a session
   * must not be used any more.
   */
  boolean isWarned() {
    return warned;
  }

  Future<RowSet<Row>> run(String sql) {
    return connection.query(sql).execute();
  }

  /** The statement is prepared once a session. */
  Future<RowSet<Row>> run(String sql, Tuple parameters) {
    return connection.preparedQuery(sql).execute(parameters);
  }

  /** Ends the connection, and what the server may still be doing for it: nobody would read the answer. */
  Future<Void> abandon() {
    open = false;
    return connection.cancelRequest().transform(asked -> close());
  }

  Future<Void> close() {
    open = false;
    return pool.close();
  }
}
