package dev.sealift.client.store;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The writer's prepared statements on one table as it is now. */
final class TableStatements implements AutoCloseable {
  /** An app patches in a few ways; more are prepared again when they come round. */
  private static final int MAX_KEPT = 32;

  private final Db db;
  private final TableInfo table;
  private final Map<String, Statement> kept = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Statement> eldest) {
      if (size() <= MAX_KEPT) {
        return false;
      }
      eldest.getValue().close();
      return true;
    }
  };
  private final Map<String, String> sql = new HashMap<>();

  TableStatements(Db db, TableInfo table) {
    this.db = db;
    this.table = table;
  }

  TableInfo table() {
    return table;
  }

  Statement putOver() {
    return statement("putOver", TableSql::putOver);
  }

  Statement insertIfNew() {
    return statement("insertIfNew", TableSql::insertIfNew);
  }

  Statement insertOrOutrank() {
    return statement("insertOrOutrank", TableSql::insertOrOutrank);
  }

  Statement selectByKey() {
    return statement("selectByKey", TableSql::selectByKey);
  }

  Statement selectByRow() {
    return statement("selectByRow", TableSql::selectByRow);
  }

  Statement selectAllByRow() {
    return statement("selectAllByRow", TableSql::selectAllByRow);
  }

  Statement selectShown() {
    return statement("selectShown", TableSql::selectShown);
  }

  Statement insertSome(List<ColumnInfo> columns) {
    return prepared(TableSql.insertSome(table, columns));
  }

  Statement updateSome(List<ColumnInfo> columns) {
    return prepared(TableSql.updateSome(table, columns));
  }

  private Statement statement(String name, Function<TableInfo, String> text) {
    return prepared(sql.computeIfAbsent(name, n -> text.apply(table)));
  }

  private Statement prepared(String text) {
    return kept.computeIfAbsent(text, db::prepare);
  }

  @Override
  public void close() {
    kept.values().forEach(Statement::close);
    kept.clear();
  }
}
