package dev.sealift.client.store;

import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements of a table's full-text index: SQLite's FTS5 over a view of the rows that are there, which keeps no text of its own.
 *
 * <p>Triggers on the real table note each row that changes, whatever writes it, with the text that it had; before the commit the index is brought up to all of them at once. FTS5 writes to disk whatever it has
 * gathered whenever a statement begins that could fail half-way, so following row by row took ten times as long.
 *
 * <pre>
 * "notes:search"(id UNINDEXED, title, text)      select id from "notes:search"('word') order by rank
 * </pre>
 *
 * Only text is indexed, whatever else stands in a column, and a default that is text where it holds null. Index and columns have the names that they were first declared under. The words are those of {@code unicode61}: letters and digits of any script, without case and accents.
 */
final class SearchSql {
  /** FTS5's own, which no column may be called. */
  private static final Set<String> RESERVED_COLUMNS = Set.of("rank", "rowid");

  /** Marks what was found in a snippet: of the private use area, so that hardly any text has them. */
  static final char MATCH_BEGIN = '\ue000';

  static final char MATCH_END = '\ue001';

  /** Words of a snippet. */
  private static final int SNIPPET_WORDS = 16;

  private final TableInfo table;
  private final List<ColumnInfo> columns;

  /** The index's columns: the key, then those that are searchable. */
  private final List<String> names = new ArrayList<>();

  /**
   * @param columns those that are searchable, by cell
   */
  SearchSql(TableInfo table, List<ColumnInfo> columns) {
    this.table = table;
    this.columns = columns;
    Set<String> taken = new HashSet<>(RESERVED_COLUMNS);
    names.add(TableSql.quoted(TableSql.distinct(taken, table.key())));
    columns.forEach(column -> names.add(TableSql.quoted(TableSql.distinct(taken, column.name()))));
  }

  /** No name of an app has a colon, and names of real tables differ also where SQLite does not tell apart upper and lower case. */
  static String index(TableInfo table) {
    return table.physical().substring(1) + ":search";
  }

  /** The folded names that a table's index takes, whether there is one or not: what FTS5 keeps it in has names of this kind too. */
  static Set<String> takenNames(TableInfo table) {
    Set<String> taken = new HashSet<>();
    for (String part : List.of("", "_data", "_idx", "_content", "_docsize", "_config")) {
      taken.add(Names.folded(index(table) + part));
    }
    return taken;
  }

  /** Result: key, snippet; the best first. Parameters: what to find, in FTS5's language; how many. */
  static String search(TableInfo table) {
    String index = TableSql.quoted(index(table));
    return "SELECT r._key, snippet(" + index + ", -1, '" + MATCH_BEGIN + "', '" + MATCH_END
        + "', '…', " + SNIPPET_WORDS + ") FROM " + index + "(?) f JOIN "
        + TableSql.quoted(table.physical()) + " r ON r._row = f.rowid ORDER BY f.rank LIMIT ?";
  }

  private String quotedIndex() {
    return TableSql.quoted(index(table));
  }

  private String own(String what) {
    return TableSql.quoted("_sealift_search_" + table.id() + "_" + what);
  }

  /** All that the index is made of; SQLite keeps these statements as they are, so that they can be compared. */
  List<String> create() {
    return List.of(
        createView(), createIndex(), createChanged(), onInsert(), onUpdate(), onDelete());
  }

  List<String> drop() {
    return List.of(
        "DROP TRIGGER IF EXISTS " + own("insert"),
        "DROP TRIGGER IF EXISTS " + own("update"),
        "DROP TRIGGER IF EXISTS " + own("delete"),
        "DROP TABLE IF EXISTS " + own("changed"),
        "DROP TABLE IF EXISTS " + quotedIndex(),
        "DROP VIEW IF EXISTS " + own("rows"));
  }

  /** Reads all rows. */
  String rebuild() {
    return "INSERT INTO " + quotedIndex() + "(" + quotedIndex() + ") VALUES ('rebuild')";
  }

  private String createView() {
    StringBuilder sql = new StringBuilder("CREATE VIEW ").append(own("rows"));
    sql.append(" AS SELECT _row, _key AS ").append(names.get(0));
    for (int i = 0; i < columns.size(); i++) {
      sql.append(", ").append(text("", columns.get(i))).append(" AS ").append(names.get(i + 1));
    }
    return sql.append(" FROM ")
        .append(TableSql.quoted(table.physical()))
        .append(" WHERE _removed IS NULL")
        .toString();
  }

  private String createIndex() {
    return "CREATE VIRTUAL TABLE " + quotedIndex() + " USING fts5(" + names.get(0) + " UNINDEXED, "
        + String.join(", ", names.subList(1, names.size()))
        + ", content=" + own("rows")
        + ", content_rowid=_row, tokenize='unicode61 remove_diacritics 2')";
  }

  private static String text(String row, ColumnInfo column) {
    String value = row + TableSql.quoted(column.physical());
    if (column.fallback() != Value.NULL) {
      value = "coalesce(" + value + ", " + TableSql.literal(column.fallback()) + ")";
    }
    return "CASE typeof(" + value + ") WHEN 'text' THEN " + value + " END";
  }

  private String texts(String row) {
    return columns.stream().map(column -> ", " + text(row, column)).collect(Collectors.joining());
  }

  /** Rows of this transaction, with what the index has of them: {@code was} is whether it has anything. Empty between transactions. */
  private String createChanged() {
    return "CREATE TABLE " + own("changed") + "(row INTEGER PRIMARY KEY, was" + olds() + ")";
  }

  private String olds() {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> ", c" + i)
        .collect(Collectors.joining());
  }

  private String trigger(String name, String event, String when, String values) {
    return "CREATE TRIGGER " + own(name) + " AFTER " + event + " ON "
        + TableSql.quoted(table.physical()) + " WHEN " + when + " BEGIN INSERT INTO "
        + own("changed") + " VALUES (" + values + ") ON CONFLICT DO NOTHING; END";
  }

  private String onInsert() {
    return trigger(
        "insert",
        "INSERT",
        "new._removed IS NULL",
        "new._row, 0" + ", NULL".repeat(columns.size()));
  }

  /** Many an update changes a row's state and no text. */
  private String onUpdate() {
    String changed = columns.stream()
        .map(column -> TableSql.quoted(column.physical()))
        .map(name -> " OR old." + name + " IS NOT new." + name)
        .collect(Collectors.joining());
    return trigger("update", "UPDATE", "old._removed IS NOT new._removed" + changed, old());
  }

  private String onDelete() {
    return trigger("delete", "DELETE", "old._removed IS NULL", old());
  }

  private String old() {
    return "old._row, old._removed IS NULL" + texts("old.");
  }

  /** A result when there is something to bring the index up to. */
  String isChanged() {
    return "SELECT 1 FROM " + own("changed");
  }

  /** Brings the index up to the changed rows, one after the other. FTS5 keeps no text and has to be told what it takes out. */
  List<String> follow() {
    String all = String.join(", ", names);
    return List.of(
        "INSERT INTO " + quotedIndex() + "(" + quotedIndex() + ", rowid, " + all
            + ") SELECT 'delete', row, NULL" + olds() + " FROM " + own("changed") + " WHERE was",
        "INSERT INTO " + quotedIndex() + "(rowid, " + all + ") SELECT r.* FROM " + own("changed")
            + " c CROSS JOIN " + own("rows") + " r ON r._row = c.row",
        "DELETE FROM " + own("changed"));
  }
}
