package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConnection;

/** A connection of {@code sqlite-jdbc}. */
final class JdbcDb implements Db {
  /** Steps of SQLite's machine between two looks at the clock: some milliseconds, and no cost to speak of. */
  private static final int STEPS_BETWEEN_CHECKS = 50_000;

  private final Connection connection;
  private final SynchronousMode whenSynced;
  private volatile long deadline;
  private boolean synced = true;

  /** False when the driver ended its transaction and could not begin the next. */
  private boolean begun = true;

  private boolean watched;

  /**
   * @param whenSynced how a commit is synced that is to be
   */
  JdbcDb(Connection connection, SynchronousMode whenSynced) {
    this.connection = connection;
    this.whenSynced = whenSynced;
  }

  @Override
  public Statement prepare(String sql) {
    try {
      return new JdbcStatement(this, connection.prepareStatement(sql));
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void execute(String sql) {
    try (java.sql.Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void function(String name, int arguments, SqlFunction function) {
    try {
      Function.create(
          connection, name, new JdbcFunction(function), arguments, Function.FLAG_DETERMINISTIC);
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void commit() {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void syncCommits(boolean nowSynced) {
    if (synced == nowSynced && begun) {
      return;
    }
    SynchronousMode mode = nowSynced ? whenSynced : SynchronousMode.NORMAL;
    try {
      // The driver has a transaction open at any time, and inside one this cannot be changed.
      begun = false;
      try {
        connection.setAutoCommit(true);
        execute("PRAGMA synchronous = " + mode.getValue());
        synced = nowSynced;
      } finally {
        connection.setAutoCommit(false);
        begun = true;
      }
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void checkpoint() {
    try (Statement checkpoint = prepare("PRAGMA wal_checkpoint(PASSIVE)")) {
      checkpoint.next();
      checkpoint.reset();
    }
  }

  @Override
  public void rollback() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // SQLite ends the transaction by itself when the disk is full; what the driver then misses is
      // only its begin.
      beginAgain(e);
    }
  }

  private void beginAgain(SQLException cause) {
    try {
      connection.setAutoCommit(true);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      e.addSuppressed(cause);
      throw translate(e);
    }
  }

  @Override
  public void deadline(long nanoTime) {
    deadline = nanoTime;
    if (nanoTime != 0 && !watched) {
      watch();
    }
  }

  private void watch() {
    try {
      ProgressHandler.setHandler(connection, STEPS_BETWEEN_CHECKS, new ProgressHandler() {
        @Override
        protected int progress() {
          return isPastDeadline() ? 1 : 0;
        }
      });
      watched = true;
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  private boolean isPastDeadline() {
    long at = deadline;
    return at != 0 && System.nanoTime() - at >= 0;
  }

  StoreException translate(SQLException e) {
    StoreException translated = isClosed(e) ? closed(e) : JdbcErrors.translate(e);
    return translated.code() == Code.QUERY_CANCELLED && isPastDeadline()
        ? new StoreException(
            Code.QUERY_TIMED_OUT,
            "the query took longer than it was allowed to; narrow it or allow more time",
            e)
        : translated;
  }

  private boolean isClosed(SQLException e) {
    try {
      return e.getErrorCode() == 0 && connection.isClosed();
    } catch (SQLException again) {
      return true;
    }
  }

  private static StoreException closed(SQLException e) {
    return new StoreException(Code.CLOSED, "the space was closed", e);
  }

  @Override
  public void interrupt() {
    try {
      ((SQLiteConnection) connection).getDatabase().interrupt();
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  @Override
  public void close() {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      connection.close();
    } catch (SQLException e) {
      throw translate(e);
    }
  }
}
