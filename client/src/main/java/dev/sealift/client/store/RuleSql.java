package dev.sealift.client.store;

import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.Rows.Presence;
import dev.sealift.client.rule.Unique;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What rules need in SQLite: an index for each, and triggers on the real tables that note each row that breaks one, whatever writes it, so that nothing is scanned after a change. What is noted is few: a row that breaks no rule costs
 * one look into an index.
 *
 * <pre>
 * _sealift_broken(tbl, row, due)      due: when to look at it, by the mesh's clock; 0 for at once. Row 0 of table 0 stands for all others
 * </pre>
 */
final class RuleSql {
  /** The beginning of the names of all indexes and triggers, and of nothing else. */
  static final String PREFIX = "_sealift_rule_";

  /** The table and row that stand for all that were noted. */
  static final int ALL = 0;

  static final List<String> CREATE_TABLES = List.of(
      "CREATE TABLE IF NOT EXISTS _sealift_broken(tbl INTEGER NOT NULL, row INTEGER NOT NULL, due INTEGER NOT NULL, PRIMARY KEY(tbl, row)) WITHOUT ROWID",
      "CREATE INDEX IF NOT EXISTS _sealift_broken_due ON _sealift_broken(due)",
      "CREATE TABLE IF NOT EXISTS _sealift_changed(tbl INTEGER NOT NULL, row INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY(tbl, row)) WITHOUT ROWID");

  private static final String NOTED = " ON CONFLICT(tbl, row) DO UPDATE SET due = 0";

  private RuleSql() {}

  /** Statements by the names of what they make, and what to run when one of it is new: it notes the rows that are there already. */
  record Made(Map<String, String> statements, List<String> scan) {}

  private static String note(int table, String row) {
    return "INSERT INTO _sealift_broken VALUES (" + table + ", " + row + ", 0)" + NOTED;
  }

  /** All that was noted is to be looked at again. */
  static String noteAll() {
    return note(ALL, Integer.toString(ALL));
  }

  private static String own(TableInfo table, String columns, String what) {
    return PREFIX + table.id() + "_" + columns + "_" + what;
  }

  private static String trigger(String name, String event, TableInfo on, String when, String does) {
    return "CREATE TRIGGER " + name + " AFTER " + event + " ON " + TableSql.quoted(on.physical())
        + " WHEN " + when + " BEGIN " + does + "; END";
  }

  // References

  /** A reference, where both its tables and its column are there. */
  record ReferenceSql(Reference rule, TableInfo child, ColumnInfo column, TableInfo parent) {
    private String ref(String row) {
      return row + "." + TableSql.quoted(column.physical());
    }

    private static String physical(TableInfo table) {
      return TableSql.quoted(table.physical());
    }

    private String own(String what) {
      return RuleSql.own(child, Integer.toString(column.cell()), what);
    }

    Made made() {
      Map<String, String> statements = new TreeMap<>();
      statements.put(own("index"), createIndex());
      if (rule.onRemove() == OnRemove.REPORT) {
        return new Made(statements, List.of());
      }
      statements.put(own("insert"), onChild("insert", "INSERT", ""));
      statements.put(
          own("update"),
          onChild(
              "update",
              "UPDATE",
              " AND (old._removed IS NOT NULL OR " + ref("old") + " IS NOT " + ref("new") + ")"));
      statements.put(own("remove"), onParent("remove", "UPDATE", "old._removed IS NULL AND "));
      statements.put(own("removed"), onParent("removed", "INSERT", ""));
      if (rule.onRemove() == OnRemove.RESTAMP) {
        statements.put(own("release"), onRelease());
      }
      return new Made(statements, List.of(scan()));
    }

    private String createIndex() {
      String name = TableSql.quoted(column.physical());
      return "CREATE INDEX " + own("index") + " ON " + physical(child) + "(" + name
          + ", _key) WHERE " + name + " IS NOT NULL";
    }

    private String isReference(String row) {
      return "typeof(" + ref(row) + ") IN ('text', 'integer')";
    }

    private String onChild(String name, String event, String and) {
      String when = "new._removed IS NULL AND " + isReference("new") + and
          + " AND EXISTS (SELECT 1 FROM " + physical(parent) + " p WHERE p._key = CAST("
          + ref("new") + " AS TEXT) AND p._removed IS NOT NULL)";
      return trigger(own(name), event, child, when, note(child.id(), "new._row"));
    }

    private String onParent(String name, String event, String and) {
      String does = "INSERT INTO _sealift_broken SELECT " + child.id() + ", c._row, 0 FROM "
          + physical(child) + " c WHERE " + ref("c") + " IN (new._key, "
          + integerOf("new._key") + ") AND c._removed IS NULL" + NOTED;
      return trigger(own(name), event, parent, and + "new._removed IS NOT NULL", does);
    }

    /** A row that held another does so no more: what it held may be answered now. */
    private String onRelease() {
      String when = "old._removed IS NULL AND " + isReference("old")
          + " AND (new._removed IS NOT NULL OR " + ref("old") + " IS NOT " + ref("new")
          + ") AND EXISTS (SELECT 1 FROM _sealift_broken)";
      return trigger(own("release"), "UPDATE", child, when, noteAll());
    }

    private String scan() {
      return "INSERT INTO _sealift_broken SELECT " + child.id() + ", c._row, 0 FROM "
          + physical(child) + " c CROSS JOIN " + physical(parent) + " p ON p._key = CAST("
          + ref("c") + " AS TEXT) WHERE c._removed IS NULL AND " + isReference("c")
          + " AND p._removed IS NOT NULL" + NOTED;
    }

