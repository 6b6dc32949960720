package dev.sealift.client.store;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this device's app calls a table, its key and its columns.
 *
 * @param columns those that it has declared, by their names in the space
 */
record AppTable(String name, String key, Map<String, AppColumn> columns) {
  AppTable {
    columns = Map.copyOf(columns);
  }

  static AppTable of(TableSchema table) {
    Map<String, AppColumn> columns = new HashMap<>();
    for (ColumnSchema column : table.columns()) {
      columns.put(
          column.wire(),
          new AppColumn(
              column.name(),
              column.type(),
              column.fallback(),
              column.through().map(ColumnSchema.Through::seen).orElse(null)));
    }
    return new AppTable(table.name(), table.key(), columns);
  }

  /** Declared in parts. */
  AppTable and(AppTable more) {
    Map<String, AppColumn> all = new HashMap<>(columns);
    all.putAll(more.columns);
    return new AppTable(more.name, more.key, all);
  }

  /** As it was declared for a column of these cells. */
  @Nullable
  AppColumn column(ColumnInfo column) {
    AppColumn declared = columns.get(column.name());
    return declared != null && declared.type().kind() == column.kind() ? declared : null;
  }
}
