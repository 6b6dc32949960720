package dev.sealift.client.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What tables are called on this device, by the rule of {@link ColumnLabels}. */
final class TableLabels {
  private TableLabels() {}

  /** The same tables, each by its name in the space, with labels that differ. Unmodifiable. */
  static Map<String, TableInfo> label(Map<String, TableInfo> tables) {
    Map<String, String> wanted = new HashMap<>();
    tables.forEach((name, table) -> wanted.put(name, table.wantedLabel()));
    Map<String, TableInfo> labelled = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (String name : ColumnLabels.inOrder(wanted, name -> tables.get(name).app() != null)) {
      TableInfo table = tables.get(name);
      String label = ColumnLabels.distinct(taken, wanted.get(name));
      labelled.put(name, label.equals(table.label()) ? table : table.withLabel(label));
    }
    return Map.copyOf(labelled);
  }
}
