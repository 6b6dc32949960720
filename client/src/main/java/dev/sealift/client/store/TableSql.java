package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements on one table. The real table keeps a row for every key ever written, also the removed ones; the view of
 * the app's name shows those that are there.
 *
 * <pre>
 * _cities(_row INTEGER PRIMARY KEY, _key TEXT NOT NULL UNIQUE, _meta BLOB NOT NULL, _removed, name, country, …)
 * cities(id, name, country, …)
 * </pre>
 *
 * Columns have no type and so no affinity: what was written comes back. {@code _meta} is {@link
 * dev.sealift.client.merge.RowState}; {@code _removed} is null or 1.
 */
final class TableSql {
  /** From this many cells on their number takes two bytes of a state, and states do not compare as bytes. */
  static final int COMPARABLE_CELLS = 128;

  /** Puts compound cells of one name in the order of their kinds; {@code c} is {@code _sealift_column}. */
  static final String KIND_ORDER =
      "CASE c.kind WHEN 'MULTI_VALUE' THEN 1 WHEN 'COUNTER' THEN 2 WHEN 'SET' THEN 3 ELSE 4 END";

  /** A hybrid time shifted right has copies of its highest bit above its milliseconds. */
  private static final long MILLIS_MASK = (1L << 48) - 1;

  private TableSql() {}

  /** The milliseconds of an expression that is a hybrid time. */
  static String millis(String time) {
    return "((" + time + " >> 16) & " + MILLIS_MASK + ")";
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String createTable(TableInfo table) {
    return "CREATE TABLE "
        + quoted(table.physical())
        + "(_row INTEGER PRIMARY KEY, _key TEXT NOT NULL UNIQUE, _meta BLOB NOT NULL, _removed)";
  }

  static String addColumn(TableInfo table, ColumnInfo column) {
    return "ALTER TABLE " + quoted(table.physical()) + " ADD COLUMN " + quoted(column.physical());
  }

  static String dropView(String view) {
    return "DROP VIEW IF EXISTS " + quoted(view);
  }

  static String createView(TableInfo table, String view) {
    Set<String> taken = new HashSet<>();
    StringBuilder sql =
        new StringBuilder("CREATE VIEW ").append(quoted(view)).append(" AS SELECT _key AS ");
    sql.append(quoted(distinct(taken, table.key())));
    for (ColumnInfo column : table.shown()) {
      sql.append(", ")
          .append(shown(table, column))
          .append(" AS ")
          .append(quoted(distinct(taken, table.labelOf(column))));
    }
    return sql.append(" FROM ")
        .append(quoted(table.physical()))
        .append(" WHERE _removed IS NULL")
        .toString();
  }

  /** What people see of a column: what it holds; else what a lens makes of another one; else its default. */
  private static String shown(TableInfo table, ColumnInfo column) {
    List<String> first = new ArrayList<>(List.of(quoted(column.physical())));
    if (column.kind() != null) {
      first.add(Rendering.emptySql(column.kind()));
    }
    lensSource(table, column)
        .ifPresent(source -> first.add(
            Lenses.apply(column.app().through(), column.takes(), quoted(source.physical()))));
    if (column.fallback() != Value.NULL) {
      first.add(literal(column.fallback()));
    }
    return first.size() == 1 ? first.get(0) : "coalesce(" + String.join(", ", first) + ")";
  }

  /** What a column is seen from through a lens, if the table has that. */
  static Optional<ColumnInfo> lensSource(TableInfo table, ColumnInfo column) {
    AppColumn app = column.app();
    return app == null || app.through() == null
        ? Optional.empty()
        : Optional.ofNullable(table.column(app.through().source()));
  }

  /** A value as SQL. Text by its bytes: it may have any character. */
  static String literal(Value value) {
    return switch (value.kind()) {
      case NULL -> "NULL";
      case INT -> literal(((Value.Int) value).value());
      case REAL -> literal(((Value.Real) value).value());
      case TEXT ->
        "CAST(" + literal(((Value.Text) value).value().getBytes(StandardCharsets.UTF_8))
            + " AS TEXT)";
      case BLOB -> literal(((Value.Blob) value).value().toByteArray());
    };
  }

  /** The least has no literal: its digits alone are beyond 64 bits. */
  private static String literal(long value) {
    return value == Long.MIN_VALUE ? "(-9223372036854775807 - 1)" : Long.toString(value);
  }

  private static String literal(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "9e999" : "-9e999";
    }
    return Double.toString(value);
  }

