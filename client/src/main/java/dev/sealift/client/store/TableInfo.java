package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.ValueLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table that the store has. Immutable; a change makes another one. */
final class TableInfo {
  /** What shows the key of a table whose declaration has not arrived. */
  static final String UNDECLARED_KEY = "key";

  private final int id;
  private final String name;
  private final String physical;
  private final SharedTable shared;
  private final @Nullable AppTable app;
  private final String label;
  private final List<ColumnInfo> columns;
  private final List<ColumnInfo> compounds;
  private final List<String> names;
  private final Map<String, ColumnInfo> byName = new HashMap<>();
  private final ColumnLabels labels;

  private TableInfo(
      int id,
      String name,
      String physical,
      SharedTable shared,
      @Nullable AppTable app,
      String label,
      List<ColumnInfo> columns,
      List<ColumnInfo> compounds) {
    this.id = id;
    this.name = name;
    this.physical = physical;
    this.shared = shared;
    this.app = app;
    this.label = label;
    this.columns = columns.stream().map(this::ofApp).toList();
    this.compounds = compounds.stream().map(this::ofApp).toList();
    this.names = columns.stream().map(ColumnInfo::name).toList();
    this.columns.forEach(column -> byName.put(column.name(), column));
    this.labels = ColumnLabels.of(all().toList(), app);
  }

  /** Without columns. */
  static TableInfo of(
      int id, String name, String physical, SharedTable shared, @Nullable AppTable app) {
    return new TableInfo(id, name, physical, shared, app, name, List.of(), List.of());
  }

  private ColumnInfo ofApp(ColumnInfo column) {
    AppColumn declared = app == null ? null : app.column(column);
    return Objects.equals(column.app(), declared) ? column : column.of(declared);
  }

  int id() {
    return id;
  }

  /** Its name in the space, for ever. */
  String name() {
    return name;
  }

  /** What it is called here: {@link Catalog} sees to it that no other table is. */
  String label() {
    return label;
  }

  /** What it would be called, were there no other tables. */
  String wantedLabel() {
    if (Names.isReserved(name)) {
      return name;
    }
    String shown = shared.shown() == null ? name : shared.shown();
    return app == null ? shown : app.name();
  }

  /** What a column is called here. */
  String labelOf(ColumnInfo column) {
    return labels.of(column);
  }

  /** What is called so here and can be seen: the table's name in the space; null when there is none. */
  @Nullable
  String columnCalled(String columnLabel) {
    return labels.find(columnLabel);
  }

  /** All columns that are called so here, also what is hidden. */
  List<ColumnInfo> labelled(String columnLabel) {
    return all().filter(column -> labels.of(column).equals(columnLabel)).toList();
  }

  /** The table of a label that can be seen. */
  static @Nullable TableInfo find(Map<String, TableInfo> tables, String label) {
    TableInfo table = tables.get(label);
    if (table == null || !table.label.equals(label)) {
      table = tables.values().stream()
          .filter(other -> other.label.equals(label))
          .findFirst()
          .orElse(null);
    }
    return table == null || table.isHidden() || Names.isReserved(table.name) ? null : table;
  }

  /** Whether it was dropped, and the app does not know it any more. */
  boolean isHidden() {
    return app == null && shared.dropped();
  }

  /** What this device's app says of it; null when it has not declared it. */
  @Nullable
  AppTable app() {
    return app;
  }

  SharedTable shared() {
    return shared;
  }

  /** The name of the real table. */
  String physical() {
    return physical;
  }

  String key() {
    if (app != null) {
      return app.key();
    }
    return shared.key() == null ? UNDECLARED_KEY : shared.key();
  }

  boolean isDeclared() {
    return shared.key() != null;
  }

  /** The registers, by cell: the column of cell n is at n - 1. */
  List<ColumnInfo> columns() {
    return columns;
  }

  /** The columns of compound cells, by cell: that of the first one, {@link ColumnInfo#FIRST_COMPOUND}, is at 0. */
  List<ColumnInfo> compounds() {
    return compounds;
  }

  /** The registers' names, by cell. */
  List<String> names() {
    return names;
  }

  /** Registers of a row that has them all, and the marker. */
  int cells() {
    return columns.size() + 1;
  }

  /** The column of a register or a compound cell. */
  ColumnInfo column(int cell) {
    return cell > RowState.MARKER
        ? columns.get(cell - 1)
        : compounds.get(ColumnInfo.FIRST_COMPOUND - cell);
  }

  /** The register of a name. */
  @Nullable
  ColumnInfo column(String columnName) {
    return byName.get(columnName);
  }

  /** A register that the table has. */
  ColumnInfo requireColumn(String columnName) {
    return Objects.requireNonNull(column(columnName), "the table has the column");
  }

