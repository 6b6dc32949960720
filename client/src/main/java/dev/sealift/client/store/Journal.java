package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;

/**
 * Local writes that were not packed yet, in the order of their times. An entry names its row and not its values: those are the
 * row's cells that still have the entry's time, so a later write to them coalesces by itself. Cells that a received event
 * outranks before they are packed are put aside as <em>overtaken</em>, so that they are sent all the same.
 */
final class Journal {
  /** Stands for the row's marker among overtaken cells. */
  static final int MARKER = 0;

  /** Stands for the row's removal among overtaken cells. */
  static final int REMOVAL = -1;

  /** Entries that wait for one call into the driver. */
  private static final int UNWRITTEN_ENTRIES = 256;

  private final Statement insert;
  private final Statement insertOvertaken;
  private final Statement bounds;
  private final Statement count;
  private final Statement delete;
  private final Statement deleteOvertaken;
  private int unwritten;
  private long firstPending = Long.MAX_VALUE;

  Journal(Db db) {
    insert = db.prepare(
        "INSERT OR IGNORE INTO _sealift_journal(t, tbl, row, op, seen) VALUES (?, ?, ?, ?, ?)");
    insertOvertaken =
        db.prepare("INSERT OR IGNORE INTO _sealift_overtaken(t, cell, value) VALUES (?, ?, ?)");
    bounds = db.prepare("SELECT min(t), max(t) FROM _sealift_journal");
    count = db.prepare("SELECT count(*) FROM _sealift_journal");
    delete = db.prepare("DELETE FROM _sealift_journal WHERE t <= ?");
    deleteOvertaken = db.prepare("DELETE FROM _sealift_overtaken WHERE t <= ?");
    load();
  }

  /** As the database has it; forgets what is not written yet. */
  void load() {
    if (unwritten > 0) {
      throw new IllegalStateException("entries wait to be written");
    }
    firstPending = bound(1, Long.MAX_VALUE);
  }

  /** Drops what is not written yet. */
  void forget() {
    insert.clearBatch();
    unwritten = 0;
  }

  HybridTime lastTime() {
    flush();
    return new HybridTime(bound(2, 0));
  }

  private long bound(int column, long otherwise) {
    try {
      return bounds.next() && !bounds.isNull(column) ? bounds.integer(column) : otherwise;
    } finally {
      bounds.reset();
    }
  }

  boolean isEmpty() {
    return firstPending == Long.MAX_VALUE;
  }

  long count() {
    flush();
    try {
      return count.next() ? count.integer(1) : 0;
    } finally {
      count.reset();
    }
  }

  void add(HybridTime time, TableInfo table, long row, RunKind kind, long seen) {
    insert
        .bind(1, time.bits())
        .bind(2, table.id())
        .bind(3, row)
        .bind(4, code(kind))
        .bind(5, seen)
        .addToBatch();
    firstPending = Math.min(firstPending, time.bits());
    unwritten++;
    if (unwritten == UNWRITTEN_ENTRIES) {
      flush();
    }
  }

  /** Writes what waits; before the journal is read and before each commit. */
  void flush() {
    if (unwritten > 0) {
      insert.runBatch();
      unwritten = 0;
    }
  }

  /** Whether what has this stamp was written here and is still to be packed. */
  boolean isPending(Stamp stamp) {
    return stamp.device() == Devices.SELF && stamp.sequence() == 0 && stamp.time() >= firstPending;
  }

  void overtake(Stamp stamp, int cell, Value value) {
    insertOvertaken.bind(1, stamp.time()).bind(2, cell).bind(3, value).run();
  }

  /** Everything up to this time is packed. */
  void deleteUpTo(HybridTime last) {
    flush();
    delete.bind(1, last.bits()).run();
    deleteOvertaken.bind(1, last.bits()).run();
    load();
  }

  /** Nothing pending has seen more than the log's first {@code size} files. */
  void rewind(Db db, long size) {
    flush();
    try (Statement update = db.prepare("UPDATE _sealift_journal SET seen = ?1 WHERE seen > ?1")) {
      update.bind(1, size).run();
    }
  }

  static int code(RunKind kind) {
    return switch (kind) {
      case PUT -> 1;
      case PATCH -> 2;
      case REMOVE -> 3;
    };
  }

  static RunKind kind(long code) {
    return switch ((int) code) {
      case 1 -> RunKind.PUT;
      case 2 -> RunKind.PATCH;
      case 3 -> RunKind.REMOVE;
      default ->
        throw new StoreException(Code.CORRUPT, "the journal has an entry of an unknown kind");
    };
  }
}
