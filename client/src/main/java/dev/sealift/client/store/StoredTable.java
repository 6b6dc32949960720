package dev.sealift.client.store;

import java.util.List;
import java.util.Optional;

/**
 * A table of the space, as this device shows it.
 *
 * @param name what it is called here
 * @param key the name of the column that shows the row's key
 * @param columns the others, in the order in which they are shown
 * @param wire its name in the space, for ever: the one that it was first declared under
 */
public record StoredTable(String name, String key, List<ColumnSchema> columns, String wire) {
  public StoredTable {
    columns = List.copyOf(columns);
  }

  /** Called what it was first declared under. */
  public StoredTable(String name, String key, List<ColumnSchema> columns) {
    this(name, key, columns, name);
  }

  static StoredTable of(TableInfo table) {
    return new StoredTable(
        table.label(),
        table.key(),
        table.shown().stream().map(column -> column(table, column)).toList(),
        table.name());
  }

  private static ColumnSchema column(TableInfo table, ColumnInfo column) {
    return new ColumnSchema(
            table.labelOf(column), column.takes(), Optional.ofNullable(column.group()))
        .was(column.name())
        .byDefault(column.fallback());
  }
}
