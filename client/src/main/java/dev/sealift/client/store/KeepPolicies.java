package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be kept of each table, besides what it shows. Two answers: by the log, the highest that was ever declared in it, which is alike on all devices that hold it and decides what
 * {@link History} notes; and for local writes the same with this device's own declaration on top, as far as the log does not have it yet.
 */
final class KeepPolicies {
  private static final int PAGE_ROWS = 256;

  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final LifetimePolicies lifetimes;
  private final Statement insert;
  private final Map<String, Keep> byLog = new HashMap<>();
  private final Map<String, Keep> declared = new HashMap<>();
  private boolean mentioned;

  KeepPolicies(Db db, Catalog catalog, Tables tables, KeptRules rules) {
    this.db = db;
    lifetimes = new LifetimePolicies(db, catalog, tables, rules);
    this.catalog = catalog;
    this.tables = tables;
    insert =
        db.prepare("INSERT OR IGNORE INTO _sealift_keep(name, keep, sequence) VALUES (?, ?, ?)");
    load();
  }

  /** As the database has it. */
  void load() {
    lifetimes.load();
    loadByLog();
    declared.clear();
    TableInfo schema = catalog.table(SchemaTable.NAME);
    if (schema != null) {
      loadDeclared(schema);
    }
    mentioned = !byLog.isEmpty() || (schema != null && isMentioned(schema));
  }

  private void loadByLog() {
    byLog.clear();
    try (Statement select = db.prepare("SELECT name, keep FROM _sealift_keep")) {
      while (select.next()) {
        byLog.merge(select.text(1), Keep.valueOf(select.text(2)), Keep::higher);
      }
    }
  }

  private void loadDeclared(TableInfo schema) {
    String after = SchemaTable.keepKey("");
    try (Statement select = db.prepare(TableSql.selectPage(schema))) {
      while (SchemaTable.isKeep(after)) {
        Map<String, Map<String, Value>> page = ShownRow.page(schema, select, after, PAGE_ROWS);
        after = "";
        for (Map.Entry<String, Map<String, Value>> row : page.entrySet()) {
          after = row.getKey();
          declare(after, Optional.of(row.getValue()));
        }
      }
    }
  }

  /** Also a row that somebody removed was in a file of the log, or will be. */
  private boolean isMentioned(TableInfo schema) {
    try (Statement select = db.prepare(TableSql.selectKeysFrom(schema))) {
      select.bind(1, SchemaTable.keepKey(""));
      return select.next() && SchemaTable.isKeep(select.text(1));
    }
  }

  private void declare(String key, Optional<Map<String, Value>> row) {
    String table = SchemaTable.keptTableOf(key);
    if (table != null) {
      declared.remove(table);
      row.map(values -> values.getOrDefault(SchemaTable.TYPE, Value.NULL))
          .flatMap(KeepPolicies::parse)
          .ifPresent(keep -> declared.put(table, keep));
    }
  }

  /** What a declaration says; nothing when that makes no sense to this version. */
  static Optional<Keep> parse(Value value) {
    for (Keep keep : Keep.values()) {
      if (keep.hasHistory() && Value.of(keep.name()).equals(value)) {
        return Optional.of(keep);
      }
    }
    return Optional.empty();
  }

  /** A row of the schema table was written. */
  void changed(String key) {
    lifetimes.changed(key);
    if (SchemaTable.isKeep(key)) {
      TableInfo schema = catalog.require(SchemaTable.NAME, SchemaTable.COLUMNS);
      declare(key, ShownRow.read(schema, tables.of(schema).selectShown(), key));
      mentioned = true;
    }
  }

  /** Whether a file of the log may have something to do with it. */
  boolean isMentioned() {
    return mentioned || lifetimes.isMentioned();
  }

  /** How long events count: of no table of which more is kept than the latest. */
  LifetimePolicies lifetimes() {
    return lifetimes;
  }

  /** By the log. */
  Keep byLog(String table) {
    return byLog.getOrDefault(table, Keep.LATEST);
  }

  /** By the log, as a reader sees it. */
  static Keep byLog(Reader reader, String table) {
    Statement select = reader.statement("SELECT keep FROM _sealift_keep WHERE name = ?");
    select.bind(1, table);
    Keep highest = Keep.LATEST;
    try {
      while (select.next()) {
        highest = Keep.higher(highest, Keep.valueOf(select.text(1)));
      }
      return highest;
    } finally {
      select.reset();
    }
  }

  /** For writes of this device, as a reader sees it. */
  static Keep of(Reader reader, Collection<TableInfo> tables, String table) {
    Keep declared = tables.stream()
        .filter(schema -> schema.name().equals(SchemaTable.NAME))
        .findFirst()
        .flatMap(schema -> ShownRow.read(
            schema, reader.statement(TableSql.selectShown(schema)), SchemaTable.keepKey(table)))
        .map(row -> row.getOrDefault(SchemaTable.TYPE, Value.NULL))
        .flatMap(KeepPolicies::parse)
        .orElse(Keep.LATEST);
    return Keep.higher(declared, byLog(reader, table));
  }

  /** All tables of which the log says something. */
  Map<String, Keep> byLog() {
    return byLog;
  }

  /** For writes of this device. */
  Keep of(String table) {
    return Keep.higher(byLog(table), declared.getOrDefault(table, Keep.LATEST));
  }

  /**
   * The log says so in the file of a sequence.
   *
   * @return whether it counts: nothing is kept of a table whose events do not count for good
   */
  boolean declaredInLog(String table, Keep keep, long sequence) {
    if (lifetimes.byLog().of(table).isPresent()) {
      return false;
    }
    insert.bind(1, table).bind(2, keep.name()).bind(3, sequence).run();
    byLog.merge(table, keep, Keep::higher);
    return true;
  }

  /** As {@link #declaredInLog(String, Keep, long)}, of how long events count: for good where something is kept of them. */
  boolean declaredInLog(String table, long lifetimeMillis, long sequence) {
    return byLog(table) == Keep.LATEST && lifetimes.declaredInLog(table, lifetimeMillis, sequence);
  }

  /** The log has no more than {@code size} files left. */
  void rewind(long size) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_keep WHERE sequence > ?")) {
      delete.bind(1, size).run();
    }
    lifetimes.rewind(size);
    loadByLog();
  }
}
