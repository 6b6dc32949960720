package dev.sealift.storage.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotice;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the primary. Statements are sent at once, one after another, without waiting for the
 * answers to those before (pipelined), and the server runs them in this order. For one event loop.
 */
final class Session {
  /** What the server says when it was told to stop waiting for its standby: a warning, and then "COMMIT". */
  private static final String WARNING = "01000";

  /**
   * A server that owes an answer and says nothing for this long is gone, whatever the network believes. Longer than any of the time-outs
   * that the server itself keeps, so that it is the server who says so as a rule.
   */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** To ask takes a connection of its own, which a silent server may not take. */
  private static final long CANCEL_SECONDS = 5;

  /** Of this connection alone: closing it is the one way to really close a connection. */
  private final Pool pool;

  private final PgConnection connection;

  private final Set<Promise<RowSet<Row>>> unanswered = new LinkedHashSet<>();
  private long heardNanos;
  private boolean open = true;
  private boolean warned;
  private @Nullable Future<Void> closed;

  Session(Pool pool, PgConnection connection) {
    this.pool = pool;
    this.connection = connection;
    connection.closeHandler(ended -> close());
    connection.exceptionHandler(failure -> close());
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
    return awaited(connection.query(sql).execute());
  }

  /** The statement is prepared once a session. */
  Future<RowSet<Row>> run(String sql, Tuple parameters) {
    return awaited(connection.preparedQuery(sql).execute(parameters));
  }

  private Future<RowSet<Row>> awaited(Future<RowSet<Row>> answer) {
    Promise<RowSet<Row>> told = Promise.promise();
    if (unanswered.isEmpty()) {
      heardNanos = System.nanoTime();
    }
    unanswered.add(told);
    answer.onComplete(outcome -> {
      heardNanos = System.nanoTime();
      unanswered.remove(told);
      if (outcome.succeeded()) {
        told.tryComplete(outcome.result());
      } else {
        told.tryFail(outcome.cause());
      }
    });
    return told.future();
  }

  /**
   * Gives up a server that owes an answer and says nothing. An idle time-out of the socket would not: the driver says good-bye first, and
   * waits until the server has read it.
   */
  void giveUpIfSilent(long nowNanos) {
    if (!unanswered.isEmpty() && nowNanos - heardNanos >= SILENCE_NANOS) {
      abandon();
    }
  }

  /** Ends the connection, and what the server may still be doing for it: nobody would read the answer. */
  Future<Void> abandon() {
    open = false;
    Future<Void> asked = connection
        .cancelRequest()
        .timeout(CANCEL_SECONDS, TimeUnit.SECONDS)
        .transform(sent -> close());
    List.copyOf(unanswered).forEach(told -> told.tryFail(new SilentServerException()));
    return asked;
  }

  /** The first time counts. */
  Future<Void> close() {
    open = false;
    if (closed == null) {
      closed = pool.close();
    }
    return closed;
  }

  /** What the server did is not known, as with every lost connection. */
  static final class SilentServerException extends Exception {
    private static final long serialVersionUID = 1L;

    SilentServerException() {
      super("the server said nothing for too long");
    }
  }
}
