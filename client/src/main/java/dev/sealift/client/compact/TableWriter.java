package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Writes the rows of one table of a block. The layout is in {@link BlockCodec}. */
final class TableWriter {
  private final BlockWriter out;
  private final List<CarriedRow> rows;
  private final List<CellName> cells;
  private final Map<CellName, Integer> numbers = new HashMap<>();

  /** The cell that probably comes next: rows have the same ones, in their order. */
  private int likely;

  TableWriter(BlockWriter out, List<CarriedRow> rows) {
    this.out = out;
    this.rows = rows;
    this.cells = List.copyOf(cells(rows));
    cells.forEach(cell -> numbers.put(cell, numbers.size()));
  }

  private static TreeSet<CellName> cells(List<CarriedRow> rows) {
    Set<CellName> all = new HashSet<>();
    List<Held> before = List.of();
    for (CarriedRow row : rows) {
      addNew(row.registers(), before, all);
      before = row.registers();
      row.parts().forEach(held -> all.add(held.cell()));
      row.dropped().forEach(dropped -> all.add(dropped.cell()));
      row.losers().forEach(loser -> all.add(loser.cell()));
      row.lines().forEach(line -> all.add(line.cell()));
    }
    all.remove(CellName.ROW);
    return new TreeSet<>(all);
  }

  /** In most tables each row has the cells of the one before. */
  private static void addNew(List<Held> registers, List<Held> before, Set<CellName> all) {
    for (int i = 0; i < registers.size(); i++) {
      CellName cell = registers.get(i).cell();
      if (i >= before.size() || cell != before.get(i).cell()) {
        all.add(cell);
      }
    }
  }

  /** The number of the kind of a cell. */
  static int code(CellName cell) {
    CellKind kind = cell.kind();
    return kind == null ? 0 : kind.ordinal() + 1;
  }

  void write() {
    out.name(rows.get(0).table());
    out.number(rows.size());
    out.texts(rows.stream().map(CarriedRow::key).toArray(String[]::new));
    out.number(cells.size());
    out.texts(cells.stream().map(CellName::column).toArray(String[]::new));
    out.series(cells, TableWriter::code);
    out.series(rows, row -> out.stamp(row.marker()));
    out.series(rows, row -> out.stamp(row.removal()));
    out.series(rows, row -> out.stamp(row.touch()));
    writeRegisters();
    writeParts();
    writeDropped();
    writeLosers();
    writeLines();
    writeFeed();
  }

  /** Of each row how many, and all of them in one list. */
  private <T> List<T> all(Function<CarriedRow, List<T>> items) {
    out.series(rows, row -> items.apply(row).size());
    List<T> all = new ArrayList<>(rows.size());
    rows.forEach(row -> all.addAll(items.apply(row)));
    return all;
  }

  private void writeRegisters() {
    List<Held> all = all(CarriedRow::registers);
    out.series(all, held -> number(held.cell()));
    List<Origin> origins = new ArrayList<>(all.size());
    for (CarriedRow row : rows) {
      for (Held held : row.registers()) {
        origins.add(held.origin().equals(row.marker()) ? null : held.origin());
      }
    }
    out.series(origins, out::stamp);
    writeByCell(all);
  }

  private void writeParts() {
    List<Held> all = all(CarriedRow::parts);
    out.series(all, held -> number(held.cell()));
    out.series(all, held -> out.stamp(held.origin()) - 1);
    writeByCell(all);
  }

  /** Values of one column are like one another. */
  private void writeByCell(List<Held> all) {
    List<List<Value>> columns = new ArrayList<>();
    cells.forEach(cell -> columns.add(new ArrayList<>()));
    all.forEach(held -> columns.get(number(held.cell())).add(held.value()));
    columns.forEach(out::values);
  }

  private void writeDropped() {
    List<Dropped> all = all(CarriedRow::dropped);
    out.series(all, dropped -> number(dropped.cell()));
    out.series(all, dropped -> out.stamp(dropped.origin()) - 1);
  }

  private void writeLosers() {
    List<Loser> all = all(CarriedRow::losers);
    out.series(all, loser -> reference(loser.cell()));
    out.series(all, Loser::time);
    out.series(all, loser -> out.device(loser.device()));
    out.series(all, Loser::reason);
    out.series(all, Loser::rivalTime);
    out.series(all, loser -> out.device(loser.rivalDevice()));
    out.series(all, Loser::since);
    out.series(all, Loser::transaction);
    out.values(all.stream().map(Loser::value).toList());
  }

  private void writeLines() {
    List<Line> all = all(CarriedRow::lines);
    out.series(all, line -> reference(line.cell()));
    out.series(all, line -> line.kind().number());
    out.series(all, Line::time);
    out.series(all, line -> out.device(line.device()));
    out.series(all, Line::sequence);
    out.series(all, Line::inFile);
    out.series(all, Line::serverTimeMillis);
    out.values(all.stream().map(Line::value).toList());
  }

  private void writeFeed() {
    out.series(rows, row -> row.feed() == null ? 0 : 1);
    List<FeedPlace> all =
        rows.stream().map(CarriedRow::feed).filter(Objects::nonNull).toList();
    out.series(all, FeedPlace::at);
    out.series(all, FeedPlace::time);
    out.series(all, place -> out.device(place.device()));
    out.series(all, FeedPlace::sequence);
  }

  private int number(CellName cell) {
    likely = likely < cells.size() ? likely : 0;
    if (cells.isEmpty() || cells.get(likely) != cell) {
      likely = numbers.getOrDefault(cell, 0);
    }
    return likely++;
  }

  /** 0 for the row. */
  private long reference(CellName cell) {
    return cell.isRow() ? 0 : 1 + number(cell);
  }
}
