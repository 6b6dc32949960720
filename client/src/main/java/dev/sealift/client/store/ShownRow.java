package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads one row's values by column, nulls included, in the order in which the columns are shown. */
final class ShownRow {
  private ShownRow() {}

  /** Runs a {@link TableSql#selectShown}. */
  static Optional<Map<String, Value>> read(TableInfo table, Statement select, String key) {
    select.bind(1, key);
    try {
      return select.next() ? Optional.of(values(table, select)) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /** Runs a {@link TableSql#selectPage}. By key, in order. */
  static Map<String, Map<String, Value>> page(
      TableInfo table, Statement select, String afterKey, int most) {
    Map<String, Map<String, Value>> rows = new LinkedHashMap<>();
    select.bind(1, afterKey).bind(2, most);
    try {
      while (select.next()) {
        rows.put(select.text(1), values(table, select));
      }
      return rows;
    } finally {
      select.reset();
    }
  }

  private static Map<String, Value> values(TableInfo table, Statement select) {
    Map<String, Value> values = new LinkedHashMap<>();
    int at = 2;
    for (ColumnInfo column : table.shown()) {
      values.putIfAbsent(table.labelOf(column), select.value(at)); // of one name the declared one
      at++;
    }
    return Collections.unmodifiableMap(values);
  }
}
