package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables and columns that the store has: those that were declared, here or elsewhere, and those that a received event
 * named before its declaration came. Changes take part in the writer's transaction; {@link #load} goes back to what the
 * database has.
 */
final class Catalog {
  /** SQLite takes 2,000 columns; some are ours. Only devices at odds with one another can bring a table there. */
  static final int MAX_CELLS = 1_900;

  /** What SQLite calls a row's number by itself, and does not let a new column be called. */
  private static final Set<String> ROW_NUMBER_NAMES = Set.of("rowid", "oid");

  private final Db db;
  private final Statement insertTable;
  private final Statement updateTable;
  private final Statement insertColumn;
  private final AppTables apps;
  private Map<String, TableInfo> tables = Map.of();
  private boolean outdated;

  Catalog(Db db) {
    this.db = db;
    insertTable = db.prepare("INSERT INTO _sealift_table(id, name, physical) VALUES (?, ?, ?)");
    updateTable =
        db.prepare("UPDATE _sealift_table SET key_column = ?, shown = ?, dropped = ? WHERE id = ?");
    insertColumn = db.prepare(
        "INSERT OR REPLACE INTO _sealift_column(tbl, cell, name, physical, type, position, kind, together, shown, fallback, dropped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    apps = new AppTables(db);
    load();
  }

  /** By their names in the space. Unmodifiable and never changed, so any thread may keep it. */
  Map<String, TableInfo> tables() {
    return tables;
  }

  /** By its name in the space. */
  @Nullable
  TableInfo table(String name) {
    return tables.get(name);
  }

  TableInfo byId(int id) {
    for (TableInfo table : tables.values()) {
      if (table.id() == id) {
        return table;
      }
    }
    throw new StoreException(
        Code.CORRUPT, "the space's database names a table that it does not have");
  }

  /** Reads all from the database. */
  void load() {
    outdated = true; // views may be of another version of Sealift
    Map<Integer, List<ColumnInfo>> columns = loadColumns();
    Map<String, AppTable> declared = apps.load();
    Map<String, TableInfo> loaded = new HashMap<>();
    try (Statement select =
        db.prepare("SELECT id, name, physical, key_column, shown, dropped FROM _sealift_table")) {
      while (select.next()) {
        int id = (int) select.integer(1);
        SharedTable shared = new SharedTable(
            select.isNull(4) ? null : select.text(4),
            select.isNull(5) ? null : select.text(5),
            select.integer(6) == 1);
        String name = select.text(2);
        TableInfo table = TableInfo.of(id, name, select.text(3), shared, declared.get(name));
        for (ColumnInfo column : columns.getOrDefault(id, List.of())) {
          table = table.withColumn(column);
        }
        loaded.put(name, table);
      }
    }
    tables = TableLabels.label(loaded);
  }

  private Map<Integer, List<ColumnInfo>> loadColumns() {
    Map<Integer, List<ColumnInfo>> columns = new HashMap<>();
    String sql =
        "SELECT tbl, cell, name, physical, type, position, kind, together, shown, fallback, dropped FROM _sealift_column ORDER BY tbl, abs(cell)";
    try (Statement select = db.prepare(sql)) {
      while (select.next()) {
        columns
            .computeIfAbsent((int) select.integer(1), id -> new ArrayList<>())
            .add(new ColumnInfo(
                (int) select.integer(2),
                select.isNull(7) ? null : CellKind.valueOf(select.text(7)),
                select.text(3),
                select.text(4),
                shared(select),
                null));
      }
    }
    return columns;
  }

  private static SharedColumn shared(Statement select) {
    return new SharedColumn(
        select.isNull(5) ? null : ColumnType.named(select.text(5)),
        (int) select.integer(6),
        select.isNull(8) ? null : select.text(8),
        select.isNull(9) ? null : select.text(9),
        select.value(10),
        select.integer(11) == 1);
  }

  /** The table, made if there is none. */
  TableInfo require(String name) {
    TableInfo table = tables.get(name);
    return table == null ? create(name) : table;
  }

  /** The table with all of {@code columns}, made as far as they are missing. */
  TableInfo require(String name, List<String> columns) {
    TableInfo table = require(name);
    for (String column : columns) {
      if (table.column(column) == null) {
        table = addColumn(table, column, null);
      }
    }
    return table;
  }

  /** The table with a column of compound cells, made as far as they are missing. */
  TableInfo require(String name, String column, CellKind kind) {
    TableInfo table = require(name);
    return table.compound(column, kind) == null ? addColumn(table, column, kind) : table;
  }

  private TableInfo create(String name) {
    int id = 1 + tables.values().stream().mapToInt(TableInfo::id).max().orElse(0);
    TableInfo table = TableInfo.of(id, name, physicalTable(id, name), SharedTable.NOTHING, null);
    insertTable.bind(1, id).bind(2, name).bind(3, table.physical()).run();
    db.execute(TableSql.createTable(table));
    replace(table);
    return table;
  }

  /** Tables of Sealift get a second underscore: {@code _sealift_…} are what is not replicated. */
  private String physicalTable(int id, String name) {
    String wanted = (Names.isReserved(name) ? "__" : "_") + name;
    boolean taken = tables.values().stream()
        .anyMatch(t -> Names.folded(t.physical()).equals(Names.folded(wanted)));
    return taken ? "__t" + id : wanted;
  }

  private TableInfo addColumn(TableInfo table, String name, @Nullable CellKind kind) {
    int count = table.columns().size() + table.compounds().size();
    if (count >= MAX_CELLS) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a table has more columns than SQLite can hold; use another table for new ones");
    }
    int cell = kind == null
        ? table.cells()
        : ColumnInfo.FIRST_COMPOUND - table.compounds().size();
    ColumnInfo column = ColumnInfo.undeclared(cell, kind, name, physicalColumn(table, name));
    db.execute(TableSql.addColumn(table, column));
    return write(table, column);
  }

