package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Declares tables and columns: writes declarations as rows of {@link SchemaTable}, and makes what its rows declare. */
final class SchemaWriter {
  /** Positions beyond this are nobody's order; they are shown last. */
  private static final long MAX_POSITION = 1_000_000;

  private final Catalog catalog;
  private final Tables tables;
  private final LocalWriter local;
  private final SearchIndexes search;

  SchemaWriter(Catalog catalog, Tables tables, LocalWriter local, SearchIndexes search) {
    this.catalog = catalog;
    this.tables = tables;
    this.local = local;
    this.search = search;
  }

  /** Refuses a declaration that contradicts what the space has. */
  void check(TableSchema wanted) {
    requireOneSpelling(catalog.tables().keySet(), wanted.name(), "table");
    TableInfo table = catalog.table(wanted.name());
    if (table == null) {
      return;
    }
    if (table.isDeclared() && !table.key().equals(wanted.key())) {
      throw contradiction(
          "the key of a table has another name in this space; declare it as " + table.key());
    }
    List<String> columns = table.shown().stream().map(ColumnInfo::name).toList();
    for (ColumnSchema column : wanted.columns()) {
      requireOneSpelling(columns, column.name(), "column");
      table.named(column.name()).forEach(present -> requireOneType(present, column));
    }
  }

  private static void requireOneSpelling(Iterable<String> present, String wanted, String what) {
    for (String name : present) {
      if (!name.equals(wanted) && Names.folded(name).equals(Names.folded(wanted))) {
        throw contradiction("the space has a " + what
            + " that differs only in upper and lower case; declare it as " + name);
      }
    }
  }

  private static void requireOneType(ColumnInfo present, ColumnSchema wanted) {
    if (present.type() != null && present.type() != wanted.type()) {
      throw contradiction("a column has another type in this space; declare it as " + present.type()
          + ", or add a column of another name");
    }
    if (present.type() != null && !Optional.ofNullable(present.group()).equals(wanted.group())) {
      throw contradiction(
          "a column is in another group in this space; declare it as it is there, or add a column of another name");
    }
  }

  private static StoreException contradiction(String message) {
    return new StoreException(Code.BAD_SCHEMA, message);
  }

  /** Writes what is new of a checked declaration, and nothing else. */
  boolean declare(TableSchema wanted, long seen) {
    TableInfo before = catalog.table(wanted.name());
    boolean wrote = before == null || !before.isDeclared();
    if (wrote) {
      put(SchemaTable.tableKey(wanted.name()), SchemaTable.tableRow(wanted), seen);
    }
    for (int i = 0; i < wanted.columns().size(); i++) {
      ColumnSchema column = wanted.columns().get(i);
      if (before == null || !isDeclared(before, column)) {
        put(
            SchemaTable.columnKey(wanted.name(), column.name()),
            SchemaTable.columnRow(column, i),
            seen);
        wrote = true;
      }
    }
    for (String column : wanted.searchable()) {
      String key = SchemaTable.searchableKey(wanted.name(), column);
      if (!search.isDeclared(key)) {
        put(key, Map.of(), seen);
        wrote = true;
      }
    }
    return wrote;
  }

  private static boolean isDeclared(TableInfo table, ColumnSchema column) {
    return table.named(column.name()).stream().anyMatch(present -> present.type() != null);
  }

  private void put(String key, Map<String, Value> row, long seen) {
    local.putReserved(catalog.require(SchemaTable.NAME, SchemaTable.COLUMNS), key, row, seen);
    changed(key);
  }

  /** A row of the schema table was written; makes what it declares. What does not make sense is kept, and makes nothing. */
  void changed(String key) {
    String about = SchemaTable.about(key);
    if (about != null) {
      search.declared(about);
    }
    String table = SchemaTable.tableOf(key);
    if (table != null && Names.isWellFormed(table)) {
      makeTable(table, key);
      return;
    }
    String[] column = SchemaTable.columnOf(key);
    if (column != null && Names.isWellFormed(column[0]) && Names.isWellFormed(column[1])) {
      makeColumn(column[0], column[1], key);
    }
  }

  private void makeTable(String table, String key) {
    if (cell(key, SchemaTable.KEY_COLUMN) instanceof Value.Text name
        && Names.isWellFormed(name.value())) {
      catalog.declareTable(table, name.value());
    }
  }

  private void makeColumn(String table, String column, String key) {
    if (cell(key, SchemaTable.TYPE) instanceof Value.Text type) {
      int position = cell(key, SchemaTable.POSITION) instanceof Value.Int at
              && at.value() >= 0
              && at.value() <= MAX_POSITION
          ? (int) at.value()
          : ColumnInfo.UNDECLARED_POSITION;
      String group =
          cell(key, SchemaTable.TOGETHER) instanceof Value.Text name ? name.value() : null;
      catalog.declareColumn(table, column, ColumnType.named(type.value()), position, group);
    }
  }

  private Value cell(String key, String columnName) {
    TableInfo table = catalog.require(SchemaTable.NAME, SchemaTable.COLUMNS);
    ColumnInfo column = table.column(columnName);
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      return column != null && select.next() ? select.value(column.cell() + 2) : Value.NULL;
    } finally {
      select.reset();
    }
  }
}
