package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was declared since the store was opened: the registers that the app, or a tool, knows, and that its puts
 * therefore write whole. By names in the space. Immutable.
 */
record Declared(Map<String, Set<String>> columnsByTable) {
  static final Declared NOTHING = new Declared(Map.of());

  Declared {
    columnsByTable = Map.copyOf(columnsByTable);
  }

  Declared with(TableSchema table) {
    Map<String, Set<String>> more = new HashMap<>(columnsByTable);
    Set<String> columns = new HashSet<>(more.getOrDefault(table.wire(), Set.of()));
    table.columns().stream()
        .filter(column -> column.type().kind() == null)
        .forEach(column -> columns.add(column.wire()));
    more.put(table.wire(), Set.copyOf(columns));
    return new Declared(more);
  }

  /** Whether the table was declared since the store was opened. */
  boolean has(TableSchema table) {
    return columnsByTable.containsKey(table.wire());
  }

  /**
   * The columns that a put writes: those that the app knows, also from before it opened the store, or names; all that can be seen, of a table that it takes as it is. Others may be of a newer version of the app, and
   * are left alone.
   */
  List<ColumnInfo> columns(TableInfo table, Set<String> named) {
    Set<String> known = columnsByTable.get(table.name());
    List<ColumnInfo> written = new ArrayList<>(table.columns().size());
    for (ColumnInfo column : table.columns()) {
      boolean knows = known == null ? isKnown(table, column) : known.contains(column.name());
      if (knows || named.contains(column.name())) {
        written.add(column);
      }
    }
    return written;
  }

  private static boolean isKnown(TableInfo table, ColumnInfo column) {
    return table.app() == null ? !column.isHidden() : column.app() != null;
  }
}
