package dev.sealift.client.store;

import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.client.value.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long events on tables are to count; the writer's side of {@link Lifetimes}. Two answers, as {@link KeepPolicies} has: by the log, and with what this device has declared on top, as far as the log does not have it yet.
 */
final class LifetimePolicies {
  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final KeptRules rules;
  private final Statement select;
  private final Statement insert;
  private final Map<String, Long> declared = new HashMap<>();
  private Lifetimes byLog = Lifetimes.NONE;
  private boolean mentioned;

  LifetimePolicies(Db db, Catalog catalog, Tables tables, KeptRules rules) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    this.rules = rules;
    select = db.prepare(Lifetimes.SELECT);
    insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_lifetime(name, millis, sequence) VALUES (?, ?, ?)");
    load();
  }

  /** As the database has it. */
  void load() {
    byLog = Lifetimes.read(select);
    declared.clear();
    mentioned = !byLog.isEmpty();
    TableInfo schema = catalog.table(SchemaTable.NAME);
    if (schema == null) {
      return;
    }
    try (Statement keys = db.prepare(TableSql.selectKeysFrom(schema))) {
      keys.bind(1, SchemaTable.lifetimeKey(""));
      while (keys.next() && SchemaTable.isLifetime(keys.text(1))) {
        changed(keys.text(1));
      }
    }
  }

  /** A row of the schema table was written. */
  void changed(String key) {
    if (!SchemaTable.isLifetime(key)) {
      return;
    }
    mentioned = true;
    String table = SchemaTable.lifetimeTableOf(key);
    if (table != null) {
      TableInfo schema = catalog.require(SchemaTable.NAME, SchemaTable.COLUMNS);
      declared.remove(table);
      ShownRow.read(schema, tables.of(schema).selectShown(), key)
          .map(row -> row.getOrDefault(SchemaTable.POSITION, Value.NULL))
          .flatMap(Lifetimes::parse)
          .ifPresent(millis -> declared.put(table, millis));
    }
  }

  /** Whether no table of the space can have one. */
  boolean areNone() {
    return rules.current().isByArrival();
  }

  /** Whether a file of the log may have something to do with it. */
  boolean isMentioned() {
    return mentioned;
  }

  Lifetimes byLog() {
    return byLog;
  }

  /** For declarations of this device. */
  Optional<Long> of(String table) {
    return Optional.ofNullable(byLog.of(table).orElse(declared.get(table)));
  }

  /** As {@link #of(String)}, as a reader sees it. */
  static Optional<Long> of(Reader reader, Collection<TableInfo> tables, String table) {
    Optional<Long> logged = Lifetimes.read(reader).of(table);
    return logged.isPresent() ? logged : declared(reader, tables, table);
  }

  private static Optional<Long> declared(
      Reader reader, Collection<TableInfo> tables, String table) {
    return tables.stream()
        .filter(schema -> schema.name().equals(SchemaTable.NAME))
        .findFirst()
        .flatMap(schema -> ShownRow.read(
            schema, reader.statement(TableSql.selectShown(schema)), SchemaTable.lifetimeKey(table)))
        .map(row -> row.getOrDefault(SchemaTable.POSITION, Value.NULL))
        .flatMap(Lifetimes::parse);
  }

  /** What is over of a table for an event that stands in the file of a sequence. */
  Over over(String table, long sequence, long serverTimeMillis) {
    return byLog.isEmpty() ? Over.NOTHING : byLog.over(table, sequence, serverTimeMillis);
  }

  /**
   * The log says so in the file of a sequence.
   *
   * @return whether that is news
   */
  boolean declaredInLog(String table, long millis, long sequence) {
    if (areNone() || byLog.of(table).filter(held -> held <= millis).isPresent()) {
      return false;
    }
    insert.bind(1, table).bind(2, millis).bind(3, sequence).run();
    byLog = Lifetimes.read(select);
    return true;
  }

  /** The log has no more than {@code size} files left. */
  void rewind(long size) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_lifetime WHERE sequence > ?")) {
      delete.bind(1, size).run();
    }
    byLog = Lifetimes.read(select);
  }
}
