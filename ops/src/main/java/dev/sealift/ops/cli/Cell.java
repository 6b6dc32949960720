package dev.sealift.ops.cli;

import dev.sealift.client.Table;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.value.Value;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A cell that a command works on. */
record Cell(Table table, String key, ColumnSchema column) {
  String columnName() {
    return column.name();
  }

  /** What is in it; nothing where the row is not there. */
  List<Value> values() {
    return table.values(key, columnName());
  }

  /** For people: column, row and table. */
  String place() {
    return columnName() + " of " + Printable.of(key) + " of " + table.name();
  }

  /** For programs: what was done, and where. */
  JsonObject done(String operation) {
    return new JsonObject()
        .put("done", "cell " + operation)
        .put("table", table.name())
        .put("key", key)
        .put("column", columnName());
  }
}
