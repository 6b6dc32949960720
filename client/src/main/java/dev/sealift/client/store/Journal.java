package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Local writes that were not packed yet, in the order of their times. An entry names its row and not its values: those are the
 * row's cells that still have the entry's time, so a later write to them coalesces by itself. Cells that a received event
 * outranks before they have their place in the log are put aside as <em>overtaken</em>: they are sent all the same, and may show again.
 */
final class Journal {
  /** Stands for the row's marker among overtaken cells. */
  static final int MARKER = 0;

  /** Stands for the row's removal among overtaken cells. */
  static final int REMOVAL = -1;

  /** The kind of an entry that has no row but a loser, in {@code _sealift_dismissal}. */
  static final int DISMISSAL = 4;

  /** The kinds of entries from here on are about compound cells; what they do is in {@code _sealift_op}. */
  static final int FIRST_PART = 5;

  static final long NO_ROW = 0;

  /** Entries that wait for one call into the driver. */
  private static final int UNWRITTEN_ENTRIES = 256;

  private final SeenFiles files;
  private final Statement insert;
  private final Statement insertOvertaken;
  private final Statement bounds;
  private final Statement lastOfTransactions;
  private final Statement count;
  private final Statement delete;
  private final Statement selectOvertaken;
  private final Statement deleteOvertaken;
  private final Statement insertDismissal;
  private int unwritten;
  private long firstPending = Long.MAX_VALUE;
  private long lastRead;
  private long lastWhole;
  private boolean inTransaction;
  private long transaction;

  Journal(Db db, SeenFiles files) {
    this.files = files;
    insert = db.prepare(
        "INSERT OR IGNORE INTO _sealift_journal(t, tbl, row, op, seen, tx, files) VALUES (?, ?, ?, ?, ?, ?, ?)");
    insertOvertaken = db.prepare(
        "INSERT OR REPLACE INTO _sealift_overtaken(tbl, row, t, cell, value) VALUES (?, ?, ?, ?, ?)");
    bounds = db.prepare("SELECT min(t), max(t) FROM _sealift_journal");
    lastOfTransactions =
        db.prepare("SELECT t FROM _sealift_journal WHERE tx <> 0 ORDER BY tx DESC, t DESC LIMIT 1");
    count = db.prepare("SELECT count(*) FROM _sealift_journal");
    delete = db.prepare("DELETE FROM _sealift_journal WHERE t <= ?");
    selectOvertaken = db.prepare(
        "SELECT t, cell, value FROM _sealift_overtaken WHERE tbl = ? AND row = ? AND t > ? ORDER BY t, cell");
    deleteOvertaken = db.prepare("DELETE FROM _sealift_overtaken WHERE t <= ?");
    insertDismissal = db.prepare(
        "INSERT OR REPLACE INTO _sealift_dismissal(t, tbl, key, cell, loser_t, loser_device) VALUES (?, ?, ?, ?, ?, ?)");
    load();
  }

  /** As the database has it; forgets what is not written yet. */
  void load() {
    if (unwritten > 0) {
      throw new IllegalStateException("entries wait to be written");
    }
    firstPending = bound(1, Long.MAX_VALUE);
    lastWhole = lastOfTransactions();
  }

  private long lastOfTransactions() {
    try {
      return lastOfTransactions.next() ? lastOfTransactions.integer(1) : 0;
    } finally {
      lastOfTransactions.reset();
    }
  }

  /** What is added from now on is one transaction. Nothing coalesces with it, nor across it: it is sent as it was written, and what it has read stands before it. */
  void beginTransaction() {
    inTransaction = true;
    transaction = 0;
  }

  boolean inTransaction() {
    return inTransaction;
  }

  /** The number of the transaction that was begun: the time of its first entry, 0 before that. */
  long transaction() {
    return transaction;
  }

  void endTransaction() {
    flush();
    inTransaction = false;
    lastWhole = Math.max(lastWhole, lastOfTransactions());
  }

  /** Drops what is not written yet. */
  void forget() {
    insert.clearBatch();
    unwritten = 0;
    inTransaction = false;
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
    if (inTransaction && transaction == 0) {
      transaction = time.bits();
    }
    add(time, table, row, kind, seen, inTransaction ? transaction : 0, files.now());
  }

  /** As above, what was written before: in a transaction, 0 in none, and with a set of files seen. */
  void add(
      HybridTime time,
      TableInfo table,
      long row,
      RunKind kind,
      long seen,
      long of,
      long seenFiles) {
    insert
        .bind(1, time.bits())
        .bind(2, table.id())
        .bind(3, row)
        .bind(4, code(kind))
        .bind(5, seen)
        .bind(6, of)
        .bind(7, seenFiles)
        .addToBatch();
    firstPending = Math.min(firstPending, time.bits());
    unwritten++;
    if (unwritten == UNWRITTEN_ENTRIES) {
      flush();
    }
  }

  /** A loser was dismissed here. */
  void addDismissal(HybridTime time, TableInfo table, Loser loser, long seen) {
    add(time, table, NO_ROW, RunKind.DISMISS, seen);
    dismiss(time, table, loser);
  }

  /** As above, what was written before: in a transaction, 0 in none, and with a set of files seen. */
  void addDismissal(
      HybridTime time, TableInfo table, Loser loser, long seen, long of, long seenFiles) {
    add(time, table, NO_ROW, RunKind.DISMISS, seen, of, seenFiles);
    dismiss(time, table, loser);
  }

