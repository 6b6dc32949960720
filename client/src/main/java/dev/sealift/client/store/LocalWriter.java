package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowMeta;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.RowKeys;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * This device's own writes. Each has a time of its own, above everything that the store has.
 */
final class LocalWriter {
  private static final long NO_ROW = 0;

  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final Journal journal;
  private final Compounds compounds;
  private final PartOps ops;
  private final Rendering rendering;
  private final Losers losers;
  private final LocalTime time;
  private final Places places;
  private final ChangeCollector changes;
  private final KeepPolicies policies;
  private final Feeds feeds;
  private final Tracking tracking;
  private final OpenTransaction transaction;
  private final OnlineTables online;

  LocalWriter(
      Catalog catalog,
      Tables tables,
      RowMerger rows,
      Journal journal,
      Compounds compounds,
      PartOps ops,
      Rendering rendering,
      Losers losers,
      LocalTime time,
      Places places,
      ChangeCollector changes,
      KeepPolicies policies,
      Feeds feeds,
      Tracking tracking,
      OpenTransaction transaction,
      OnlineTables online) {
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.journal = journal;
    this.compounds = compounds;
    this.ops = ops;
    this.rendering = rendering;
    this.losers = losers;
    this.time = time;
    this.places = places;
    this.changes = changes;
    this.policies = policies;
    this.feeds = feeds;
    this.tracking = tracking;
    this.transaction = transaction;
    this.online = online;
  }

  /** A checked write: running it changes the store, making it does not. */
  interface Write {
    /** Whether there was something to write. */
    boolean run(long seen);
  }

  /** The whole row: columns of {@code declared} that have no value become null; others stay. */
  Write put(String tableName, String key, Map<String, Value> values, Declared declared) {
    TableInfo table = requireTable(tableName);
    Map<String, Value> named = requireValues(table, key, values);
    List<ColumnInfo> columns = declared.columns(table, named.keySet());
    requireEvent(table, key, columns, named);
    return tracking.of(table, key, seen -> put(table, key, named, columns, seen));
  }

  /** As {@link #put}, a new row of a feed. */
  Write append(String tableName, String key, Map<String, Value> values, Declared declared) {
    TableInfo table = requireTable(tableName);
    if (policies.of(table.name()) != Keep.FEED) {
      throw new StoreException(
          Code.FEED, "the table is no feed; declare it as one, or put rows into it");
    }
    Write put = put(tableName, key, values, declared);
    return seen -> {
      feeds.append(table, key);
      return put.run(seen);
    };
  }

  /**
   * A key for what is appended next: they sort by time, and no two are alike.
   *
   * @param salt tells apart what two copies of a home append
   */
  String nextKey(String salt) {
    return HexFormat.of().toHexDigits(time.next().bits()) + '-' + salt;
  }

  private boolean put(
      TableInfo table, String key, Map<String, Value> values, List<ColumnInfo> columns, long seen) {
    HybridTime now = time.tick();
    boolean complete = policies.of(table.name()).isComplete();
    long row = complete ? NO_ROW : putOver(table, key, values, columns, now);
    if (row == NO_ROW) {
      row = putSome(table, key, values, columns, now);
    }
    journal.add(now, table, row, RunKind.PUT, seen);
    changes.add(table, key, Change.Kind.PUT, Change.Origin.LOCAL);
    return true;
  }

  /** A whole row that is new, or replaces nothing that is not this device's own business: without a look at what was there. */
  private long putOver(
      TableInfo table,
      String key,
      Map<String, Value> values,
      List<ColumnInfo> columns,
      HybridTime now) {
    boolean whole = columns.size() == table.columns().size();
    if (!whole
        || table.cells() >= TableSql.COMPARABLE_CELLS
        || journal.inTransaction()
        || places.next() != 0) {
      return NO_ROW; // the last: such rows have no place
    }
    Statement put = tables.of(table).putOver();
    put.bind(1, key).bind(2, RowMeta.uniform(table.cells(), now.bits(), Devices.SELF, 0));
    int at = 3;
    for (ColumnInfo column : table.columns()) {
      put.bind(at, values.getOrDefault(column.name(), Value.NULL));
      at++;
    }
    put.bind(at, RowMeta.timeBytes(journal.firstUnread()));
    try {
      return put.next() ? put.integer(1) : NO_ROW;
    } finally {
      put.reset();
    }
  }

