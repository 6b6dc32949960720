package dev.sealift.client.store;

import java.util.HashMap;
import java.util.Map;

/** The writer's statements, table by table; made anew when a table has changed. */
final class Tables {
  private final Db db;
  private final Map<Integer, TableStatements> statements = new HashMap<>();

  Tables(Db db) {
    this.db = db;
  }

  TableStatements of(TableInfo table) {
    TableStatements current = statements.get(table.id());
    if (current != null && current.table() == table) {
      return current;
    }
    if (current != null) {
      current.close();
    }
    TableStatements made = new TableStatements(db, table);
    statements.put(table.id(), made);
    return made;
  }

  /** After a rollback: what was prepared may name what is not there. */
  void clear() {
    statements.values().forEach(TableStatements::close);
    statements.clear();
  }
}