    /** The whole number whose digits a key is; null of another key. */
    private static String integerOf(String key) {
      return "CASE WHEN CAST(CAST(" + key + " AS INTEGER) AS TEXT) = " + key + " THEN CAST(" + key
          + " AS INTEGER) END";
    }

    /** Result: the key that a row refers to. Parameter: the row's key. */
    String target() {
      return "SELECT CAST(" + ref("c") + " AS TEXT) FROM " + physical(child)
          + " c WHERE c._key = ? AND " + isReference("c");
    }

    /** Result: keys, in their order. Parameters: the key that is referred to, the key before, how many. */
    String referring(Presence presence) {
      return "SELECT c._key FROM " + physical(child) + " c WHERE " + ref("c") + " IN (?1, "
          + integerOf("?1") + ") AND c._key > ?2 AND c._removed IS "
          + (presence == Presence.THERE ? "NULL" : "NOT NULL") + " ORDER BY c._key LIMIT ?3";
    }
  }

  /** Result: key, the key that it refers to, meta of that row if there is one. Parameter: how many. {@code parent} may be missing. */
  static String violations(TableInfo child, ColumnInfo column, @Nullable TableInfo parent) {
    String ref = "c." + TableSql.quoted(column.physical());
    String there = parent == null
        ? ""
        : " LEFT JOIN " + TableSql.quoted(parent.physical()) + " p ON p._key = CAST(" + ref
            + " AS TEXT)";
    return "SELECT c._key, CAST(" + ref + " AS TEXT), " + (parent == null ? "NULL" : "p._meta")
        + " FROM " + TableSql.quoted(child.physical()) + " c" + there
        + " WHERE c._removed IS NULL AND typeof(" + ref + ") IN ('text', 'integer')"
        + (parent == null ? "" : " AND (p._row IS NULL OR p._removed IS NOT NULL)")
        + " ORDER BY c._key LIMIT ?";
  }

  // Unique values

  /** A unique rule, where its table and columns are there. */
  record UniqueSql(Unique rule, TableInfo table, List<ColumnInfo> columns) {
    private String physical() {
      return TableSql.quoted(table.physical());
    }

    private String own(String what) {
      String cells = columns.stream()
          .map(column -> Integer.toString(column.cell()))
          .collect(Collectors.joining("_"));
      return RuleSql.own(table, "u" + cells, what);
    }

    private String all(String between, UnaryOperator<String> each) {
      return columns.stream()
          .map(column -> each.apply(TableSql.quoted(column.physical())))
          .collect(Collectors.joining(between));
    }

    private String list() {
      return all(", ", name -> name);
    }

    Made made() {
      Map<String, String> statements = new TreeMap<>();
      statements.put(own("index"), createIndex());
      if (rule.rename().isEmpty()) { // nothing is answered, and nothing need be noted
        return new Made(statements, List.of());
      }
      statements.put(own("insert"), onWrite("insert", "INSERT", ""));
      statements.put(
          own("update"),
          onWrite(
              "update",
              "UPDATE",
              " AND (old._removed IS NOT NULL OR "
                  + all(" OR ", name -> "old." + name + " IS NOT new." + name) + ")"));
      return new Made(statements, List.of(scan()));
    }

    private String createIndex() {
      return "CREATE INDEX " + own("index") + " ON " + physical() + "(" + list() + ", _key) WHERE "
          + all(" AND ", name -> name + " IS NOT NULL");
    }

    private String onWrite(String name, String event, String and) {
      String when = "new._removed IS NULL" + and + " AND EXISTS (SELECT 1 FROM " + physical()
          + " o WHERE " + all(" AND ", column -> "o." + column + " = new." + column)
          + " AND o._row <> new._row AND o._removed IS NULL)";
      return trigger(own(name), event, table, when, note(table.id(), "new._row"));
    }

    private String scan() {
      return "INSERT INTO _sealift_broken SELECT " + table.id() + ", min(_row), 0 FROM "
          + physical() + " WHERE _removed IS NULL AND "
          + all(" AND ", name -> name + " IS NOT NULL")
          + " GROUP BY " + list() + " HAVING count(*) > 1" + NOTED;
    }

    /** Result: key, meta; of rows with the values of one, itself among them. Parameters: its key, how many. */
    String claimants() {
      return "SELECT o._key, o._meta FROM " + physical() + " r CROSS JOIN " + physical()
          + " o ON " + all(" AND ", name -> "o." + name + " = r." + name)
          + " WHERE r._key = ? AND r._removed IS NULL AND o._removed IS NULL LIMIT ?";
    }

    /** Result: the key of a row that has these values and is another one. Parameters: the values, the key of the one. */
    String other() {
      return "SELECT _key FROM " + physical() + " WHERE " + all(" AND ", name -> name + " = ?")
          + " AND _removed IS NULL AND _key <> ? LIMIT 1";
    }

    /** Result: a number for each set of values that several rows have, key, meta; by values and keys. */
    String violations() {
      return "SELECT dense_rank() OVER (ORDER BY " + list() + "), _key, _meta FROM " + physical()
          + " WHERE _removed IS NULL AND (" + list() + ") IN (SELECT " + list() + " FROM "
          + physical() + " WHERE _removed IS NULL AND "
          + all(" AND ", name -> name + " IS NOT NULL") + " GROUP BY " + list()
          + " HAVING count(*) > 1) ORDER BY 1, 2";
    }
  }
}
