package dev.sealift.client.store;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a table are called on this device: by what its app calls them; else by the newest name in the space; else by the name that they were declared under. Where that would be one
 * name for two, the app's own comes first, then a column whose first name it is, then the others in the order of their first names: the later ones get a number behind a colon. Cells of several kinds under one name are called the same.
 */
final class ColumnLabels {
  /** By their names in the space. */
  private final Map<String, String> labels = new HashMap<>();

  /** Their names in the space, of those that can be seen. */
  private final Map<String, String> names = new HashMap<>();

  private ColumnLabels() {}

  static ColumnLabels of(List<ColumnInfo> columns, @Nullable AppTable app) {
    Map<String, String> wanted = new HashMap<>();
    Set<String> visible = new HashSet<>();
    for (ColumnInfo column : columns) {
      AppColumn declared = app == null ? null : app.columns().get(column.name());
      if (declared != null) {
        wanted.put(column.name(), declared.name());
      } else if (column.shared().shown() != null) {
        wanted.put(column.name(), column.shared().shown());
      } else {
        wanted.putIfAbsent(column.name(), column.name());
      }
      if (!column.isHidden()) {
        visible.add(column.name());
      }
    }
    ColumnLabels made = new ColumnLabels();
    Set<String> taken = new HashSet<>();
    inOrder(wanted, name -> app != null && app.columns().containsKey(name))
        .forEach(name -> made.add(name, distinct(taken, wanted.get(name)), visible.contains(name)));
    return made;
  }

  /** Which of some names in the space takes its label first. */
  static List<String> inOrder(Map<String, String> wanted, Predicate<String> isApps) {
    return wanted.keySet().stream()
        .sorted(Comparator.comparing((String name) -> !isApps.test(name))
            .thenComparing(name -> !wanted.get(name).equals(name))
            .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  static String distinct(Set<String> taken, String wanted) {
    String label = wanted;
    for (int i = 2; !taken.add(label); i++) {
      label = wanted + ':' + i;
    }
    return label;
  }

  private void add(String name, String label, boolean visible) {
    labels.put(name, label);
    if (visible) {
      names.put(label, name);
    }
  }

  String of(ColumnInfo column) {
    return labels.getOrDefault(column.name(), column.name());
  }

  @Nullable
  String find(String label) {
    return names.get(label);
  }
}
