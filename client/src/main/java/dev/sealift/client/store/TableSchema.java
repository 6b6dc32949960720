package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.ValueLimits;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A table as an app declares it.
 *
 * @param key the name of the column that shows the row's key
 * @param columns the others, in the order in which they are shown
 * @param searchable those whose text is to be searched for words
 */
public record TableSchema(
    String name, String key, List<ColumnSchema> columns, Set<String> searchable) {
  /**
   * @throws dev.sealift.client.value.InvalidValueException for a name that is none
   * @throws StoreException for two columns of one name, or too many
   */
  public TableSchema {
    columns = List.copyOf(columns);
    Names.requireTable(name);
    requireColumns(key, columns);
    searchable = Collections.unmodifiableSet(new LinkedHashSet<>(searchable));
    requireText(columns, searchable);
  }

  /** A table without searchable columns. */
  public TableSchema(String name, String key, List<ColumnSchema> columns) {
    this(name, key, columns, Set.of());
  }

  private static void requireColumns(String key, List<ColumnSchema> columns) {
    if (columns.size() > ValueLimits.MAX_COLUMNS) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a table may have " + ValueLimits.MAX_COLUMNS
              + " columns beside its key; spread them over several tables");
    }
    Set<String> taken = new HashSet<>();
    requireNew(taken, key);
    columns.forEach(column -> requireNew(taken, column.name()));
  }

  private static void requireText(List<ColumnSchema> columns, Set<String> searchable) {
    for (String name : searchable) {
      boolean isText = columns.stream()
          .anyMatch(column -> column.name().equals(name) && column.type() == ColumnType.TEXT);
      if (!isText) {
        throw new StoreException(
            Code.BAD_SCHEMA, "only a column of text can be searchable; declare it as TEXT");
      }
    }
  }

  /** SQLite does not tell apart names that differ only in the case of ASCII letters. */
  private static void requireNew(Set<String> taken, String column) {
    Names.requireColumn(column);
    if (!taken.add(Names.folded(column))) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "two columns of a table have one name; upper and lower case count as the same: rename one");
    }
  }
}
