package dev.sealift.client.store;

import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleSet;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads the rules of a space from its schema table: those whose table and columns are there. */
final class RuleReader {
  private final Map<String, TableInfo> tables;
  private final Map<String, Integer> counts = new HashMap<>();
  private final List<Reference> references = new ArrayList<>();
  private final List<Unique> uniques = new ArrayList<>();

  private RuleReader(Map<String, TableInfo> tables) {
    this.tables = tables;
  }

  /** @param prepare of the connection to read on */
  static RuleSet read(Function<String, Statement> prepare, Map<String, TableInfo> tables) {
    TableInfo schema = tables.get(SchemaTable.NAME);
    ColumnInfo key = schema == null ? null : schema.column(SchemaTable.KEY_COLUMN);
    ColumnInfo type = schema == null ? null : schema.column(SchemaTable.TYPE);
    if (schema == null || key == null || type == null) {
      return RuleSet.NONE;
    }
    RuleReader reader = new RuleReader(tables);
    try (Statement select = prepare.apply(TableSql.selectRules(schema, key, type))) {
      while (select.next()) {
        reader.add(select.text(1), select.value(2), select.value(3));
      }
    }
    return new RuleSet(reader.references, reader.uniques);
  }

  private void add(String key, Value keyColumn, Value type) {
    SchemaTable.reference(key, keyColumn, type)
        .filter(rule -> isThere(rule.table(), List.of(rule.column())) && hasRoom(rule.table()))
        .ifPresent(references::add);
    SchemaTable.unique(key, keyColumn)
        .filter(rule -> isThere(rule.table(), rule.columns()) && hasRoom(rule.table()))
        .ifPresent(uniques::add);
  }

  private boolean isThere(String table, List<String> columns) {
    TableInfo info = tables.get(table);
    return info != null && columns.stream().allMatch(column -> info.column(column) != null);
  }

  /** Of more than an app can declare the first ones count, by their keys. */
  private boolean hasRoom(String table) {
    return counts.merge(table, 1, Integer::sum) <= RuleCheck.MOST_RULES;
  }
}