  /** Leaves alone the columns that this version of the app does not know. */
  private long putSome(
      TableInfo table,
      String key,
      Map<String, Value> values,
      List<ColumnInfo> columns,
      HybridTime now) {
    List<ColumnInfo> all = table.withGroups(columns);
    List<Value> parallel = parallel(table, key, all, columns, values);
    return write(table, new Event(RunKind.PUT, key, stamp(now), all, parallel));
  }

  private long write(TableInfo table, Event event) {
    transaction.writing(table, event);
    return rows.write(table, event);
  }

  /** The row is there; its columns stay as they are. */
  Write mark(String tableName, String key) {
    return mark(requireTable(tableName), key);
  }

  Write mark(TableInfo table, String key) {
    RowKeys.requireValid(key);
    return tracking.of(table, key, seen -> {
      HybridTime now = time.tick();
      long row = putSome(table, key, Map.of(), List.of(), now);
      journal.add(now, table, row, RunKind.PUT, seen);
      changes.add(table, key, Change.Kind.PUT, Change.Origin.LOCAL);
      return true;
    });
  }

  /** The named columns only. */
  Write patch(String tableName, String key, Map<String, Value> values) {
    TableInfo table = requireTable(tableName);
    return patch(table, key, requireValues(table, key, values));
  }

  /** One column. */
  Write patch(TableInfo table, String key, ColumnInfo column, Value value) {
    requireFitting(column, value);
    ValueLimits.requireRow(key, List.of(value));
    return patch(table, key, Map.of(column.name(), value));
  }

  /** By names in the space, of values that fit. */
  private Write patch(TableInfo table, String key, Map<String, Value> named) {
    requireEvent(table, key, named(table, named), named);
    return tracking.of(table, key, seen -> !named.isEmpty() && patch(table, key, named, seen));
  }

  /** Registers as they were once, by names in the space, whatever their columns are declared as now. */
  Write restore(TableInfo table, String key, Map<String, Value> values) {
    requireEvent(table, key, named(table, values), values);
    return tracking.of(table, key, seen -> patch(table, key, values, seen));
  }

  private static List<ColumnInfo> named(TableInfo table, Map<String, Value> values) {
    return table.columns().stream()
        .filter(column -> values.containsKey(column.name()))
        .toList();
  }

