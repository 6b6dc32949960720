package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a compaction carries of rows in the place of what the log made of them so far. What this device wrote, and others' files that have no place, show on top as before. Rows that are new and hold nothing but registers go to
 * SQLite in batches; all others one by one.
 */
final class StepRows {
  /** Rows that go to the driver in one call. */
  private static final int BATCH_ROWS = 128;

  private final Catalog catalog;
  private final RowMerger rows;
  private final Devices devices;
  private final OwnStamps own;
  private final Losers losers;
  private final History history;
  private final Feeds feeds;
  private final ChangeCollector changes;
  private final SchemaWriter schema;
  private final List<String> keys = new ArrayList<>();
  private final List<RowImage> images = new ArrayList<>();
  private String table = "";

  StepRows(
      Catalog catalog,
      RowMerger rows,
      Devices devices,
      OwnStamps own,
      Losers losers,
      History history,
      Feeds feeds,
      ChangeCollector changes,
      SchemaWriter schema) {
    this.catalog = catalog;
    this.rows = rows;
    this.devices = devices;
    this.own = own;
    this.losers = losers;
    this.history = history;
    this.feeds = feeds;
    this.changes = changes;
    this.schema = schema;
  }

  // What stands beside a row

  /**
   * What stands beside a row, in a piece of it.
   *
   * @param first whether it is the row's first piece: nothing else stands beside the row then
   */
  void putBeside(CarriedRow row, boolean first) {
    boolean nothing = row.losers().isEmpty() && row.lines().isEmpty() && row.feed() == null;
    TableInfo known = nothing ? catalog.table(row.table()) : catalog.require(row.table());
    if (known == null) {
      return;
    }
    if (first) {
      clearBeside(known, row.key());
      feeds.admitted(known, row.key());
    }
    for (Loser loser : row.losers()) {
      put(row, loser);
    }
    for (Line line : row.lines()) {
      CellName cell = line.cell();
      history.add(
          table(row.table(), cell),
          row.key(),
          line,
          devices.number(line.device()),
          cell(row, cell));
    }
    if (row.feed() != null) {
      feeds.put(known, row.key(), row.feed(), devices.number(row.feed().device()));
    }
  }

  private void clearBeside(TableInfo known, String key) {
    losers.clear(known, key);
    history.clear(known, key);
    feeds.clear(known, key);
  }

  private void put(CarriedRow row, Loser loser) {
    Stamp rival = new Stamp(loser.rivalTime(), devices.number(loser.rivalDevice()), 0);
    losers.add(
        table(row.table(), loser.cell()),
        row.key(),
        cell(row, loser.cell()),
        new Stamp(loser.time(), devices.number(loser.device()), 0),
        LostReason.of(loser.reason()),
        loser.value(),
        rival,
        loser.since(),
        loser.transaction());
  }

  private TableInfo table(String name, CellName cell) {
    if (cell.isRow()) {
      return catalog.require(name);
    }
    return cell.kind() == null
        ? catalog.require(name, List.of(cell.column()))
        : catalog.require(name, cell.column(), cell.kind());
  }

  private int cell(CarriedRow row, CellName cell) {
    return cell.isRow()
        ? RowState.MARKER
        : table(row.table(), cell).requireColumn(cell.column(), cell.kind()).cell();
  }

  // The rows

  /** A row, with all that it holds. */
  void put(CarriedRow row) {
    TableInfo known = tableOf(row);
    if (known == null) {
      return; // nobody has ever written to a table of this name
    }
    RowImage image = image(row);
    boolean plain = rows.isPlain(image) && !SchemaTable.NAME.equals(row.table());
    if (!row.table().equals(table) || keys.size() == BATCH_ROWS) {
      flush();
    }
    if (plain) {
      table = row.table();
      keys.add(row.key());
      images.add(image);
    } else {
      replace(known, row.key(), image);
    }
  }

