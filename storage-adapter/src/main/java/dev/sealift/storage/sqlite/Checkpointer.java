package dev.sealift.storage.sqlite;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Moves what the write-ahead log holds into the database file, beside the commits and not within them: a
 * checkpoint in the middle of a commit would be the slowest commits' time.
 *
 * <p>Such a passive checkpoint never waits for anybody, so under load without a pause it may never come to
 * the log's end, and the log would grow. When it is beyond its bound the writer makes way: it
 * pauses for one checkpoint that does.
 */
final class Checkpointer implements AutoCloseable {
  /** Often enough for the log to stay in the page cache, rare enough to write a page once for many changes. */
  static final long AFTER_BYTES = 8L << 20;

  /** The log's bound; a single large group may go beyond it. */
  private static final long MAX_WAL_BYTES = 128L << 20;

  private static final long CLOSE_SECONDS = 30;

  private final Connection connection;
  private final Timer timer;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> StoreThreads.create(task, "checkpoint"));
  private final AtomicBoolean running = new AtomicBoolean();
  private long writtenBytes;
  private volatile boolean walTooLong;

  Checkpointer(Connection connection, MeterRegistry meters) {
    this.connection = connection;
    this.timer = meters.timer("sealift.storage.checkpoint");
  }

  /** The writer's thread, after a commit. */
  void written(long bytes) {
    writtenBytes += bytes;
    if (writtenBytes >= AFTER_BYTES && running.compareAndSet(false, true)) {
      writtenBytes = 0;
      thread.execute(this::run);
    }
  }

  /** The writer's thread, before a transaction: makes way for a checkpoint when the log has become too long. */
  void makeWay(Connection writer) throws SQLException {
    if (walTooLong) {
      walTooLong = false;
      timer.record(() -> checkpoint(writer, "RESTART"));
    }
  }

  private void run() {
    try {
      timer.record(() -> checkpoint(connection, "PASSIVE"));
    } finally {
      running.set(false);
    }
  }

  /** One that fails (a full disk) leaves everything in the log, and a later one does its work. */
  private void checkpoint(Connection on, String mode) {
    try (Statement statement = on.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      walTooLong = row.next() && row.getLong(2) * Database.PAGE_BYTES > MAX_WAL_BYTES;
    } catch (SQLException e) {
      walTooLong = false;
    }
  }

  @Override
  public void close() throws SQLException {
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.close();
  }
}
