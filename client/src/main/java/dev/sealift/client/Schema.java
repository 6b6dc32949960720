package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.Column;
import dev.sealift.client.record.Key;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tables that an app keeps in a space. It travels, encrypted, with the data, so that whoever joins has the tables too.
 *
 * <pre>{@code
 * Schema schema = Schema.of(
 *     Schema.table("cities", "id").text("name").text("country").integer("population"));
 * }</pre>
 */
public final class Schema {
  /** No column has this name. */
  private static final String WHOLE_ROW = "*";

  private final List<TableSchema> tables;

  private Schema(List<TableSchema> tables) {
    this.tables = List.copyOf(tables);
  }

  /** A schema of these tables. */
  public static Schema of(TableBuilder... tables) {
    List<TableSchema> built = new ArrayList<>(tables.length);
    for (TableBuilder table : tables) {
      built.add(table.build());
    }
    return new Schema(built);
  }

  /** No tables yet: {@link Space#declare} adds them later, and other devices bring theirs. */
  public static Schema empty() {
    return new Schema(List.of());
  }

  /**
   * Starts a table.
   *
   * @param key the name under which queries see a row's key
   */
  public static TableBuilder table(String name, String key) {
    return new TableBuilder(name, key);
  }

  /**
   * A table for the records of a class: a column for each component, by its name or its {@link Column}'s, and the key by the component
   * marked {@link Key}.
   *
   * @throws SealiftException {@code INVALID_INPUT} for a record without a key, or with components of types that are not kept
   */
  public static TableBuilder table(String name, Class<? extends Record> type) {
    String key = RecordMapping.of(type)
        .keyColumn()
        .orElseThrow(() -> new SealiftException(
            ErrorCode.INVALID_INPUT,
            "No component of " + type.getSimpleName()
                + " is the key: mark one by @Key, or name a key and add columns("
                + type.getSimpleName()
                + ".class)."));
    return new TableBuilder(name, key).columns(type);
  }

  List<TableSchema> tables() {
    return tables;
  }

  /** A table being described: its columns in the order in which queries show them. */
  public static final class TableBuilder {
    private final String name;
    private final String key;
    private final List<ColumnSchema> columns = new ArrayList<>();
    private final Set<String> searchable = new LinkedHashSet<>();

    private TableBuilder(String name, String key) {
      this.name = name;
      this.key = key;
    }

    public TableBuilder text(String column) {
      return column(column, ColumnType.TEXT);
    }

    public TableBuilder integer(String column) {
      return column(column, ColumnType.INTEGER);
    }

    public TableBuilder real(String column) {
      return column(column, ColumnType.REAL);
    }

    public TableBuilder bytes(String column) {
      return column(column, ColumnType.BYTES);
    }

    /** A column for values of any kind. */
    public TableBuilder any(String column) {
      return column(column, ColumnType.ANY);
    }

    /** A column whose cells keep what was written concurrently, until a later write has seen it. */
    public TableBuilder multiValue(String column) {
      return column(column, ColumnType.MULTI_VALUE);
    }

    /** A column of sums of integers: what any device adds counts, offline too. */
    public TableBuilder counter(String column) {
      return column(column, ColumnType.COUNTER);
    }

    /** A column of sets of values, in which adding wins over a concurrent removal. */
    public TableBuilder set(String column) {
      return column(column, ColumnType.SET);
    }

    /** A column of updates that the app itself merges: what Yjs, Automerge or Loro make of a text, for instance. */
    public TableBuilder updates(String column) {
      return column(column, ColumnType.UPDATES);
    }

    /**
     * Columns that make sense only together, as latitude and longitude do: where two devices write to any of them, one of the two has them all. They are plain columns, and were named
     * before.
     */
    public TableBuilder group(String... together) {
      return group(List.of(together), together.length == 0 ? "" : together[0]);
    }

    /** All plain columns that were named so far are a group: of two concurrent writes to a row, one has the whole row. */
    public TableBuilder wholeRow() {
      return group(
          columns.stream()
              .filter(column -> column.type().isRegister())
              .map(ColumnSchema::name)
              .toList(),
          WHOLE_ROW);
    }

    private TableBuilder group(List<String> together, String group) {
      together.forEach(column -> Errors.checked(() -> requireGroupable(column)));
      columns.replaceAll(column -> together.contains(column.name())
          ? new ColumnSchema(column.name(), column.type(), Optional.of(group))
          : column);
      return this;
    }

    private void requireGroupable(String name) {
      boolean fits = columns.stream()
          .anyMatch(column -> column.name().equals(name)
              && column.type().isRegister()
              && column.group().isEmpty());
      if (!fits) {
        throw new StoreException(
            StoreException.Code.BAD_SCHEMA,
            "a group is of plain columns that were named before and are in no other group");
      }
    }

    /** The columns of a record's components, without its key. */
    public TableBuilder columns(Class<? extends Record> type) {
      RecordMapping<?> mapping = RecordMapping.of(type);
      columns.addAll(mapping.columns());
      searchable.addAll(mapping.searchable());
      return this;
    }

    public TableBuilder column(String column, ColumnType type) {
      columns.add(new ColumnSchema(column, type));
      return this;
    }

    /**
     * The column before this can be searched for words: see {@link Space#search}. That holds on every device, for the rows that are there already too, and for good; it costs some time and room
     * for each row that is written.
     *
     * @throws SealiftException {@code INVALID_INPUT} when there is none
     */
    public TableBuilder searchable() {
      if (columns.isEmpty()) {
        throw new SealiftException(
            ErrorCode.INVALID_INPUT, "There is no column yet to be searchable: name one first.");
      }
      searchable.add(columns.get(columns.size() - 1).name());
      return this;
    }

    private TableSchema build() {
      return Errors.checked(() -> new TableSchema(name, key, columns, searchable));
    }
  }
}
