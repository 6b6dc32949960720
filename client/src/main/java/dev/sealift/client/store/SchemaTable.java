package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reserved table in which declarations travel, as events like any others: so devices that join make their tables from
 * what they receive, and two devices that declare at once agree by the rule of every cell.
 *
 * <pre>
 * key                     key_column   type   position   together
 * t/&lt;table&gt;               its key's    null   null       null
 * c/&lt;table&gt;/&lt;column&gt;      null         name   from 0     its group, or null
 * s/&lt;table&gt;/&lt;column&gt;      null         null   null       null: the row being there says that the column is searchable
 * </pre>
 */
final class SchemaTable {
  static final String NAME = "sealift_schema";
  static final String KEY_COLUMN = "key_column";
  static final String TYPE = "type";
  static final String POSITION = "position";
  static final String TOGETHER = "together";
  static final List<String> COLUMNS = List.of(KEY_COLUMN, TYPE, POSITION, TOGETHER);

  private static final String TABLE_PREFIX = "t/";
  private static final String COLUMN_PREFIX = "c/";
  private static final String SEARCHABLE_PREFIX = "s/";

  private SchemaTable() {}

  static String tableKey(String table) {
    return TABLE_PREFIX + table;
  }

  static String columnKey(String table, String column) {
    return COLUMN_PREFIX + table + '/' + column;
  }

  static String searchableKey(String table, String column) {
    return SEARCHABLE_PREFIX + table + '/' + column;
  }

  /** The table that a row says something of; null for a row that does of none. */
  static @Nullable String about(String key) {
    String[] parts = key.split("/", -1);
    return parts.length > 1 ? parts[1] : null;
  }

  static Map<String, Value> tableRow(TableSchema table) {
    return Map.of(KEY_COLUMN, Value.of(table.key()));
  }

  static Map<String, Value> columnRow(ColumnSchema column, int position) {
    return Map.of(
        TYPE,
        Value.of(column.type().name()),
        POSITION,
        Value.of(position),
        TOGETHER,
        column.group().map(Value::of).orElse(Value.NULL));
  }

  /** The table that a row declares; null for a row that declares none. */
  static @Nullable String tableOf(String key) {
    return key.startsWith(TABLE_PREFIX) ? key.substring(TABLE_PREFIX.length()) : null;
  }

  /** The table and the column that a row declares; null for a row that declares none. */
  static String @Nullable [] columnOf(String key) {
    if (!key.startsWith(COLUMN_PREFIX)) {
      return null;
    }
    String[] parts = key.substring(COLUMN_PREFIX.length()).split("/", -1);
    return parts.length == 2 ? parts : null;
  }
}
