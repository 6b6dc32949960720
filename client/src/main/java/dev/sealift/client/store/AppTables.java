package dev.sealift.client.store;

import dev.sealift.client.store.AppColumn.Seen;
import java.util.HashMap;
import java.util.Map;

/** What this device's app has declared, as the store remembers it. */
final class AppTables {
  private final Db db;
  private final Statement putTable;
  private final Statement putColumn;
  private final Statement removeColumns;

  AppTables(Db db) {
    this.db = db;
    putTable = db.prepare(
        "INSERT OR REPLACE INTO _sealift_app_table(wire, name, key_column) VALUES (?, ?, ?)");
    putColumn = db.prepare(
        "INSERT INTO _sealift_app_column(tbl, wire, name, type, fallback, source, lens, lens_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    removeColumns = db.prepare("DELETE FROM _sealift_app_column WHERE tbl = ?");
  }

  /** By their names in the space. */
  Map<String, AppTable> load() {
    Map<String, Map<String, AppColumn>> columns = loadColumns();
    Map<String, AppTable> tables = new HashMap<>();
    try (Statement select = db.prepare("SELECT wire, name, key_column FROM _sealift_app_table")) {
      while (select.next()) {
        String wire = select.text(1);
        tables.put(
            wire,
            new AppTable(select.text(2), select.text(3), columns.getOrDefault(wire, Map.of())));
      }
    }
    return tables;
  }

  private Map<String, Map<String, AppColumn>> loadColumns() {
    Map<String, Map<String, AppColumn>> columns = new HashMap<>();
    try (Statement select = db.prepare(
        "SELECT tbl, wire, name, type, fallback, source, lens, lens_version FROM _sealift_app_column")) {
      while (select.next()) {
        Seen through = select.isNull(6)
            ? null
            : new Seen(select.text(6), select.text(7), (int) select.integer(8));
        AppColumn column = new AppColumn(
            select.text(3), ColumnType.named(select.text(4)), select.value(5), through);
        columns
            .computeIfAbsent(select.text(1), table -> new HashMap<>())
            .put(select.text(2), column);
      }
    }
    return columns;
  }

  void put(String wire, AppTable table) {
    putTable.bind(1, wire).bind(2, table.name()).bind(3, table.key()).run();
    removeColumns.bind(1, wire).run();
    table.columns().forEach((column, declared) -> put(wire, column, declared));
  }

  private void put(String table, String wire, AppColumn column) {
    Seen through = column.through();
    putColumn
        .bind(1, table)
        .bind(2, wire)
        .bind(3, column.name())
        .bind(4, column.type().name())
        .bind(5, column.fallback())
        .bind(6, through == null ? null : through.source())
        .bind(7, through == null ? null : through.lens());
    if (through == null) {
      putColumn.bindNull(8).run();
    } else {
      putColumn.bind(8, through.version()).run();
    }
  }
}