  private static String literal(byte[] value) {
    return "x'" + HexFormat.of().formatHex(value) + "'";
  }

  /** What shows the parts of a table's compound cells of one column: no name of an app has a colon. */
  static String partsView(Set<String> taken, String view, String column) {
    return distinct(taken, view + ":" + column);
  }

  /** Result: key, value, when it was written in Unix milliseconds, and by which device; of rows that are there. */
  static String createPartsView(TableInfo table, ColumnInfo column, String view) {
    return "CREATE VIEW " + quoted(view) + " AS SELECT r._key AS " + quoted(table.key())
        + ", p.value AS value, " + millis("p.t")
        + " AS written, lower(hex(d.device)) AS device FROM " + quoted(table.physical())
        + " r JOIN _sealift_part p ON p.tbl = " + table.id()
        + " AND p.row = r._row AND p.aside = 0 AND p.cell = " + column.cell()
        + " AND p.dropped = 0 JOIN _sealift_device d ON d.idx = p.device WHERE r._removed IS NULL";
  }

  /** What shows the events that are kept of a table. */
  static String historyView(Set<String> taken, String view) {
    return distinct(taken, view + ":history");
  }

  /**
   * Result: key, column (null of the row as such), what was done, value, when it was written in Unix milliseconds, by which device, where in the log and when that was, by the mesh's clock.
   */
  static String createHistoryView(TableInfo table, String view) {
    return "CREATE VIEW " + quoted(view) + " AS SELECT h.key AS " + quoted(table.key())
        + ", " + labelSql(table, "h.cell") + " AS \"column\", " + Journal.nameSql("h.op")
        + " AS what, h.value AS value, " + millis("h.t")
        + " AS written, lower(hex(d.device)) AS device, h.sequence AS sequence, h.server_time AS admitted"
        + " FROM _sealift_history h JOIN _sealift_device d ON d.idx = h.device WHERE h.tbl = "
        + table.id();
  }

  /** What a column is called here, of an expression that is its cell; null of the row as such. */
  private static String labelSql(TableInfo table, String cell) {
    StringBuilder sql = new StringBuilder("CASE ").append(cell);
    sql.append(" WHEN ").append(RowState.MARKER).append(" THEN NULL");
    for (ColumnInfo column : table.allColumns()) {
      sql.append(" WHEN ").append(column.cell()).append(" THEN ");
      sql.append(literal(Value.of(table.labelOf(column))));
    }
    return sql.append(" END").toString();
  }

  /** Of names that SQLite does not tell apart the first one is shown as it is; no name of an app has a colon. */
  static String distinct(Set<String> taken, String name) {
    String shown = name;
    for (int i = 2; !taken.add(Names.folded(shown)); i++) {
      shown = name + ':' + i;
    }
    return shown;
  }

  /**
   * A whole row by a write of this device, if its key is new, or if everything that is there is by one put of this device that waits to be packed. The state of such a row is
   * as long as the new one's, and begins with the bytes 21 ‖ cells ‖ time ‖ sequence. Parameters: key, meta, columns by cell, the bytes of the first time that
   * waits. Result: row; nothing when another write or another device has a part in it.
   */
  static String putOver(TableInfo table) {
    return insert(table, "INSERT INTO ", table.columns())
        + " ON CONFLICT(_key) DO UPDATE SET _meta = excluded._meta"
        + assignExcluded(table)
        + " WHERE substr(_meta, 1, 2) = substr(excluded._meta, 1, 2)"
        + " AND substr(_meta, 11) = substr(excluded._meta, 11)"
        + " AND substr(_meta, 3, 8) >= ?"
        + " RETURNING _row";
  }