  private @Nullable TableInfo tableOf(CarriedRow row) {
    for (Held held : row.registers()) {
      table(row.table(), held.cell());
    }
    for (Held held : row.parts()) {
      table(row.table(), held.cell());
    }
    for (Dropped dropped : row.dropped()) {
      table(row.table(), dropped.cell());
    }
    return row.isEmpty() ? catalog.table(row.table()) : catalog.require(row.table());
  }

  private void replace(TableInfo known, String key, RowImage image) {
    tell(known, key, rows.replace(known, key, image));
    if (SchemaTable.NAME.equals(known.name())) {
      schema.changed(key);
    }
  }

  private void tell(TableInfo known, String key, Optional<Change.Kind> change) {
    change.ifPresent(kind -> changes.add(known, key, kind, Change.Origin.REMOTE));
  }

  /** Writes what waits to go to SQLite; at the end of a transaction at the latest. */
  void flush() {
    if (!keys.isEmpty()) {
      TableInfo known = catalog.require(table);
      int[] written = rows.insertNew(known, keys, images);
      for (int i = 0; i < written.length; i++) {
        if (written[i] == 0) {
          replace(known, keys.get(i), images.get(i));
        } else {
          tell(known, keys.get(i), Optional.of(Change.Kind.PUT));
        }
      }
    }
    forget();
    history.flush();
  }

  /** The transaction was given up. */
  void forget() {
    keys.clear();
    images.clear();
  }

  /** The log has nothing of a row. */
  void wipe(TableInfo known, String key) {
    clearBeside(known, key);
    replace(known, key, RowImage.ABSENT);
  }

  private RowImage image(CarriedRow row) {
    TableInfo known = catalog.table(row.table());
    if (known == null
        || (row.registers().isEmpty()
            && row.marker() == null
            && row.removal() == null
            && row.touch() == null)) {
      return RowImage.ABSENT;
    }
    @Nullable Stamp[] cells = new Stamp[known.cells()];
    cells[RowState.MARKER] = stamp(row.marker());
    Map<Integer, Value> values = new HashMap<>();
    for (Held held : row.registers()) {
      int cell = known.requireColumn(held.cell().column()).cell();
      cells[cell] =
          held.origin().equals(row.marker()) ? cells[RowState.MARKER] : stamp(held.origin());
      values.put(cell, held.value());
    }
    RowState state = RowState.of(cells, stamp(row.removal()), stamp(row.touch()));
    return new RowImage(state, values, compounds(known, row));
  }

  private Map<Integer, CompoundCell> compounds(TableInfo known, CarriedRow row) {
    Map<Integer, List<Part>> parts = new HashMap<>();
    Map<Integer, Map<Integer, Stamp>> dropped = new HashMap<>();
    for (Held held : row.parts()) {
      int cell = cell(known, held.cell());
      parts
          .computeIfAbsent(cell, any -> new ArrayList<>())
          .add(new Part(Objects.requireNonNull(stamp(held.origin())), held.value()));
      dropped.computeIfAbsent(cell, any -> new HashMap<>());
    }
    for (Dropped one : row.dropped()) {
      Stamp stamp = Objects.requireNonNull(stamp(one.origin()));
      dropped
          .computeIfAbsent(cell(known, one.cell()), any -> new HashMap<>())
          .put(stamp.device(), stamp);
    }
    Map<Integer, CompoundCell> compounds = new HashMap<>();
    dropped.forEach((cell, gone) ->
        compounds.put(cell, new CompoundCell(parts.getOrDefault(cell, List.of()), gone)));
    return compounds;
  }

  private static int cell(TableInfo known, CellName name) {
    return known.requireColumn(name.column(), name.kind()).cell();
  }

  private @Nullable Stamp stamp(@Nullable Origin origin) {
    return origin == null
        ? null
        : own.of(new Stamp(
            origin.place(), origin.time(), devices.number(origin.device()), origin.sequence()));
  }
}
