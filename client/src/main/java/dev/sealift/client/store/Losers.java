package dev.sealift.client.store;

import dev.sealift.client.merge.LoserChange;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;

/** What was written and lost to something whose author had not seen it, by row; the writer's side. */
final class Losers {
  private final Statement any;
  private final Statement insert;
  private final Statement delete;
  private final Statement deleteRestored;
  private final Statement deleteOf;
  private final Statement deleteRow;
  private final Statement deleteWritten;
  private final Statement deleteOlder;
  private final Statement select;
  private final Statement selectLate;
  private final Statement removeDismissed;
  private final Statement forgetDismissals;
  private boolean empty;

  Losers(Db db) {
    any = db.prepare("SELECT 1 FROM _sealift_loser LIMIT 1");
    insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_loser(tbl, key, cell, t, device, reason, value, rival_t, rival_device, since, tx)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    delete = db.prepare(
        "DELETE FROM _sealift_loser WHERE tbl = ? AND key = ? AND cell = ? AND t = ? AND device = ?");
    deleteRestored = db.prepare(
        "DELETE FROM _sealift_loser WHERE tbl = ? AND key = ? AND cell = ? AND t = ? AND device = ? AND tx = 0");
    deleteOf = db.prepare(
        "DELETE FROM _sealift_loser WHERE tbl = ? AND key = ? AND cell = ? AND device = ? AND tx = 0"
            + " AND (t < 0, t) <= (?5 < 0, ?5)");
    deleteRow = db.prepare("DELETE FROM _sealift_loser WHERE tbl = ? AND key = ?");
    deleteWritten = db.prepare(
        "DELETE FROM _sealift_loser WHERE tbl = ? AND " + TableSql.millis("t") + " <= ?");
    deleteOlder = db.prepare("DELETE FROM _sealift_loser WHERE since < ?");
    select = db.prepare(
        "SELECT 1 FROM _sealift_loser l WHERE tbl = ? AND key = ? AND cell = ? AND t = ? AND device = ?"
            + " AND NOT EXISTS (SELECT 1 FROM _sealift_dismissal x WHERE x.tbl = l.tbl AND x.key = l.key AND x.cell = l.cell"
            + " AND x.loser_t = l.t AND x.loser_device = l.device)");
    selectLate = db.prepare(
        "SELECT t, value FROM _sealift_loser WHERE tbl = ? AND key = ? AND cell = ? AND device = ? AND reason = 'LATE'"
            + " ORDER BY t DESC LIMIT 1");
    removeDismissed = db.prepare("DELETE FROM _sealift_loser WHERE (tbl, key, cell, t, device) IN"
        + " (SELECT tbl, key, cell, loser_t, loser_device FROM _sealift_dismissal WHERE t <= ?)");
    forgetDismissals = db.prepare("DELETE FROM _sealift_dismissal WHERE t <= ?");
    load();
  }

  /** As the database has it. */
  void load() {
    try {
      empty = !any.next();
    } finally {
      any.reset();
    }
  }

  boolean isEmpty() {
    return empty;
  }

  /** What an admitted event did; {@code serverTimeMillis} is its file's. */
  void change(TableInfo table, String key, List<LoserChange> changes, long serverTimeMillis) {
    for (LoserChange change : changes) {
      if (change instanceof LoserChange.Lost lost) {
        add(
            table,
            key,
            lost.cell(),
            lost.loser(),
            LostReason.valueOf(lost.reason().name()),
            lost.value(),
            lost.rival(),
            serverTimeMillis,
            0);
      } else if (!empty) {
        remove(table, key, change);
      }
    }
  }

  private void remove(TableInfo table, String key, LoserChange change) {
    if (change instanceof LoserChange.Dropped dropped) {
      deleteOf
          .bind(1, table.id())
          .bind(2, key)
          .bind(3, dropped.cell())
          .bind(4, dropped.by().device())
          .bind(5, dropped.by().time())
          .run();
    } else if (change instanceof LoserChange.Restored restored) {
      Stamp loser = restored.loser();
      delete(deleteRestored, table, new Loser(key, restored.cell(), loser.time(), loser.device()));
    }
  }

  /** It was dismissed. */
  void remove(TableInfo table, Loser loser) {
    if (!empty) {
      delete(delete, table, loser);
    }
  }

  private static void delete(Statement statement, TableInfo table, Loser loser) {
    statement
        .bind(1, table.id())
        .bind(2, loser.key())
        .bind(3, loser.cell())
        .bind(4, loser.time())
        .bind(5, loser.device())
        .run();
  }

  /** What was dismissed here up to a time, which the log now says. */
  void dismissed(long last) {
    if (!empty) {
      removeDismissed.bind(1, last).run();
    }
    forgetDismissals(last);
  }

  /** What was dismissed here up to a time was applied. */
  void forgetDismissals(long last) {
    forgetDismissals.bind(1, last).run();
  }

  /** A count of this device's own that came too late. */
  record Late(long time, Value value) {}

  /** The last one of a cell. */
  Optional<Late> lateCount(TableInfo table, String key, int cell) {
    if (empty) {
      return Optional.empty();
    }
    selectLate.bind(1, table.id()).bind(2, key).bind(3, cell).bind(4, Devices.SELF);
    try {
      return selectLate.next()
          ? Optional.of(new Late(selectLate.integer(1), selectLate.value(2)))
          : Optional.empty();
    } finally {
      selectLate.reset();
    }
  }

  /** A loser that was not dismissed here. */
  Optional<Loser> find(TableInfo table, Loser loser) {
    select
        .bind(1, table.id())
        .bind(2, loser.key())
        .bind(3, loser.cell())
        .bind(4, loser.time())
        .bind(5, loser.device());
    try {
      return select.next() ? Optional.of(loser) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /**
   * A cell of an event that is not merged, for it is older than the cut-off when it is admitted, or of a transaction in conflict; it has no rival.
   *
   * @param transaction that loses with it, whole; 0 for none
   */
  void unmerged(
      TableInfo table,
      String key,
      int cell,
      Stamp loser,
      LostReason reason,
      Value value,
      long since,
      long transaction) {
    add(table, key, cell, loser, reason, value, loser, since, transaction);
  }

  /** Nothing of a row is lost in what the log has, but for what is added to it. */
  void clear(TableInfo table, String key) {
    if (!empty) {
      deleteRow.bind(1, table.id()).bind(2, key).run();
    }
  }

  void add(
      TableInfo table,
      String key,
      int cell,
      Stamp loser,
      LostReason reason,
      Value value,
      Stamp rival,
      long since,
      long transaction) {
    insert
        .bind(1, table.id())
        .bind(2, key)
        .bind(3, cell)
        .bind(4, loser.time())
        .bind(5, loser.device())
        .bind(6, reason.name())
        .bind(7, value)
        .bind(8, rival.time())
        .bind(9, rival.device())
        .bind(10, since)
        .bind(11, transaction)
        .run();
    empty = false;
  }

  /**
   * What was written to a table that is over.
   *
   * @return whether there was any
   */
  boolean forgetWritten(TableInfo table, Over over) {
    deleteWritten.bind(1, table.id()).bind(2, over.upToMillis());
    boolean any = !empty && deleteWritten.run() > 0;
    if (any) {
      load();
    }
    return any;
  }

  /** Those are nobody's to review any more. */
  void forgetBefore(long sinceMillis) {
    if (!empty && deleteOlder.bind(1, sinceMillis).run() > 0) {
      load();
    }
  }
}
