package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Lifetimes.Over;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of one table as a compaction carries them, from one state of the database. */
final class CarriedTable implements Carry<CarriedRow> {
  private static final String LOSERS =
      "SELECT key, cell, t, device, reason, value, rival_t, rival_device, since, tx FROM _sealift_loser WHERE tbl = ?";
  private static final int WRITTEN = 3;
  private static final int SINCE = 9;
  private static final String LINES =
      "SELECT key, cell, op, t, device, sequence, place, server_time, value FROM _sealift_history WHERE tbl = ?";
  private static final int SERVER_TIME = 8;
  private static final String FEED =
      "SELECT key, at, t, device, sequence FROM _sealift_feed WHERE tbl = ?";

  private final CarrySource source;
  private final TableInfo table;
  private final StepCells cells;

  /** In the order of their names, as a row carries its registers. */
  private final List<ColumnInfo> columns;

  private final Statement select;
  private final Ascending keys;
  private final BesideRows<Loser> losers;
  private final BesideRows<Line> lines;
  private final BesideRows<FeedPlace> feed;

  /** Whether {@code select} stands on a row that was not given yet, and whether it has given all. */
  private boolean isAhead;

  private boolean isOver;

  private CarriedTable(CarrySource source, TableInfo table, boolean whole) {
    this.source = source;
    this.table = table;
    cells = new StepCells(table);
    columns = table.columns().stream()
        .sorted(Comparator.comparing(column -> cells.of(column.cell())))
        .toList();
    Reader reader = source.reader();
    select = reader.prepare(whole ? TableSql.scanAll(table) : TableSql.scanAllFrom(table));
    keys = new Ascending(select, 1, keyColumn());
    long reviewed = source.reviewedSince();
    long kept = source.keptSince(table);
    Over over = source.over(table.name());
    losers = beside(
        LOSERS,
        whole,
        line -> line.integer(SINCE) >= reviewed && !over.is(line.integer(WRITTEN)),
        this::loser);
    lines = beside(LINES, whole, line -> line.integer(SERVER_TIME) >= kept, this::line);
    feed = beside(FEED, whole, line -> true, this::feedPlace);
  }

  /** All of its rows. */
  static CarriedTable whole(CarrySource source, TableInfo table) {
    return new CarriedTable(source, table, true);
  }

  /** Some of its rows, in the order of their keys. */
  static CarriedTable some(CarrySource source, TableInfo table) {
    return new CarriedTable(source, table, false);
  }

  private <T> BesideRows<T> beside(
      String sql, boolean whole, Predicate<Statement> counts, Function<Statement, T> reading) {
    Statement found = source
        .reader()
        .prepare(sql + (whole ? "" : " AND key >= ?") + " ORDER BY key")
        .bind(1, table.id());
    return whole
        ? BesideRows.all(found, counts, reading)
        : BesideRows.some(found, 2, counts, reading);
  }

  /** A row, or that nothing is left of it. Keys ascend from call to call. */
  CarriedRow row(String key) {
    return row(key, keys.isAt(key) ? source.logged().of(table, select) : RowImage.ABSENT);
  }

  /** All rows of which something is left, in the order of their keys: also such as the table does not have, but something beside it. */
  @Override
  public @Nullable CarriedRow next() {
    CarriedRow row = nextKey();
    while (row != null && row.isEmpty()) {
      row = nextKey();
    }
    return row;
  }

  private @Nullable CarriedRow nextKey() {
    String there = ahead();
    String key = least(there);
    if (key == null) {
      return null;
    }
    RowImage image = RowImage.ABSENT;
    if (key.equals(there)) {
      image = source.logged().of(table, select);
      isAhead = false;
    }
    return row(key, image);
  }

  /** The key of the row that comes next of the table itself. */
  private @Nullable String ahead() {
    if (!isAhead && !isOver) {
      isOver = !select.next();
      isAhead = !isOver;
    }
    return isAhead ? select.text(keyColumn()) : null;
  }

  /** Of what is selected. */
  private int keyColumn() {
    return 3 + table.columns().size();
  }

  private @Nullable String least(@Nullable String key) {
    return Stream.of(Optional.ofNullable(key), next(losers), next(lines), next(feed))
        .flatMap(Optional::stream)
        .min(CodePoints::compare)
        .orElse(null);
  }

  private static Optional<String> next(BesideRows<?> beside) {
    return Optional.ofNullable(beside.next());
  }

  private CarriedRow row(String key, RowImage image) {
    RowState state = image.state();
    Stamp first = state.cell(RowState.MARKER).orElse(null);
    Origin marker = first == null ? null : origin(first);
    List<Held> registers = new ArrayList<>(columns.size());
    for (ColumnInfo column : columns) {
      int cell = column.cell();
      state
          .cell(cell)
          .ifPresent(stamp -> registers.add(new Held(
              cells.of(cell),
              stamp == first && marker != null ? marker : origin(stamp),
              image.at(cell))));
    }
    List<Held> parts = new ArrayList<>();
    List<Dropped> dropped = new ArrayList<>();
    image
        .compounds()
        .forEach((number, compound) -> add(cells.of(number), compound, parts, dropped));
    List<FeedPlace> place = feed.at(key);
    return new CarriedRow(
        table.name(),
        key,
        marker,
        state.removal().map(this::origin).orElse(null),
        state.touch().map(this::origin).orElse(null),
        registers,
        parts,
        dropped,
        losers.at(key),
        lines.at(key),
        place.isEmpty() ? null : place.get(0));
  }

  private void add(CellName cell, CompoundCell compound, List<Held> parts, List<Dropped> dropped) {
    for (Part part : compound.parts()) {
      parts.add(new Held(cell, origin(part.stamp()), part.value()));
    }
    compound.dropped().values().forEach(stamp -> dropped.add(new Dropped(cell, origin(stamp))));
  }

  private Origin origin(Stamp stamp) {
    return source.origin(stamp);
  }

  private Loser loser(Statement at) {
    return new Loser(
        cells.of((int) at.integer(2)),
        at.integer(3),
        source.device(at.integer(4)),
        LostReason.valueOf(at.text(5)).number(),
        at.value(6),
        at.integer(7),
        source.device(at.integer(8)),
        at.integer(9),
        at.integer(10));
  }

  private Line line(Statement at) {
    return new Line(
        cells.of((int) at.integer(2)),
        Journal.kind(at.integer(3)),
        at.integer(4),
        source.device(at.integer(5)),
        at.integer(6),
        (int) at.integer(7),
        at.integer(8),
        at.value(9));
  }

  private FeedPlace feedPlace(Statement at) {
    return new FeedPlace(at.integer(2), at.integer(3), source.device(at.integer(4)), at.integer(5));
  }

  @Override
  public void close() {
    select.close();
    losers.close();
    lines.close();
    feed.close();
  }
}
