package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The tables that are written only while the device is connected and has what the others wrote. What others wrote to them is merged all the same. */
final class OnlineTables {
  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final Set<String> names = new HashSet<>();
  private volatile BooleanSupplier online = () -> true;

  OnlineTables(Db db, Catalog catalog, Tables tables) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    load();
  }

  /** From any thread. */
  void onlineWhen(BooleanSupplier isOnline) {
    online = isOnline;
  }

  /** As the database has it. */
  void load() {
    names.clear();
    TableInfo schema = catalog.table(SchemaTable.NAME);
    if (schema == null) {
      return;
    }
    try (Statement select = db.prepare(TableSql.scan(schema))) {
      while (select.next()) {
        String table = SchemaTable.onlineOnly(select.text(1));
        if (table != null) {
          names.add(table);
        }
      }
    }
  }

  boolean contains(String table) {
    return names.contains(table);
  }

  /** A row of the schema table has come or gone. */
  void changed(String key) {
    String table = SchemaTable.onlineOnly(key);
    TableInfo schema = catalog.table(SchemaTable.NAME);
    if (table != null && schema != null) {
      boolean there =
          ShownRow.read(schema, tables.of(schema).selectShown(), key).isPresent();
      if (there) {
        names.add(table);
      } else {
        names.remove(table);
      }
    }
  }

  void requireWritable(String table) {
    if (names.contains(table) && !online.getAsBoolean()) {
      throw new StoreException(
          Code.OFFLINE,
          "the table is written only while the space is connected and up to date; connect, wait until it is up to date, and try again");
    }
  }
}