  /** A loser was dismissed here, and the log does not say so yet. */
  void dismiss(HybridTime time, TableInfo table, Loser loser) {
    insertDismissal
        .bind(1, time.bits())
        .bind(2, table.id())
        .bind(3, loser.key())
        .bind(4, loser.cell())
        .bind(5, loser.time())
        .bind(6, loser.device())
        .run();
  }

  /** Writes what waits; before the journal is read and before each commit. */
  void flush() {
    if (unwritten > 0) {
      insert.runBatch();
      unwritten = 0;
    }
  }

  /** Whether what has this stamp was written here, is still to be packed, and was not read for that yet: nobody will ever see it once it is replaced. */
  boolean isPending(Stamp stamp) {
    return stamp.device() == Devices.SELF && stamp.sequence() == 0 && stamp.time() >= firstUnread();
  }

  /** The time from which on what was written here was not read yet and is not held by a transaction; above all times when there is none. */
  long firstUnread() {
    return inTransaction
        ? Long.MAX_VALUE
        : Math.max(firstPending, Math.max(lastRead, lastWhole) + 1);
  }

  /** The time of the last entry of a transaction that is pending; no later than all others when there is none. What is written up to it may have been read by one. */
  long lastWhole() {
    return lastWhole;
  }

  /** Whether anything is held: see {@link #isHeld}. */
  boolean holdsAny() {
    return inTransaction || lastWhole >= firstPending;
  }

  /** Whether what has this stamp is pending and to be sent even if it is replaced: a transaction has written it, or may have read it. */
  boolean isHeld(Stamp stamp) {
    return stamp.device() == Devices.SELF
        && stamp.sequence() == 0
        && stamp.time() >= firstPending
        && (inTransaction || stamp.time() <= lastWhole);
  }

  /** Somebody reads the entries up to this time, to pack their events. */
  void reading(HybridTime last) {
    lastRead = Math.max(lastRead, last.bits());
  }

  /** What a write of this device says of a cell is not what its row shows; it is to be sent all the same, and may show again. */
  void overtake(TableInfo table, long row, Stamp stamp, int cell, Value value) {
    insertOvertaken
        .bind(1, table.id())
        .bind(2, row)
        .bind(3, stamp.time())
        .bind(4, cell)
        .bind(5, value)
        .run();
  }

  /** Whether a cell of a write was overtaken. */
  boolean isOvertaken(TableInfo table, long row, long time, int cell) {
    return overtaken(table, row, time - 1).stream()
        .anyMatch(one -> one.time() == time && one.cell() == cell);
  }

  /** A cell that was overtaken. */
  record Overtaken(long time, int cell, Value value) {}

  /** The cells of a row that were overtaken, of writes later than {@code after}, in the order of their times. */
  List<Overtaken> overtaken(TableInfo table, long row, long after) {
    selectOvertaken.bind(1, table.id()).bind(2, row).bind(3, after);
    List<Overtaken> found = new ArrayList<>();
    try {
      while (selectOvertaken.next()) {
        found.add(new Overtaken(
            selectOvertaken.integer(1),
            (int) selectOvertaken.integer(2),
            selectOvertaken.value(3)));
      }
      return found;
    } finally {
      selectOvertaken.reset();
    }
  }

  /** Everything up to this time is packed. */
  void deleteUpTo(HybridTime last) {
    flush();
    delete.bind(1, last.bits()).run();
    load();
  }

  /** Everything up to this time is admitted. */
  void forgetOvertaken(long last) {
    deleteOvertaken.bind(1, last).run();
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
      case DISMISS -> DISMISSAL;
      case ASSIGN -> FIRST_PART;
      case COUNT -> FIRST_PART + 1;
      case ADD -> FIRST_PART + 2;
      case DISCARD -> FIRST_PART + 3;
      case APPEND -> FIRST_PART + 4;
      case COLLAPSE -> FIRST_PART + 5;
      case GUARD -> throw new IllegalArgumentException("a guard is no entry of the journal");
    };
  }

  /** The name of a kind in lower case, of an expression that is its code. */
  static String nameSql(String code) {
    StringBuilder sql = new StringBuilder("CASE ").append(code);
    for (RunKind kind : EnumSet.complementOf(EnumSet.of(RunKind.GUARD))) {
      sql.append(" WHEN ").append(code(kind)).append(" THEN '");
      sql.append(kind.name().toLowerCase(Locale.ROOT)).append('\'');
    }
    return sql.append(" END").toString();
  }

  static RunKind kind(long code) {
    return switch ((int) code) {
      case 1 -> RunKind.PUT;
      case 2 -> RunKind.PATCH;
      case 3 -> RunKind.REMOVE;
      case DISMISSAL -> RunKind.DISMISS;
      case FIRST_PART -> RunKind.ASSIGN;
      case FIRST_PART + 1 -> RunKind.COUNT;
      case FIRST_PART + 2 -> RunKind.ADD;
      case FIRST_PART + 3 -> RunKind.DISCARD;
      case FIRST_PART + 4 -> RunKind.APPEND;
      case FIRST_PART + 5 -> RunKind.COLLAPSE;
      default ->
        throw new StoreException(Code.CORRUPT, "the journal has an entry of an unknown kind");
    };
  }
}
