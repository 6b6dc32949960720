package dev.sealift.client;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables that an app keeps in a space. It travels, encrypted, with the data, so that whoever joins has the tables too.
 *
 * <pre>{@code
 * Schema schema = Schema.of(
 *     Schema.table("cities", "id").text("name").text("country").integer("population"));
 * }</pre>
 */
public final class Schema {
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

  List<TableSchema> tables() {
    return tables;
  }

  /** A table being described: its columns in the order in which queries show them. */
  public static final class TableBuilder {
    private final String name;
    private final String key;
    private final List<ColumnSchema> columns = new ArrayList<>();

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

    public TableBuilder column(String column, ColumnType type) {
      columns.add(new ColumnSchema(column, type));
      return this;
    }

    private TableSchema build() {
      return Errors.checked(() -> new TableSchema(name, key, columns));
    }
  }
}