  /** The column of compound cells of a name and kind. */
  @Nullable
  ColumnInfo compound(String columnName, CellKind kind) {
    for (ColumnInfo column : compounds) {
      if (column.kind() == kind && column.name().equals(columnName)) {
        return column;
      }
    }
    return null;
  }

  /** The column of a name in the space whose cells hold values of a kind; of null, the register. */
  ColumnInfo requireColumn(String columnName, @Nullable CellKind kind) {
    ColumnInfo column = kind == null ? column(columnName) : compound(columnName, kind);
    if (column == null) {
      throw LocalWriter.unknownColumn();
    }
    return column;
  }

  /** The cells of all that are called so here, also what is hidden. */
  Set<Integer> requireCells(String columnLabel) {
    Set<Integer> cells =
        labelled(columnLabel).stream().map(ColumnInfo::cell).collect(Collectors.toSet());
    if (cells.isEmpty()) {
      throw LocalWriter.unknownColumn();
    }
    return cells;
  }

  /** All that have a name: a register, and compound cells of several kinds, where apps are at odds. */
  List<ColumnInfo> named(String columnName) {
    return all().filter(column -> column.name().equals(columnName)).toList();
  }

  /**
   * The groups of some registers, as an event of them says it: numbers from 1 on, and 0 for what is by itself. Empty when all are.
   */
  List<Integer> groups(List<String> columnNames) {
    if (columns.stream().allMatch(column -> column.group() == null)) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    for (String columnName : columnNames) {
      ColumnInfo column = column(columnName);
      String group = column == null ? null : column.group();
      if (group != null && !found.contains(group)) {
        found.add(group);
      }
      groups.add(group == null ? 0 : 1 + found.indexOf(group));
    }
    return groups;
  }

  /** With all that are in a group with one of them, by cell. */
  List<ColumnInfo> withGroups(List<ColumnInfo> some) {
    Set<String> groups = some.stream()
        .map(ColumnInfo::group)
        .filter(Objects::nonNull)
        .filter(group -> members(group) <= ValueLimits.MAX_COLUMNS)
        .collect(Collectors.toSet());
    return groups.isEmpty()
        ? some
        : columns.stream()
            .filter(column -> some.contains(column)
                || (column.group() != null && groups.contains(column.group())))
            .toList();
  }

  /** A group of more than an event has room for is none. */
  private long members(String group) {
    return columns.stream().filter(column -> group.equals(column.group())).count();
  }

  private Stream<ColumnInfo> all() {
    return Stream.concat(columns.stream(), compounds.stream());
  }

  /** Those that can be seen, in the order in which every device shows them, whatever order they came in. */
  List<ColumnInfo> shown() {
    Map<String, Integer> positions = new HashMap<>();
    all().forEach(column -> positions.merge(column.name(), column.position(), Math::min));
    return all()
        .filter(column -> !column.isHidden())
        .sorted(Comparator.comparing((ColumnInfo column) -> positions.get(column.name()))
            .thenComparing(ColumnInfo::name)
            .thenComparing(column -> column.app() == null) // of one name what the app takes it for
            .thenComparing(ColumnInfo::position)
            .thenComparing(ColumnInfo::kind, Comparator.nullsFirst(Comparator.naturalOrder())))
        .toList();
  }

  /** Those too that were dropped. */
  List<ColumnInfo> allColumns() {
    return all().toList();
  }

  TableInfo withShared(SharedTable nowShared) {
    return new TableInfo(id, name, physical, nowShared, app, label, columns, compounds);
  }

  TableInfo withApp(@Nullable AppTable nowApp) {
    return new TableInfo(id, name, physical, shared, nowApp, label, columns, compounds);
  }

  TableInfo withLabel(String newLabel) {
    return new TableInfo(id, name, physical, shared, app, newLabel, columns, compounds);
  }

  /** With {@code column} in the place of its cell, or as a new one at the end. */
  TableInfo withColumn(ColumnInfo column) {
    return column.isCompound()
        ? new TableInfo(
            id,
            name,
            physical,
            shared,
            app,
            label,
            columns,
            with(compounds, ColumnInfo.FIRST_COMPOUND - column.cell(), column))
        : new TableInfo(
            id,
            name,
            physical,
            shared,
            app,
            label,
            with(columns, column.cell() - 1, column),
            compounds);
  }

  private static List<ColumnInfo> with(List<ColumnInfo> columns, int at, ColumnInfo column) {
    List<ColumnInfo> changed = new ArrayList<>(columns);
    if (at == changed.size()) {
      changed.add(column);
    } else {
      changed.set(at, column);
    }
    return changed;
  }
}
