package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;

/**
 * Numbers the rows of feeds 1, 2, 3 … in the order in which the log first names them, which is alike on all devices that hold as much of it; and remembers which rows this device has
 * appended that the log does not have yet.
 */
final class Feeds {
  private final Db db;
  private final Statement insert;
  private final Statement put;
  private final Statement delete;
  private final Statement insertWaiting;
  private final Statement deleteWaiting;
  private final ChangeCollector changes;

  Feeds(Db db, ChangeCollector changes) {
    this.db = db;
    this.changes = changes;
    insert = db.prepare("INSERT OR IGNORE INTO _sealift_feed(tbl, at, key, t, device, sequence)"
        + " SELECT ?1, coalesce(max(at), 0) + 1, ?2, ?3, ?4, ?5 FROM _sealift_feed WHERE tbl = ?1");
    put = db.prepare(
        "INSERT OR REPLACE INTO _sealift_feed(tbl, at, key, t, device, sequence) VALUES (?, ?, ?, ?, ?, ?)");
    delete = db.prepare("DELETE FROM _sealift_feed WHERE tbl = ? AND key = ?");
    insertWaiting =
        db.prepare("INSERT OR IGNORE INTO _sealift_feed_waiting(tbl, key) VALUES (?, ?)");
    deleteWaiting = db.prepare("DELETE FROM _sealift_feed_waiting WHERE tbl = ? AND key = ?");
  }

  /** The log has an event on a row of a feed. What comes too late is in the inbox and in no feed. */
  void note(TableInfo table, EventRun run, RowEvent event, RemoteWriter.Source source) {
    admitted(table, event.key());
    if (run.kind() != RunKind.REMOVE && !source.isLate(run, event)) {
      insert.bind(1, table.id()).bind(2, event.key()).bind(3, event.time().bits());
      insert.bind(4, source.author()).bind(5, source.sequence()).run();
      changes.addUnseen();
    }
  }

  /** A row has no place in what the log has, unless it is put there. */
  void clear(TableInfo table, String key) {
    delete.bind(1, table.id()).bind(2, key).run();
  }

  /** A row's place in what the log has. */
  void put(TableInfo table, String key, CarriedRow.FeedPlace place, int device) {
    put.bind(1, table.id()).bind(2, place.at()).bind(3, key).bind(4, place.time());
    put.bind(5, device).bind(6, place.sequence()).run();
    changes.addUnseen();
  }

  /** The log has an event on a row. */
  void admitted(TableInfo table, String key) {
    deleteWaiting.bind(1, table.id()).bind(2, key).run();
  }

  /** This device has appended a row. */
  void append(TableInfo table, String key) {
    insertWaiting.bind(1, table.id()).bind(2, key).run();
  }

  /** The log has no more than {@code size} files left; before it forgets the others. This device's own wait again. */
  void rewind(long size) {
    try (Statement wait = db.prepare(
        "INSERT OR IGNORE INTO _sealift_feed_waiting(tbl, key) SELECT tbl, key"
            + " FROM _sealift_feed WHERE sequence > ? AND sequence IN (SELECT sequence FROM _sealift_chain)")) {
      wait.bind(1, size).run();
    }
    try (Statement delete = db.prepare("DELETE FROM _sealift_feed WHERE sequence > ?")) {
      delete.bind(1, size).run();
    }
  }
}
