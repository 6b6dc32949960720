package dev.sealift.client.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this version of the app has declared since it opened the store: the registers that it knows, and that its puts
 * therefore write whole. Immutable.
 */
record Declared(Map<String, Set<String>> columnsByTable) {
  static final Declared NOTHING = new Declared(Map.of());

  Declared {
    columnsByTable = Map.copyOf(columnsByTable);
  }

  Declared with(TableSchema table) {
    Map<String, Set<String>> more = new HashMap<>(columnsByTable);
    Set<String> columns = new HashSet<>(more.getOrDefault(table.name(), Set.of()));
    table.columns().stream()
        .filter(column -> column.type().kind() == null)
        .forEach(column -> columns.add(column.name()));
    more.put(table.name(), Set.copyOf(columns));
    return new Declared(more);
  }

  /** The columns that a put writes: those that the app knows or names; all, of a table that it takes as it is. */
  List<ColumnInfo> columns(TableInfo table, Set<String> named) {
    Set<String> known = columnsByTable.get(table.name());
    return known == null || known.size() >= table.columns().size()
        ? table.columns()
        : table.columns().stream()
            .filter(column -> known.contains(column.name()) || named.contains(column.name()))
            .toList();
  }
}
