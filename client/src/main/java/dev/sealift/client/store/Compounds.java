package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parts of rows' compound cells: those that are shown, and, of rows that are kept aside, those that the log has.
 */
final class Compounds {
  /** Which of the two a statement is about. */
  enum Side {
    SHOWN,
    ASIDE;

    int code() {
      return ordinal();
    }
  }

  private static final String SELECT =
      "SELECT cell, t, device, sequence, dropped, value, place FROM _sealift_part WHERE tbl = ? AND row = ? AND aside = ?";

  private final Statement select;
  private final Statement insert;
  private final Statement delete;
  private final Statement deleteRow;
  private final Statement move;

  Compounds(Db db) {
    select = db.prepare(SELECT);
    insert = db.prepare(
        "INSERT INTO _sealift_part(tbl, row, aside, cell, t, device, sequence, dropped, value, place)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    delete = db.prepare(
        "DELETE FROM _sealift_part WHERE tbl = ? AND row = ? AND aside = ? AND cell = ? AND t = ? AND device = ?"
            + " AND sequence = ? AND dropped = ? AND value IS ? AND typeof(value) = typeof(?9) AND place = ?10");
    deleteRow = db.prepare("DELETE FROM _sealift_part WHERE tbl = ? AND row = ? AND aside = ?");
    move = db.prepare(
        "UPDATE _sealift_part SET t = ? WHERE tbl = ? AND row = ? AND device = ? AND sequence = 0 AND t = ?");
  }

  /** The compound cells of a row, by number. */
  Map<Integer, CompoundCell> get(TableInfo table, long row, Side side) {
    return read(select, table, row, side);
  }

  static Map<Integer, CompoundCell> read(Reader reader, TableInfo table, long row, Side side) {
    return read(reader.statement(SELECT), table, row, side);
  }

  private static Map<Integer, CompoundCell> read(
      Statement select, TableInfo table, long row, Side side) {
    Map<Integer, List<Part>> parts = new HashMap<>();
    Map<Integer, Map<Integer, Stamp>> dropped = new HashMap<>();
    select.bind(1, table.id()).bind(2, row).bind(3, side.code());
    try {
      while (select.next()) {
        int cell = (int) select.integer(1);
        Stamp stamp = new Stamp(
            select.integer(7), select.integer(2), (int) select.integer(3), select.integer(4));
        if (select.integer(5) == 0) {
          parts
              .computeIfAbsent(cell, any -> new ArrayList<>())
              .add(new Part(stamp, select.value(6)));
        } else {
          dropped.computeIfAbsent(cell, any -> new HashMap<>()).put(stamp.device(), stamp);
        }
      }
    } finally {
      select.reset();
    }
    Set<Integer> cells = new HashSet<>(parts.keySet());
    cells.addAll(dropped.keySet());
    Map<Integer, CompoundCell> found = new HashMap<>();
    cells.forEach(cell -> found.put(
        cell,
        new CompoundCell(
            parts.getOrDefault(cell, List.of()), dropped.getOrDefault(cell, Map.of()))));
    return found;
  }

  /** Makes what is there what it should be, and touches nothing else. */
  void replace(
      TableInfo table,
      long row,
      Side side,
      Map<Integer, CompoundCell> before,
      Map<Integer, CompoundCell> after) {
    Set<Integer> cells = new HashSet<>(before.keySet());
    cells.addAll(after.keySet());
    for (int cell : cells) {
      Set<Line> old = lines(cell, before);
      Set<Line> wanted = lines(cell, after);
      old.stream()
          .filter(line -> !wanted.contains(line))
          .forEach(line -> run(delete, table, row, side, line));
      wanted.stream()
          .filter(line -> !old.contains(line))
          .forEach(line -> run(insert, table, row, side, line));
    }
  }

  /** What a line of the table says beside its row. */
  private record Line(int cell, Stamp stamp, boolean dropped, Value value) {}

  private static Set<Line> lines(int cell, Map<Integer, CompoundCell> cells) {
    CompoundCell compound = cells.getOrDefault(cell, CompoundCell.EMPTY);
    Set<Line> lines = new HashSet<>();
    compound.parts().forEach(part -> lines.add(new Line(cell, part.stamp(), false, part.value())));
    compound
        .dropped()
        .values()
        .forEach(stamp -> lines.add(new Line(cell, stamp, true, Value.NULL)));
    return lines;
  }

  private static void run(Statement statement, TableInfo table, long row, Side side, Line line) {
    statement
        .bind(1, table.id())
        .bind(2, row)
        .bind(3, side.code())
        .bind(4, line.cell())
        .bind(5, line.stamp().time())
        .bind(6, line.stamp().device())
        .bind(7, line.stamp().sequence())
        .bind(8, line.dropped() ? 1 : 0)
        .bind(9, line.value())
        .bind(10, line.stamp().place())
        .run();
  }

  void remove(TableInfo table, long row, Side side) {
    deleteRow.bind(1, table.id()).bind(2, row).bind(3, side.code()).run();
  }

  /** Of many rows, as a query names them. */
  void removeAll(Db db, Side side, String rows) {
    db.execute("DELETE FROM _sealift_part WHERE aside = " + side.code()
        + " AND (tbl, row) IN (SELECT tbl, row FROM " + rows + ")");
  }

  /** A pending write of this device has another time. */
  void move(int table, long row, long from, long to) {
    move.bind(1, to)
        .bind(2, table)
        .bind(3, row)
        .bind(4, Devices.SELF)
        .bind(5, from)
        .run();
  }
}
