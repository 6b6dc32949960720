package dev.sealift.client.store;

import dev.sealift.client.merge.RowMeta;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.RowKeys;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * This device's own writes. Each has a time of its own, above everything that the store has.
 */
final class LocalWriter {
  private static final long NO_ROW = 0;

  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final Journal journal;
  private final LocalTime time;
  private final ChangeCollector changes;

  LocalWriter(
      Catalog catalog,
      Tables tables,
      RowMerger rows,
      Journal journal,
      LocalTime time,
      ChangeCollector changes) {
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.journal = journal;
    this.time = time;
    this.changes = changes;
  }

  /** A checked write: running it changes the store, making it does not. */
  interface Write {
    /** Whether there was something to write. */
    boolean run(long seen);
  }

  /** The whole row: columns of {@code declared} that have no value become null; others stay. */
  Write put(String tableName, String key, Map<String, Value> values, Declared declared) {
    TableInfo table = requireTable(tableName);
    requireValues(table, key, values);
    return seen -> put(table, key, values, declared.columns(table, values.keySet()), seen);
  }

  private boolean put(
      TableInfo table, String key, Map<String, Value> values, List<ColumnInfo> columns, long seen) {
    HybridTime now = time.tick();
    long row = putOver(table, key, values, columns, now);
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
    if (columns.size() != table.columns().size() || table.cells() >= TableSql.COMPARABLE_CELLS) {
      return NO_ROW;
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
    List<Value> parallel = new ArrayList<>(columns.size());
    columns.forEach(column -> parallel.add(values.getOrDefault(column.name(), Value.NULL)));
    return rows.write(table, new Event(RunKind.PUT, key, stamp(now), columns, parallel));
  }

  /** The row is there; its columns stay as they are. */
  Write mark(String tableName, String key) {
    TableInfo table = requireTable(tableName);
    RowKeys.requireValid(key);
    return seen -> {
      HybridTime now = time.tick();
      long row = putSome(table, key, Map.of(), List.of(), now);
      journal.add(now, table, row, RunKind.PUT, seen);
      changes.add(table, key, Change.Kind.PUT, Change.Origin.LOCAL);
      return true;
    };
  }

  /** The named columns only. */
  Write patch(String tableName, String key, Map<String, Value> values) {
    TableInfo table = requireTable(tableName);
    requireValues(table, key, values);
    return seen -> !values.isEmpty() && patch(table, key, values, seen);
  }

  private boolean patch(TableInfo table, String key, Map<String, Value> values, long seen) {
    HybridTime now = time.tick();
    List<ColumnInfo> columns = table.columns().stream()
        .filter(column -> values.containsKey(column.name()))
        .toList();
    List<Value> parallel = columns.stream()
        .map(column -> values.getOrDefault(column.name(), Value.NULL))
        .toList();
    Event event = new Event(RunKind.PATCH, key, stamp(now), columns, parallel);
    journal.add(now, table, rows.write(table, event), RunKind.PATCH, seen);
    changes.add(table, key, Change.Kind.PATCH, Change.Origin.LOCAL);
    return true;
  }

  /** The row, if it is there. */
  Write remove(String tableName, String key) {
    TableInfo table = requireTable(tableName);
    RowKeys.requireValid(key);
    return seen -> remove(table, key, seen);
  }

  private boolean remove(TableInfo table, String key, long seen) {
    RowMerger.Found found = rows.find(table, key);
    if (found == null || !rows.isVisible(found.state())) {
      return false;
    }
    HybridTime now = time.tick();
    rows.write(table, new Event(RunKind.REMOVE, key, stamp(now), List.of(), List.of()));
    journal.add(now, table, found.row(), RunKind.REMOVE, seen);
    changes.add(table, key, Change.Kind.REMOVE, Change.Origin.LOCAL);
    return true;
  }

  /** A row of one of Sealift's own tables. */
  void putReserved(TableInfo table, String key, Map<String, Value> values, long seen) {
    put(table, key, values, table.columns(), seen);
  }

  private static Stamp stamp(HybridTime now) {
    return Stamp.of(now, Devices.SELF, 0);
  }

  private TableInfo requireTable(String name) {
    TableInfo table = Names.isReserved(name) ? null : catalog.table(name);
    if (table == null) {
      throw unknownTable();
    }
    return table;
  }

  static StoreException unknownTable() {
    return new StoreException(
        Code.UNKNOWN_TABLE,
        "the space has no table of this name; declare it in the schema, and mind upper and lower case");
  }

  private static void requireValues(TableInfo table, String key, Map<String, Value> values) {
    values.forEach((name, value) -> requireColumn(table, name, value));
    ValueLimits.requireRow(key, values.values());
  }

  private static void requireColumn(TableInfo table, String name, Value value) {
    ColumnInfo column = table.column(name);
    if (column == null) {
      throw new StoreException(
          Code.UNKNOWN_COLUMN,
          "the table has no column of this name beside its key; declare it in the schema, and mind upper and lower case");
    }
    ColumnType type = column.type();
    if (type != null && !type.accepts(value)) {
      throw new StoreException(
          Code.WRONG_TYPE,
          "a column of type " + type + " cannot hold a value of kind " + value.kind()
              + "; convert it or declare the column ANY");
    }
  }
}