  /** What is sent with it because it is in a group counts too. */
  private void requireEvent(
      TableInfo table, String key, List<ColumnInfo> own, Map<String, Value> values) {
    List<ColumnInfo> columns = table.withGroups(own);
    if (columns.size() > ValueLimits.MAX_COLUMNS) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "one write has room for " + ValueLimits.MAX_COLUMNS
              + " columns; declare those that the app knows, or patch the others");
    }
    if (columns.size() > own.size()) {
      ValueLimits.requireRow(key, parallel(table, key, columns, own, values));
    }
  }

  private boolean patch(TableInfo table, String key, Map<String, Value> values, long seen) {
    HybridTime now = time.tick();
    List<ColumnInfo> named = named(table, values);
    List<ColumnInfo> columns = table.withGroups(named);
    List<Value> parallel = parallel(table, key, columns, named, values);
    Event event = new Event(RunKind.PATCH, key, stamp(now), columns, parallel);
    journal.add(now, table, write(table, event), RunKind.PATCH, seen);
    changes.add(table, key, Change.Kind.PATCH, Change.Origin.LOCAL);
    return true;
  }

  /** Writes a multi-value register. */
  Write assign(String tableName, String key, String column, Value value) {
    TableInfo table = requireTable(tableName);
    return assign(table, key, lastingCompound(table, column, ColumnType.MULTI_VALUE), value);
  }

  Write assign(TableInfo table, String key, ColumnInfo column, Value value) {
    return part(RunKind.ASSIGN, table, key, column, value);
  }

  /** Adds an integer to a counter. */
  Write count(String tableName, String key, String columnName, long by) {
    TableInfo table = requireTable(tableName);
    return count(table, key, lastingCompound(table, columnName, ColumnType.COUNTER), by);
  }

  Write count(TableInfo table, String key, ColumnInfo column, long by) {
    RowKeys.requireValid(key);
    Tracking.Part part = new Tracking.Part(RunKind.COUNT, column, Value.of(by));
    return tracking.of(table, key, part, seen -> by != 0 && count(table, key, column, by, seen));
  }

  private boolean count(TableInfo table, String key, ColumnInfo column, long by, long seen) {
    HybridTime now = time.tick();
    RowMerger.Found found = rows.find(table, key);
    boolean anew = found == null || rows.beginsAnew(found.state(), stamp(now));
    long before = anew ? 0 : counted(table, key, column, found);
    return part(RunKind.COUNT, table, key, column, sum(before, by), now, seen);
  }

  private long counted(TableInfo table, String key, ColumnInfo column, RowMerger.Found found) {
    long removed = found.state().removal().map(Stamp::time).orElse(0L);
    Optional<Losers.Late> late = losers
        .lateCount(table, key, column.cell())
        .filter(lost -> Long.compareUnsigned(lost.time(), removed) > 0); // else of the row before
    return counted(cell(table, found, column), late);
  }

  /** What this device has added in all: as the cell has it, or as it said later and came too late with. */
  private static long counted(CompoundCell cell, Optional<Losers.Late> late) {
    Optional<Part> own = cell.parts().stream()
        .filter(part -> part.stamp().device() == Devices.SELF)
        .max((a, b) -> Long.compareUnsigned(a.stamp().time(), b.stamp().time()));
    long time = own.map(part -> part.stamp().time()).orElse(0L);
    Value value = late.filter(lost -> Long.compareUnsigned(lost.time(), time) > 0)
        .map(Losers.Late::value)
        .or(() -> own.map(Part::value))
        .orElse(Value.NULL);
    return value instanceof Value.Int added ? added.value() : 0;
  }

  /** It stays within 64 bits. */
  private static Value sum(long before, long by) {
    try {
      return Value.of(Math.addExact(before, by));
    } catch (ArithmeticException e) {
      throw new StoreException(
          Code.WRONG_TYPE, "a counter cannot hold that much: one device can add up to 64 bits", e);
    }
  }

  /** Adds a value to a set, or takes it out, if that changes the set. */
  Write set(RunKind kind, String tableName, String key, String columnName, Value value) {
    TableInfo table = requireTable(tableName);
    return set(kind, table, key, lastingCompound(table, columnName, ColumnType.SET), value);
  }

  Write set(RunKind kind, TableInfo table, String key, ColumnInfo column, Value value) {
    ValueLimits.requireRow(key, List.of(value));
    if (value == Value.NULL) {
      throw new StoreException(Code.WRONG_TYPE, "a set has no nulls; leave it out");
    }
    if (kind == RunKind.ADD) {
      requireRoom(shownCell(table, key, column), value);
    }
    return tracking.of(table, key, new Tracking.Part(kind, column, value), seen -> {
      boolean there = shownCell(table, key, column).parts().stream()
          .anyMatch(part -> part.value().equals(value));
      return there == (kind == RunKind.DISCARD)
          && part(kind, table, key, column, value, time.tick(), seen);
    });
  }

  /** Adds an update, or writes one in the place of all that are there. */
  Write update(RunKind kind, String tableName, String key, String column, Value update) {
    TableInfo table = requireTable(tableName);
    return part(kind, table, key, lastingCompound(table, column, ColumnType.UPDATES), update);
  }

  private Write part(RunKind kind, TableInfo table, String key, ColumnInfo column, Value value) {
    ValueLimits.requireRow(key, List.of(value));
    if (kind == RunKind.APPEND) {
      requireRoom(shownCell(table, key, column), value);
    }
    return tracking.of(
        table,
        key,
        new Tracking.Part(kind, column, value),
        seen -> part(kind, table, key, column, value, time.tick(), seen));
  }

  private static void requireRoom(CompoundCell cell, Value value) {
    if (!cell.hasRoom(value, List.of())) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "the cell is full: it has room for " + CompoundCell.MAX_PARTS + " values and "
              + CompoundCell.MAX_BYTES
              + " bytes; collapse its updates, or spread its values over rows of their own");
    }
  }

  private boolean part(
      RunKind kind,
      TableInfo table,
      String key,
      ColumnInfo column,
      Value value,
      HybridTime now,
      long seen) {
    Event event = new Event(kind, key, stamp(now), List.of(column), List.of(value));
    long row = write(table, event);
    boolean complete = policies.of(table.name()).isComplete();
    ops.add(table, row, event, seen, complete ? Long.MAX_VALUE : journal.firstUnread());
    journal.add(now, table, row, kind, seen);
    changes.add(table, key, Change.Kind.PATCH, Change.Origin.LOCAL);
    return true;
  }

  /** See {@link Batch#restore}; not of removals. */
  Write restore(TableInfo table, HistoryItem item) {
    String key = item.key();
    return switch (item.kind()) {
      case PUT, PATCH ->
        item.wireColumn().isEmpty()
            ? mark(table, key)
            : restore(table, key, Map.of(item.wireColumn(), item.value()));
      case ASSIGN ->
        assign(
            table, key, table.requireColumn(item.wireColumn(), CellKind.MULTI_VALUE), item.value());
      case ADD, DISCARD ->
        set(
            item.kind(),
            table,
            key,
            table.requireColumn(item.wireColumn(), CellKind.SET),
            item.value());
      case APPEND, COLLAPSE ->
        part(
            RunKind.APPEND,
            table,
            key,
            table.requireColumn(item.wireColumn(), CellKind.UPDATES),
            item.value());
      case REMOVE, COUNT, DISMISS, GUARD ->
        throw new StoreException(
            Code.WRONG_TYPE,
            "what a device had added to a counter cannot be written again: add to the counter");
    };
  }

  /** By its name in the space; also one that is hidden, but not one that is written online only, while this device is not. */
  TableInfo requireWire(String name) {
    TableInfo table = catalog.table(name);
    if (table == null) {
      throw unknownTable();
    }
    return requireWritable(table);
  }

  private TableInfo requireWritable(TableInfo table) {
    online.requireWritable(table.name());
    return table;
  }

  /** See {@link Batch#revive(List)}; not of removals. */
  Write revive(TableInfo table, List<LostValue> lost) {
    LostValue any = lost.get(0);
    if (any.kind().isPresent()) {
      return revivePart(table, any);
    }
    Map<String, Value> values = registers(lost);
    return values.isEmpty() ? mark(table, any.key()) : restore(table, any.key(), values);
  }

  /** What registers lost, by their names in the space. */
  static Map<String, Value> registers(List<LostValue> lost) {
    return lost.stream()
        .filter(value -> value.kind().isEmpty() && !value.wireColumn().isEmpty())
        .collect(Collectors.toMap(LostValue::wireColumn, LostValue::value));
  }

  /** Does again what was done to a compound cell and lost. What a removed row still has comes back with it. */
  private Write revivePart(TableInfo table, LostValue lost) {
    ColumnInfo column = table.requireColumn(lost.wireColumn(), lost.kind().orElseThrow());
    Write again = again(table, column, lost);
    Write mark = mark(table, lost.key());
    return seen -> {
      RowMerger.Found found = rows.find(table, lost.key());
      if (found == null
          || rows.beginsAnew(found.state(), nextStamp())
          || !isThere(lost, cell(table, found, column))) {
        return again.run(seen);
      }
      return !rows.isVisible(found.state()) && mark.run(seen);
    };
  }

  private static boolean isThere(LostValue lost, CompoundCell cell) {
    return cell.parts().stream()
        .anyMatch(
            part -> part.stamp().time() == lost.time().bits() && part.value().equals(lost.value()));
  }

  private Write again(TableInfo table, ColumnInfo column, LostValue lost) {
    String key = lost.key();
    return switch (column.requireKind()) {
      case MULTI_VALUE -> assign(table, key, column, lost.value());
      case SET ->
        set(
            lost.reason().isDiscard() ? RunKind.DISCARD : RunKind.ADD,
            table,
            key,
            column,
            lost.value());
      case UPDATES -> part(RunKind.APPEND, table, key, column, lost.value());
      case COUNTER -> count(table, key, column, addedAnew(lost));
    };
  }

  /** To a row that began anew since. Otherwise what a device added is in what it adds next. */
  private static long addedAnew(LostValue lost) {
    if (lost.reason() != LostReason.REMOVAL || !(lost.value() instanceof Value.Int added)) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "what a device adds to a counter has in it what it added before: dismiss this, or add to the counter");
    }
    return added.value();
  }

  /** The values of a compound cell of a row that is there. */
  List<Value> values(TableInfo table, String key, String columnName) {
    ColumnInfo column = requireCompound(table, columnName);
    return rendering.values(column.requireKind(), shownCell(table, key, column));
  }

  private CompoundCell shownCell(TableInfo table, String key, ColumnInfo column) {
    RowMerger.Found found = rows.find(table, key);
    return found == null || !rows.isVisible(found.state())
        ? CompoundCell.EMPTY
        : cell(table, found, column);
  }

  private CompoundCell cell(TableInfo table, RowMerger.Found found, ColumnInfo column) {
    return found.state().touch().isEmpty()
        ? CompoundCell.EMPTY
        : compounds
            .get(table, found.row(), Side.SHOWN)
            .getOrDefault(column.cell(), CompoundCell.EMPTY);
  }

  /** The column of this name whose cells hold several values: the one that is declared, or the first. */
  static ColumnInfo requireCompound(TableInfo table, String label) {
    List<ColumnInfo> named =
        called(table, label).stream().filter(ColumnInfo::isCompound).toList();
    if (named.isEmpty()) {
      throw new StoreException(Code.WRONG_TYPE, "the cells of this column hold one value each");
    }
    return named.stream()
        .filter(column -> column.app() != null)
        .findFirst()
        .or(() -> named.stream().filter(column -> column.type() != null).findFirst())
        .orElse(named.get(0));
  }

  /** All that are called so here. */
  private static List<ColumnInfo> called(TableInfo table, String label) {
    String name = table.columnCalled(label);
    if (name == null) {
      throw unknownColumn();
    }
    return table.named(name);
  }

  /** As {@link #requireCompound}, where what is done to it counts. */
  private ColumnInfo lastingCompound(TableInfo table, String label, ColumnType type) {
    if (policies.lifetimes().byLog().of(table.name()).isPresent()) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "the rows of this table expire, and have plain columns alone: somebody declared that when another declared this column; keep its values as rows of their own");
    }
    return requireCompound(table, label, type);
  }

  static ColumnInfo requireCompound(TableInfo table, String label, ColumnType type) {
    for (ColumnInfo column : called(table, label)) {
      if (column.kind() == type.kind()) {
        return column;
      }
    }
    throw new StoreException(
        Code.WRONG_TYPE, "this works on columns of type " + type + ", and the column is another");
  }

  /** What is written to {@code columns}: the given values to those in {@code own}; to the others in their groups what they hold. */
  private List<Value> parallel(
      TableInfo table,
      String key,
      List<ColumnInfo> columns,
      List<ColumnInfo> own,
      Map<String, Value> values) {
    boolean all = columns.size() == own.size();
    RowMerger.Found found = all ? null : rows.find(table, key);
    boolean shows = found != null && !rows.beginsAnew(found.state(), nextStamp());
    List<Value> held = shows ? rows.values(table, key, columns) : List.of();
    List<Value> parallel = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      ColumnInfo column = columns.get(i);
      parallel.add(
          held.isEmpty() || own.contains(column)
              ? values.getOrDefault(column.name(), Value.NULL)
              : held.get(i));
    }
    return parallel;
  }

  /** The row, if it is there. */
  Write remove(TableInfo table, String key) {
    RowKeys.requireValid(key);
    return tracking.of(table, key, seen -> remove(table, key, seen));
  }

  private boolean remove(TableInfo table, String key, long seen) {
    RowMerger.Found found = rows.find(table, key);
    if (found == null || !rows.isVisible(found.state())) {
      return false;
    }
    HybridTime now = time.tick();
    write(table, new Event(RunKind.REMOVE, key, stamp(now), List.of(), List.of()));
    journal.add(now, table, found.row(), RunKind.REMOVE, seen);
    changes.add(table, key, Change.Kind.REMOVE, Change.Origin.LOCAL);
    return true;
  }

  /** A row of one of Sealift's own tables. */
  void putReserved(
      TableInfo table, String key, List<String> columnNames, Map<String, Value> values, long seen) {
    List<ColumnInfo> columns = table.columns().stream()
        .filter(column -> columnNames.contains(column.name()))
        .toList();
    put(table, key, values, columns, seen);
  }

  /** A row of one of Sealift's own tables, if it is there. */
  void removeReserved(TableInfo table, String key, long seen) {
    remove(table, key, seen);
  }

  private Stamp stamp(HybridTime now) {
    return new Stamp(places.written(now), now.bits(), Devices.SELF, 0);
  }

  /** What a write now would have, at the least. */
  Stamp nextStamp() {
    return nextStamp(places, time);
  }

  static Stamp nextStamp(Places places, LocalTime time) {
    return new Stamp(places.next(), time.next().bits(), Devices.SELF, 0);
  }

  /** Some columns of one. */
  void patchReserved(TableInfo table, String key, Map<String, Value> values, long seen) {
    patch(table, key, values, seen);
  }

  private TableInfo requireTable(String name) {
    return requireWritable(SpaceStore.requireTable(catalog.tables(), name));
  }

  static StoreException unknownTable() {
    return new StoreException(
        Code.UNKNOWN_TABLE,
        "the space has no table of this name; declare it in the schema, and mind upper and lower case");
  }

  static StoreException unknownColumn() {
    return new StoreException(
        Code.UNKNOWN_COLUMN,
        "the table has no column of this name beside its key; declare it in the schema, and mind upper and lower case");
  }

  /** The values by the columns' names in the space. */
  private static Map<String, Value> requireValues(
      TableInfo table, String key, Map<String, Value> values) {
    Map<String, Value> named = new HashMap<>();
    values.forEach((label, value) -> named.put(requireColumn(table, label, value), value));
    ValueLimits.requireRow(key, values.values());
    return named;
  }

  private static String requireColumn(TableInfo table, String label, Value value) {
    String name = table.columnCalled(label);
    if (name == null) {
      throw unknownColumn();
    }
    ColumnInfo column = table.column(name);
    if (column == null) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "a column whose cells hold several values is changed by operations of its own: to add to a counter or to a set, for instance");
    }
    requireFitting(column, value);
    return name;
  }

  private static void requireFitting(ColumnInfo column, Value value) {
    ColumnType type = column.takes();
    if (type.isRegister() && !type.accepts(value)) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "a column of type " + type + " cannot hold a value of kind " + value.kind()
              + "; convert it or declare the column ANY");
    }
  }
}
