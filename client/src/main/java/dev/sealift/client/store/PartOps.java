package dev.sealift.client.store;

import dev.sealift.client.merge.PartOp;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * What this device did to compound cells, until the log has it. It says so once more then, and what is shown meanwhile is what the log has with these on top.
 */
final class PartOps {
  private final Places places;
  private final SeenFiles files;
  private final Statement insert;
  private final Statement select;
  private final Statement forget;
  private final Statement coalesce;
  private final Statement coalesceValue;

  PartOps(Db db, Places places, SeenFiles files) {
    this.files = files;
    this.places = places;
    insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_op(t, tbl, row, cell, op, seen, value, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    select = db.prepare(
        "SELECT t, cell, op, seen, value, files FROM _sealift_op WHERE tbl = ? AND row = ? AND t > ? ORDER BY t");
    forget = db.prepare("DELETE FROM _sealift_op WHERE t <= ?");
    coalesce = db.prepare(
        "DELETE FROM _sealift_op WHERE tbl = ? AND row = ? AND cell = ? AND t >= ? AND t < ?");
    coalesceValue = db.prepare(
        "DELETE FROM _sealift_op WHERE tbl = ? AND row = ? AND cell = ? AND t >= ? AND t < ?"
            + " AND value IS ? AND typeof(value) = typeof(?6)");
  }

  /**
   * Notes an operation. Earlier ones that it has in it, and that nobody will ever see, go: those from {@code firstUnread} on.
   */
  void add(TableInfo table, long row, Event event, long seen, long firstUnread) {
    ColumnInfo column = event.columns().get(0);
    Value value = event.values().get(0);
    long time = event.stamp().time();
    PartOp op = op(event.kind());
    if (op != PartOp.APPEND) {
      Statement replaced =
          op == PartOp.ADD || op == PartOp.DISCARD ? coalesceValue.bind(6, value) : coalesce;
      replaced
          .bind(1, table.id())
          .bind(2, row)
          .bind(3, column.cell())
          .bind(4, firstUnread)
          .bind(5, time)
          .run();
    }
    put(table, row, time, column, event.kind(), seen, value, files.now());
  }

  /** Notes an operation that was packed before, with a set of files seen. */
  void put(
      TableInfo table,
      long row,
      long time,
      ColumnInfo column,
      RunKind kind,
      long seen,
      Value value,
      long seenFiles) {
    insert
        .bind(1, time)
        .bind(2, table.id())
        .bind(3, row)
        .bind(4, column.cell())
        .bind(5, Journal.code(kind))
        .bind(6, seen)
        .bind(7, value)
        .bind(8, seenFiles)
        .run();
  }

  /**
   * An operation, and what this device had seen when doing it: what came later shows beside it.
   */
  record Noted(Event event, Seen seen) {}

  /** Those on a row that are later than {@code after}, in their order. */
  List<Noted> of(TableInfo table, long row, long after) {
    select.bind(1, table.id()).bind(2, row).bind(3, after);
    List<Noted> found = new ArrayList<>();
    try {
      while (select.next()) {
        Event event = event(
            Journal.kind(select.integer(3)),
            places.pendingStamp(select.integer(1)),
            table.column((int) select.integer(2)),
            select.value(5));
        found.add(
            new Noted(event, files.shown(Devices.SELF, select.integer(4), select.integer(6))));
      }
      return found;
    } finally {
      select.reset();
    }
  }

  /** An operation as it meets its row. */
  static Event event(RunKind kind, Stamp stamp, ColumnInfo column, Value value) {
    return new Event(kind, "", stamp, List.of(column), List.of(value));
  }

  /** None has seen more than the log's first {@code size} files. */
  void rewind(Db db, long size) {
    try (Statement update = db.prepare("UPDATE _sealift_op SET seen = ?1 WHERE seen > ?1")) {
      update.bind(1, size).run();
    }
  }

  /** Everything up to this time is admitted. */
  void forget(long last) {
    forget.bind(1, last).run();
  }

  static PartOp op(RunKind kind) {
    return switch (kind) {
      case ASSIGN -> PartOp.ASSIGN;
      case COUNT -> PartOp.COUNT;
      case ADD -> PartOp.ADD;
      case DISCARD -> PartOp.DISCARD;
      case APPEND -> PartOp.APPEND;
      case COLLAPSE -> PartOp.COLLAPSE;
      case PUT, PATCH, REMOVE, DISMISS, GUARD ->
        throw new IllegalArgumentException("an event that is not about a compound cell");
    };
  }
}
