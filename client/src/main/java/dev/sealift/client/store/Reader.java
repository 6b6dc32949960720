package dev.sealift.client.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A connection that cannot write, with the statements that the store itself uses on it. For one thread at a time. */
final class Reader implements AutoCloseable {
  /** The store's own statements are few for each table; more are prepared again when they come round. */
  private static final int MAX_KEPT = 64;

  private final Db db;
  private final Map<String, Statement> kept = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Statement> eldest) {
      if (size() <= MAX_KEPT) {
        return false;
      }
      eldest.getValue().close();
      return true;
    }
  };

  Reader(Db db) {
    this.db = db;
  }

  /** One of the store's own statements, prepared once. Not for two uses at a time. */
  Statement statement(String sql) {
    return kept.computeIfAbsent(sql, db::prepare);
  }

  /** A statement to be closed by whoever asked for it. */
  Statement prepare(String sql) {
    return db.prepare(sql);
  }

  /** What is read until {@link #endSnapshot} is one state of the database. */
  void beginSnapshot() {
    db.execute("BEGIN");
    Statement touch = statement("SELECT 1 FROM sqlite_schema LIMIT 1");
    touch.next();
    touch.reset();
  }

  void endSnapshot() {
    db.execute("COMMIT");
  }

  void allow(long timeoutMillis) {
    db.deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
  }

  void allowAnyTime() {
    db.deadline(0);
  }

  void interrupt() {
    db.interrupt();
  }

  @Override
  public void close() {
    db.close();
  }
}
