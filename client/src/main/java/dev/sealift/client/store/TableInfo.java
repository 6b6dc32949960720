package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table that the store has. Immutable; a change makes another one. */
final class TableInfo {
  /** What shows the key of a table whose declaration has not arrived. */
  static final String UNDECLARED_KEY = "key";

  private final int id;
  private final String name;
  private final String physical;
  private final @Nullable String key;
  private final List<ColumnInfo> columns;
  private final List<String> names;
  private final Map<String, ColumnInfo> byName = new HashMap<>();

  TableInfo(int id, String name, String physical, @Nullable String key, List<ColumnInfo> columns) {
    this.id = id;
    this.name = name;
    this.physical = physical;
    this.key = key;
    this.columns = List.copyOf(columns);
    this.names = columns.stream().map(ColumnInfo::name).toList();
    columns.forEach(column -> byName.put(column.name(), column));
  }

  int id() {
    return id;
  }

  String name() {
    return name;
  }

  /** The name of the real table. */
  String physical() {
    return physical;
  }

  String key() {
    return key == null ? UNDECLARED_KEY : key;
  }

  boolean isDeclared() {
    return key != null;
  }

  /** By cell: the column of cell n is at n - 1. */
  List<ColumnInfo> columns() {
    return columns;
  }

  /** The columns' names, by cell. */
  List<String> names() {
    return names;
  }

  /** Cells of a row that has them all: the columns and the marker. */
  int cells() {
    return columns.size() + 1;
  }

  ColumnInfo column(int cell) {
    return columns.get(cell - 1);
  }

  @Nullable
  ColumnInfo column(String columnName) {
    return byName.get(columnName);
  }

  /** In the order in which every device shows them, whatever order they came in. */
  List<ColumnInfo> shown() {
    List<ColumnInfo> shown = new ArrayList<>(columns);
    shown.sort(Comparator.comparingInt(ColumnInfo::position).thenComparing(ColumnInfo::name));
    return Collections.unmodifiableList(shown);
  }

  TableInfo withKey(String newKey) {
    return new TableInfo(id, name, physical, newKey, columns);
  }

  /** With {@code column} in the place of its cell, or as a new one at the end. */
  TableInfo withColumn(ColumnInfo column) {
    List<ColumnInfo> changed = new ArrayList<>(columns);
    if (column.cell() > changed.size()) {
      changed.add(column);
    } else {
      changed.set(column.cell() - 1, column);
    }
    return new TableInfo(id, name, physical, key, changed);
  }
}
