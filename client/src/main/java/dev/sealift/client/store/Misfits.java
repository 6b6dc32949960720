package dev.sealift.client.store;

import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds values that do not fit their columns. An index of each table has the rows with one, and nothing of the others: so they are found without looking at others. What lenses fail
 * at is found by trying all rows of the tables that have lenses.
 */
final class Misfits {
  static final String INDEX_PREFIX = "_sealift_misfit_";

  /** Rows that are counted of a table: more is as bad. */
  private static final int MAX_COUNTED_ROWS = 10_000;

  private final Reader reader;
  private final List<TableInfo> tables;

  Misfits(Reader reader, Collection<TableInfo> tables) {
    this.reader = reader;
    this.tables = tables.stream()
        .filter(Misfits::isLookedAt)
        .sorted(Comparator.comparing(TableInfo::label))
        .toList();
  }

  private static boolean isLookedAt(TableInfo table) {
    return !table.isHidden() && !Names.isReserved(table.name());
  }

  static String index(TableInfo table) {
    return INDEX_PREFIX + table.id();
  }

  /** Empty of a table whose columns take anything. */
  static Optional<String> createIndex(TableInfo table) {
    return isLookedAt(table) && !typed(table).isEmpty()
        ? Optional.of("CREATE INDEX " + TableSql.quoted(index(table)) + " ON "
            + TableSql.quoted(table.physical()) + "(_key) WHERE " + condition(table))
        : Optional.empty();
  }

  private static List<ColumnInfo> typed(TableInfo table) {
    return table.columns().stream()
        .filter(column -> !column.isHidden() && column.takes() != ColumnType.ANY)
        .toList();
  }

  /** Of a row that is there and has a misfit. */
  private static String condition(TableInfo table) {
    return "_removed IS NULL AND "
        + balanced(typed(table).stream().map(Misfits::misfits).toList(), " OR ");
  }

  /** One expression of many, which SQLite takes up to a depth of 1,000 only. */
  private static String balanced(List<String> terms, String operator) {
    if (terms.size() == 1) {
      return "(" + terms.get(0) + ")";
    }
    int half = terms.size() / 2;
    return "(" + balanced(terms.subList(0, half), operator) + operator
        + balanced(terms.subList(half, terms.size()), operator) + ")";
  }

  private static String misfits(ColumnInfo column) {
    String fitting = switch (column.takes()) {
      case INTEGER -> "'integer'";
      case REAL -> "'integer', 'real'";
      case TEXT -> "'text'";
      case BYTES -> "'blob'";
      default -> throw new IllegalArgumentException("a column of this type takes anything");
    };
    return "typeof(" + TableSql.quoted(column.physical()) + ") NOT IN ('null', " + fitting + ")";
  }

  /** How many values do not fit, up to a bound; what lenses fail at is not among them. */
  long count() {
    return tables.stream()
        .filter(table -> !typed(table).isEmpty())
        .mapToLong(this::count)
        .sum();
  }

  private long count(TableInfo table) {
    String each = balanced(typed(table).stream().map(Misfits::misfits).toList(), " + ");
    try (Statement select = reader.prepare("SELECT coalesce(sum(n), 0) FROM (SELECT " + each
        + " AS n FROM " + TableSql.quoted(table.physical()) + " INDEXED BY "
        + TableSql.quoted(index(table)) + " WHERE " + condition(table) + " LIMIT "
        + MAX_COUNTED_ROWS + ")")) {
      return select.next() ? select.integer(1) : 0;
    }
  }

  /**
   * The first of them behind one, by table, key and column.
   *
   * @param after null for the first page
   */
  List<Misfit> page(@Nullable Misfit after, int most) {
    List<Misfit> found = new ArrayList<>();
    for (TableInfo table : tables) {
      int order = after == null ? 1 : table.label().compareTo(after.table());
      if (order >= 0 && found.size() < most) {
        addOf(table, order == 0 ? after : null, most, found);
      }
    }
    return found;
  }

  private void addOf(TableInfo table, @Nullable Misfit after, int most, List<Misfit> found) {
    List<ColumnInfo> seen = table.columns().stream()
        .filter(column -> TableSql.lensSource(table, column).isPresent())
        .toList();
    if (typed(table).isEmpty() && seen.isEmpty()) {
      return;
    }
    try (Statement select = reader.prepare(select(table, seen))) {
      select.bind(1, after == null ? "" : after.key()).bind(2, most + 1);
      while (found.size() < most && select.next()) {
        String key = select.text(1);
        for (Misfit misfit : ofRow(table, seen, key, select)) {
          boolean behind = after == null
              || !key.equals(after.key())
              || misfit.column().compareTo(after.column()) > 0;
          if (behind && found.size() < most) {
            found.add(misfit);
          }
        }
      }
    }
  }

  /** Result: key; of each column that has a type its value, for SQLite gives 2,000 columns at the most; of each that is seen through a lens whether that fails, and what it is given. */
  private static String select(TableInfo table, List<ColumnInfo> seen) {
    StringBuilder sql = new StringBuilder("SELECT _key");
    for (ColumnInfo column : typed(table)) {
      sql.append(", ").append(TableSql.quoted(column.physical()));
    }
    List<String> conditions = new ArrayList<>();
    for (ColumnInfo column : seen) {
      String fails = fails(table, column);
      conditions.add(fails);
      sql.append(", ").append(fails).append(", ").append(source(table, column));
    }
    if (!typed(table).isEmpty()) {
      conditions.add(condition(table));
    }
    sql.append(" FROM ").append(TableSql.quoted(table.physical()));
    if (seen.isEmpty()) {
      sql.append(" INDEXED BY ").append(TableSql.quoted(index(table)));
    }
    return sql.append(" WHERE _removed IS NULL AND (")
        .append(balanced(conditions, " OR "))
        .append(") AND _key >= ? ORDER BY _key LIMIT ?")
        .toString();
  }

  private static String source(TableInfo table, ColumnInfo column) {
    return TableSql.quoted(TableSql.lensSource(table, column).orElseThrow().physical());
  }

  private static String fails(TableInfo table, ColumnInfo column) {
    AppColumn.Seen through = Objects.requireNonNull(column.app()).through();
    return "(" + TableSql.quoted(column.physical()) + " IS NULL AND "
        + Lenses.fails(Objects.requireNonNull(through), column.takes(), source(table, column))
        + ")";
  }

  private static List<Misfit> ofRow(
      TableInfo table, List<ColumnInfo> seen, String key, Statement select) {
    List<Misfit> found = new ArrayList<>();
    int at = 2;
    for (ColumnInfo column : typed(table)) {
      Value value = select.value(at);
      if (!column.takes().accepts(value)) {
        add(found, table, key, column, value, Misfit.Cause.TYPE);
      }
      at++;
    }
    for (ColumnInfo column : seen) {
      if (select.integer(at) == 1) {
        add(found, table, key, column, select.value(at + 1), Misfit.Cause.LENS);
      }
      at += 2;
    }
    found.sort(Comparator.comparing(Misfit::column));
    return found;
  }

  private static void add(
      List<Misfit> found,
      TableInfo table,
      String key,
      ColumnInfo column,
      Value value,
      Misfit.Cause cause) {
    found.add(new Misfit(table.label(), key, table.labelOf(column), value, cause));
  }
}