  /** A row if its key is new. Parameters: key, meta, columns by cell. */
  static String insertIfNew(TableInfo table) {
    return insert(table, "INSERT INTO ", table.columns()) + " ON CONFLICT(_key) DO NOTHING";
  }

  /**
   * A whole row if its key is new, or if one older put wrote everything that is there, which the author had seen. The state of such a row begins with the
   * bytes 21 ‖ cells ‖ time ‖ sequence ‖ device; times and sequences compare as bytes. Parameters: key, meta, columns by cell, the bytes of the time of this device's last
   * write that the author had seen, and those of the sequence up to which it had seen the log.
   */
  static String insertOrOutrank(TableInfo table) {
    return insert(table, "INSERT INTO ", table.columns())
        + " ON CONFLICT(_key) DO UPDATE SET _meta = excluded._meta"
        + assignExcluded(table)
        + " WHERE substr(_meta, 1, 2) = substr(excluded._meta, 1, 2)"
        + " AND substr(_meta, 3, 8) < substr(excluded._meta, 3, 8)"
        + " AND CASE WHEN substr(_meta, 11, 6) = x'000000000000' THEN substr(_meta, 3, 8) <= ?"
        + " ELSE substr(_meta, 11, 6) <= ? OR substr(_meta, 17) = substr(excluded._meta, 17) END";
  }

  /** A row of some columns. Parameters: key, meta, removed, the columns. */
  static String insertSome(TableInfo table, List<ColumnInfo> columns) {
    return "INSERT INTO "
        + quoted(table.physical())
        + "(_key, _meta, _removed"
        + columns.stream()
            .map(column -> ", " + quoted(column.physical()))
            .collect(Collectors.joining())
        + ") VALUES (?, ?, ?"
        + ", ?".repeat(columns.size())
        + ") RETURNING _row";
  }

  /** Parameters: meta, removed, the columns, row. */
  static String updateSome(TableInfo table, List<ColumnInfo> columns) {
    return "UPDATE "
        + quoted(table.physical())
        + " SET _meta = ?, _removed = ?"
        + columns.stream()
            .map(column -> ", " + quoted(column.physical()) + " = ?")
            .collect(Collectors.joining())
        + " WHERE _row = ?";
  }

  /** Result: row, meta, columns by cell. Parameter: key. */
  static String selectByKey(TableInfo table) {
    return "SELECT _row, _meta" + columnList(table.columns()) + " FROM " + quoted(table.physical())
        + " WHERE _key = ?";
  }

  /** Result: row, meta, key. Parameter: row. */
  static String selectByRow(TableInfo table) {
    return "SELECT _row, _meta, _key FROM " + quoted(table.physical()) + " WHERE _row = ?";
  }

  /** Result: row, meta, columns by cell, key. Parameter: row. */
  static String selectAllByRow(TableInfo table) {
    return "SELECT _row, _meta" + columnList(table.columns()) + ", _key FROM "
        + quoted(table.physical()) + " WHERE _row = ?";
  }

  /** Result: row, meta; all rows. */
  static String scanStates(TableInfo table) {
    return "SELECT _row, _meta FROM " + quoted(table.physical());
  }

  /** Result: key; all rows, removed ones too, from a key on, in the order of their keys. */
  static String selectKeysFrom(TableInfo table) {
    return "SELECT _key FROM " + quoted(table.physical()) + " WHERE _key >= ? ORDER BY _key";
  }

  /** Result: key, columns by cell, row; rows that are there, in the order of their keys. */
  static String scan(TableInfo table) {
    return "SELECT _key" + columnList(table.columns()) + ", _row FROM " + visible(table)
        + " ORDER BY _key";
  }

  /** Result: row, meta, columns by cell, key; all rows, in the order of their keys. */
  static String scanAll(TableInfo table) {
    return "SELECT _row, _meta" + columnList(table.columns()) + ", _key FROM "
        + quoted(table.physical()) + " ORDER BY _key";
  }

  /** As {@link #scanAll}, from a key on. Parameter: key. */
  static String scanAllFrom(TableInfo table) {
    return "SELECT _row, _meta" + columnList(table.columns()) + ", _key FROM "
        + quoted(table.physical()) + " WHERE _key >= ? ORDER BY _key";
  }

