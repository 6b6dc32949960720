package dev.sealift.client.store;

import dev.sealift.client.value.ValueLimits;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes full-text indexes agree with what is declared as searchable and with what was written, before each commit. What an index should be follows from the schema table alone, and what it is from the
 * database: so an index that has other columns than it should is made anew, of the rows that are there. Costs nothing for tables without one.
 */
final class SearchIndexes {
  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final Set<String> outdated = new TreeSet<>();
  private final Map<String, Index> indexes = new HashMap<>();

  /** The statements that bring an index up to what was written. */
  private record Index(Statement isChanged, List<Statement> follow) {
    static Index of(Db db, SearchSql sql) {
      return new Index(
          db.prepare(sql.isChanged()), sql.follow().stream().map(db::prepare).toList());
    }

    void bringUp() {
      boolean changed = isChanged.next();
      isChanged.reset();
      if (changed) {
        follow.forEach(Statement::run);
      }
    }

    void close() {
      isChanged.close();
      follow.forEach(Statement::close);
    }
  }

  SearchIndexes(Db db, Catalog catalog, Tables tables) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    // Of a table, also one that a version of the app has written to that knew no searching.
    outdated.addAll(catalog.tables().keySet());
  }

  /** Something of a table's declaration has come or changed. */
  void declared(String table) {
    outdated.add(table);
  }

  /** Before each commit. */
  void refresh() {
    for (String name : outdated) {
      TableInfo table = catalog.table(name);
      if (table != null) {
        refresh(table);
      }
    }
    outdated.clear();
    indexes.values().forEach(Index::bringUp);
  }

  /** After a rollback: what is there is looked up again. */
  void reload() {
    indexes.values().forEach(Index::close);
    indexes.clear();
    outdated.addAll(catalog.tables().keySet());
  }

  private void refresh(TableInfo table) {
    List<ColumnInfo> columns = table.columns().stream()
        .filter(column -> isSearchable(table, column))
        .sorted(Comparator.comparing(ColumnInfo::name))
        .limit(ValueLimits.MAX_COLUMNS) // more than an app can declare; SQLite has bounds too
        .sorted(Comparator.comparingInt(ColumnInfo::cell))
        .toList();
    SearchSql sql = new SearchSql(table, columns);
    Index before = indexes.remove(table.name());
    if (before != null) {
      before.close();
    }
    if (columns.isEmpty()) {
      sql.drop().forEach(db::execute);
      return;
    }
    if (!sql.create().stream().allMatch(this::isThere)) {
      sql.drop().forEach(db::execute);
      sql.create().forEach(db::execute);
      db.execute(sql.rebuild());
    }
    indexes.put(table.name(), Index.of(db, sql));
  }

  private boolean isSearchable(TableInfo table, ColumnInfo column) {
    return isDeclared(SchemaTable.searchableKey(table.name(), column.name()));
  }

  /** Whether the schema table has a row. */
  boolean isDeclared(String key) {
    TableInfo schema = catalog.table(SchemaTable.NAME);
    return schema != null
        && ShownRow.read(schema, tables.of(schema).selectShown(), key).isPresent();
  }

  private boolean isThere(String statement) {
    try (Statement select = db.prepare("SELECT 1 FROM sqlite_schema WHERE sql = ?")) {
      return select.bind(1, statement).next();
    }
  }
}
