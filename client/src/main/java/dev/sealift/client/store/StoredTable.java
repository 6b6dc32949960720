package dev.sealift.client.store;

import java.util.List;
import java.util.Optional;

/**
 * A table of the space.
 *
 * @param key the name of the column that shows the row's key
 * @param columns the others, in the order in which they are shown
 */
public record StoredTable(String name, String key, List<ColumnSchema> columns) {
  public StoredTable {
    columns = List.copyOf(columns);
  }

  static StoredTable of(TableInfo table) {
    return new StoredTable(
        table.name(),
        table.key(),
        table.shown().stream().map(StoredTable::column).toList());
  }

  private static ColumnSchema column(ColumnInfo column) {
    ColumnType type = column.type();
    return new ColumnSchema(
        column.name(), type == null ? ColumnType.ANY : type, Optional.ofNullable(column.group()));
  }
}