  /** Result: key, the shown columns. */
  static String scanShown(TableInfo table) {
    return "SELECT _key AS " + quoted(table.key()) + named(table) + " FROM " + visible(table)
        + " ORDER BY _key";
  }

  /** Result: the shown columns. Parameter: key. */
  static String selectShown(TableInfo table) {
    return "SELECT _key" + shownList(table) + " FROM " + visible(table) + " AND _key = ?";
  }

  /** Result: the number of a row that is there. Parameter: key. */
  static String selectRow(TableInfo table) {
    return "SELECT _row FROM " + visible(table) + " AND _key = ?";
  }

  /** Result: key, the shown columns; rows in the order of their keys. Parameters: the key before, how many. */
  static String selectPage(TableInfo table) {
    return "SELECT _key" + shownList(table) + " FROM " + visible(table)
        + " AND _key > ? ORDER BY _key LIMIT ?";
  }

  /** Result: the cell of a row that is there. Parameter: key. */
  static String selectCell(TableInfo table, ColumnInfo column) {
    return "SELECT " + shown(table, column) + " FROM " + visible(table) + " AND _key = ?";
  }

  /** Result: key, what is in two columns; rows of the schema table that say something of rules, in the order of their keys. */
  static String selectRules(TableInfo schema, ColumnInfo keyColumn, ColumnInfo type) {
    return "SELECT _key, " + quoted(keyColumn.physical()) + ", " + quoted(type.physical())
        + " FROM " + visible(schema) + " AND substr(_key, 1, 2) IN ('f/', 'u/') ORDER BY _key";
  }

  static String count(TableInfo table) {
    return "SELECT count(*) FROM " + visible(table);
  }

  /** Result: time, op, seen, key, meta, columns by cell. Parameters: first and last time of journal entries on this table. */
  static String journalled(TableInfo table) {
    return "SELECT j.t, j.op, j.seen, r._key, r._meta"
        + table.columns().stream()
            .map(column -> ", r." + quoted(column.physical()))
            .collect(Collectors.joining())
        + " FROM _sealift_journal j CROSS JOIN "
        + quoted(table.physical())
        + " r ON r._row = j.row WHERE j.t BETWEEN ? AND ? ORDER BY j.t";
  }

  /** Result: time, op, seen, key, cell, value. Parameters: first and last time of journal entries about compound cells of this table. */
  static String journalledParts(TableInfo table) {
    return "SELECT j.t, j.op, j.seen, r._key, o.cell, o.value FROM _sealift_journal j CROSS JOIN _sealift_op o"
        + " ON o.t = j.t CROSS JOIN " + quoted(table.physical())
        + " r ON r._row = j.row WHERE j.t BETWEEN ? AND ? ORDER BY j.t";
  }

  private static String shownList(TableInfo table) {
    return table.shown().stream()
        .map(column -> ", " + shown(table, column))
        .collect(Collectors.joining());
  }

  private static String visible(TableInfo table) {
    return quoted(table.physical()) + " WHERE _removed IS NULL";
  }

  private static String insert(TableInfo table, String verb, Collection<ColumnInfo> columns) {
    return verb
        + quoted(table.physical())
        + "(_key, _meta"
        + columnList(columns)
        + ") VALUES ("
        + IntStream.range(0, columns.size() + 2)
            .mapToObj(i -> "?")
            .collect(Collectors.joining(", "))
        + ")";
  }

  private static String assignExcluded(TableInfo table) {
    return table.columns().stream()
        .map(
            column -> ", " + quoted(column.physical()) + " = excluded." + quoted(column.physical()))
        .collect(Collectors.joining());
  }

  private static String columnList(Collection<ColumnInfo> columns) {
    return columns.stream()
        .map(column -> ", " + quoted(column.physical()))
        .collect(Collectors.joining());
  }

  private static String named(TableInfo table) {
    return table.shown().stream()
        .map(column -> ", " + shown(table, column) + " AS " + quoted(table.labelOf(column)))
        .collect(Collectors.joining());
  }
}
