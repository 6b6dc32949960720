package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves the times of pending writes that a wrong clock set too far ahead, or too far back. No other device has seen them, so nothing but this
 * store knows their times. Their order is kept, among themselves and above everything that the device has seen, so what they
 * won against they still win against.
 */
final class Restamp {
  /** Entries held in memory at a time. */
  private static final int CHUNK_ENTRIES = 512;

  /** What has the times of pending writes beside the rows. */
  private static final List<String> MOVING = List.of(
      "_sealift_journal",
      "_sealift_overtaken",
      "_sealift_dismissal",
      "_sealift_op",
      "_sealift_own_place");

  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final Compounds compounds;
  private final UndoLog undoLog;
  private final Guards guards;
  private final SeenFiles files;

  Restamp(
      Db db,
      Catalog catalog,
      Tables tables,
      RowMerger rows,
      Compounds compounds,
      UndoLog undoLog,
      Guards guards,
      SeenFiles files) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.compounds = compounds;
    this.undoLog = undoLog;
    this.guards = guards;
    this.files = files;
  }

  private record Entry(long time, int table, long row, long files) {}

  /** What moving came to: how many entries moved, and the highest time of this device afterwards. */
  record Moved(int entries, HybridTime last) {}

  /** Moves what is later than {@code latest} back by {@code shiftMillis}, but not below {@code seen}, what stays, or files that an entry's author had seen and the log may have yet. */
  Moved move(HybridTime latest, long shiftMillis, HybridTime seen) {
    long previous = Math.max(seen.bits(), lastStaying(latest));
    long cursor = latest.bits();
    int moved = 0;
    Map<Long, Long> lastTimes = new HashMap<>();
    for (List<Entry> chunk = after(cursor); !chunk.isEmpty(); chunk = after(cursor)) {
      for (Entry entry : chunk) {
        previous = Math.max(previous, lastTimes.computeIfAbsent(entry.files(), files::lastTimeOf));
        long shifted =
            Math.max(entry.time() - (shiftMillis << HybridTime.COUNTER_BITS), previous + 1);
        if (shifted < entry.time()) {
          move(entry, shifted);
          moved++;
        }
        previous = Math.min(shifted, entry.time());
        cursor = entry.time();
      }
    }
    return new Moved(moved, new HybridTime(previous));
  }

  /**
   * Moves everything on by {@code shiftMillis}, and to {@code floor} at the least, in its order. From the last entry to the first, so that none is moved to where another
   * still is: of the entries in their order, which have times of their own, the one of index i goes to max(t + shift, floor + i).
   */
  Moved raise(long shiftMillis, HybridTime floor, long count) {
    long shift = shiftMillis << HybridTime.COUNTER_BITS;
    long index = count - 1;
    long last = 0;
    int moved = 0;
    for (List<Entry> chunk = before(Long.MAX_VALUE); !chunk.isEmpty(); chunk = before(chunk)) {
      for (Entry entry : chunk) {
        long raised = Math.max(entry.time() + shift, floor.bits() + index);
        last = Math.max(last, Math.max(raised, entry.time()));
        index--;
        if (raised > entry.time()) {
          move(entry, raised);
          moved++;
        }
      }
    }
    return new Moved(moved, new HybridTime(last));
  }

  private List<Entry> before(List<Entry> chunk) {
    return before(chunk.get(chunk.size() - 1).time());
  }

  private List<Entry> before(long time) {
    return entries(
        "SELECT t, tbl, row, files FROM _sealift_journal WHERE t < ? ORDER BY t DESC LIMIT ", time);
  }

  /** The time of this device's last event. */
  HybridTime last() {
    return new HybridTime(lastStaying(new HybridTime(Long.MAX_VALUE)));
  }

  private long lastStaying(HybridTime latest) {
    String sql = "SELECT max((SELECT coalesce(max(t), 0) FROM _sealift_journal WHERE t <= ?),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_outbox),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_chain))";
    try (Statement select = db.prepare(sql)) {
      return select.bind(1, latest.bits()).next() ? select.integer(1) : 0;
    }
  }

  private List<Entry> after(long time) {
    return entries(
        "SELECT t, tbl, row, files FROM _sealift_journal WHERE t > ? ORDER BY t LIMIT ", time);
  }

  private List<Entry> entries(String sql, long time) {
    List<Entry> entries = new ArrayList<>();
    try (Statement select = db.prepare(sql + CHUNK_ENTRIES)) {
      select.bind(1, time);
      while (select.next()) {
        entries.add(new Entry(
            select.integer(1), (int) select.integer(2), select.integer(3), select.integer(4)));
      }
    }
    return entries;
  }

  private void move(Entry entry, long shifted) {
    if (entry.row() != Journal.NO_ROW) {
      TableInfo table = catalog.byId(entry.table());
      Stamp from = new Stamp(entry.time(), Devices.SELF, 0);
      compounds.move(entry.table(), entry.row(), entry.time(), shifted);
      RowState moved = state(table, entry.row()).moved(from, shifted);
      rows.replaceState(table, entry.row(), rows.afterMoving(table, entry.row(), moved));
    }
    for (String moving : MOVING) {
      try (Statement update =
          db.prepare("UPDATE OR REPLACE " + moving + " SET t = ? WHERE t = ?")) {
        update.bind(1, shifted).bind(2, entry.time()).run();
      }
    }
    try (Statement update =
        db.prepare("UPDATE _sealift_taken_over SET own_t = ? WHERE own_t = ?")) {
      update.bind(1, shifted).bind(2, entry.time()).run();
    }
    undoLog.move(entry.time(), shifted);
    moveTransaction(entry.time(), shifted);
  }

  /** A transaction has the time of its first entry; what others have read of an entry goes with it. */
  private void moveTransaction(long from, long to) {
    try (Statement update =
        db.prepare("UPDATE _sealift_journal SET tx = ? WHERE tx = ? AND tx <> 0")) {
      update.bind(1, to).bind(2, from).run();
    }
    guards.move(from, to);
  }

  private RowState state(TableInfo table, long row) {
    Statement select = tables.of(table).selectByRow().bind(1, row);
    try {
      return select.next() ? Stored.state(select.blob(2)) : RowState.ABSENT;
    } finally {
      select.reset();
    }
  }
}
