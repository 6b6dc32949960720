package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the database has that follows from the tables alone: the views that apps query, and the indexes of values that do not fit. SQLite keeps the text of each, so what is not as it should be is found by comparing, whatever
 * version made it.
 */
final class DerivedSchema {
  private final Db db;
  private final Map<String, TableInfo> tables;

  DerivedSchema(Db db, Map<String, TableInfo> tables) {
    this.db = db;
    this.tables = tables;
  }

  void refresh() {
    Map<String, String> wanted = new LinkedHashMap<>();
    views(wanted);
    for (TableInfo table : tables.values()) {
      Misfits.createIndex(table).ifPresent(sql -> wanted.put(Misfits.index(table), sql));
    }
    Map<String, String> there = there();
    there.forEach((name, sql) -> {
      if (!sql.equals(wanted.get(name))) {
        db.execute(
            (sql.startsWith("CREATE VIEW") ? "DROP VIEW " : "DROP INDEX ") + TableSql.quoted(name));
      }
    });
    wanted.forEach((name, sql) -> {
      if (!sql.equals(there.get(name))) {
        db.execute(sql);
      }
    });
  }

  /** By name. Those of full-text indexes are another class's. */
  private Map<String, String> there() {
    Map<String, String> there = new HashMap<>();
    try (Statement select =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND"
            + " (type = 'view' AND name NOT LIKE '\\_sealift\\_%' ESCAPE '\\'"
            + " OR type = 'index' AND substr(name, 1, length(?1)) = ?1)")) {
      select.bind(1, Misfits.INDEX_PREFIX);
      while (select.next()) {
        there.put(select.text(1), select.text(2));
      }
    }
    return there;
  }

  /** SQLite does not tell apart names that differ only in the case of ASCII letters. */
  private void views(Map<String, String> wanted) {
    Set<String> taken = new HashSet<>();
    tables.values().forEach(table -> taken.addAll(SearchSql.takenNames(table)));
    Set<String> making = new HashSet<>();
    Set<String> keeping = keeping();
    for (TableInfo table : inOrder()) {
      String view = TableSql.distinct(making, table.label());
      wanted.put(view, TableSql.createView(table, view));
      if (keeping.contains(table.name())) {
        String history = TableSql.historyView(taken, view);
        wanted.put(history, TableSql.createHistoryView(table, history));
      }
      for (ColumnInfo column : table.compounds()) {
        if (!column.isHidden()) {
          String parts = TableSql.partsView(taken, view, table.labelOf(column));
          wanted.put(parts, TableSql.createPartsView(table, column, parts));
        }
      }
    }
  }

  /** The names in the space of tables that keep more than what they show, by the log. */
  private Set<String> keeping() {
    Set<String> keeping = new HashSet<>();
    try (Statement select = db.prepare("SELECT name FROM _sealift_keep")) {
      while (select.next()) {
        keeping.add(select.text(1));
      }
    }
    return keeping;
  }

  private List<TableInfo> inOrder() {
    List<TableInfo> visible = new ArrayList<>();
    for (TableInfo table : tables.values()) {
      if (!table.isHidden()) {
        visible.add(table);
      }
    }
    visible.sort(Comparator.comparing((TableInfo table) -> table.app() == null)
        .thenComparing(TableInfo::label));
    return visible;
  }
}