  private static String physicalColumn(TableInfo table, String name) {
    boolean taken = ROW_NUMBER_NAMES.contains(Names.folded(name))
        || table.allColumns().stream()
            .anyMatch(c -> Names.folded(c.physical()).equals(Names.folded(name)));
    return taken ? "_c" + (1 + table.allColumns().size()) : name;
  }

  /** The declaration of a table has come or changed. */
  void declareTable(String name, SharedTable shared) {
    TableInfo table = require(name);
    if (!table.shared().equals(shared)) {
      updateTable
          .bind(1, shared.key())
          .bind(2, shared.shown())
          .bind(3, shared.dropped() ? 1 : 0)
          .bind(4, table.id())
          .run();
      replace(table.withShared(shared));
    }
  }

  /**
   * What this device's app says of a table; with all that it names, whether it is in the space or not.
   *
   * @return whether that is something new
   */
  boolean declareApp(String name, AppTable app) {
    TableInfo table = require(name);
    for (Map.Entry<String, AppColumn> column : app.columns().entrySet()) {
      CellKind kind = column.getValue().type().kind();
      table = kind == null
          ? require(name, List.of(column.getKey()))
          : require(name, column.getKey(), kind);
    }
    if (app.equals(table.app())) {
      return false;
    }
    apps.put(name, app);
    replace(table.withApp(app));
    return true;
  }

  /** The declaration of a column has come or changed. */
  void declareColumn(String tableName, String name, SharedColumn shared) {
    CellKind kind = shared.type() == null ? null : shared.type().kind();
    TableInfo table =
        kind == null ? require(tableName, List.of(name)) : require(tableName, name, kind);
    ColumnInfo column = kind == null ? table.column(name) : table.compound(name, kind);
    if (column != null && !column.shared().equals(shared)) {
      table = write(table, column.declared(shared));
    }
    for (ColumnInfo other : table.named(name)) { // declared as something else before
      if (other.kind() != kind && !other.shared().equals(SharedColumn.NOTHING)) {
        table = write(table, other.declared(SharedColumn.NOTHING));
      }
    }
  }

  private TableInfo write(TableInfo table, ColumnInfo column) {
    ColumnType type = column.type();
    insertColumn
        .bind(1, table.id())
        .bind(2, column.cell())
        .bind(3, column.name())
        .bind(4, column.physical())
        .bind(5, type == null ? null : type.name())
        .bind(6, column.position())
        .bind(7, column.kind() == null ? null : column.kind().name())
        .bind(8, column.group())
        .bind(9, column.shared().shown())
        .bind(10, column.shared().fallback())
        .bind(11, column.shared().dropped() ? 1 : 0)
        .run();
    TableInfo changed = table.withColumn(column);
    replace(changed);
    return changed;
  }

  private void replace(TableInfo table) {
    Map<String, TableInfo> changed = new HashMap<>(tables);
    changed.put(table.name(), table);
    tables = TableLabels.label(changed);
    outdated = true;
  }

  /** What is kept of a table, declared or not, has changed. */
  void outdateViews() {
    outdated = true;
  }

  /** Makes what is derived of the tables agree with them: views, and the indexes of what does not fit; before each commit. */
  void refreshViews() {
    if (outdated) {
      new DerivedSchema(db, tables).refresh();
      outdated = false;
    }
  }
}
