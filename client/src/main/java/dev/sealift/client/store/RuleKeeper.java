package dev.sealift.client.store;

import dev.sealift.client.rule.Answer;
import dev.sealift.client.rule.Answerer;
import dev.sealift.client.rule.Decision;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.Removal;
import dev.sealift.client.rule.Rename;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.rule.Rows.Presence;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.RuleSet;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.RuleSql.Made;
import dev.sealift.client.store.RuleSql.ReferenceSql;
import dev.sealift.client.store.RuleSql.UniqueSql;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rules across rows, bound to this store: makes indexes and triggers agree with what is declared, before each commit; refuses what would break a rule here; and writes the answers to what breaks one. Costs
 * nothing for tables without rules.
 */
final class RuleKeeper {
  /** Nothing is noted. */
  static final long NEVER = Long.MAX_VALUE;

  /** Rows looked at in one unit of work: many enough to be worth a commit, few enough to keep nobody waiting who writes. */
  private static final int ROWS_A_BATCH = 500;

  /** No row waits for longer: what is due later than that was put off by a clock that was wrong. */
  private static final long LONGEST_WAIT_MILLIS = 2 * Answerer.PATIENCE_MILLIS;

  private final Db db;
  private final Catalog catalog;
  private final LocalWriter local;
  private final RowMerger merger;
  private final ClaimOrder order;
  private final Map<String, Rename> renames = new HashMap<>();
  private @Nullable Map<String, TableInfo> refreshed;
  private boolean learned;
  private RuleSet rules = RuleSet.NONE;
  private RuleRows rows;
  private volatile long nextMillis = NEVER;

  RuleKeeper(Db db, Catalog catalog, LocalWriter local, RowMerger merger, Devices devices) {
    this.db = db;
    this.catalog = catalog;
    this.local = local;
    this.merger = merger;
    this.order = new ClaimOrder(devices);
    this.rows = rows(Map.of(), Map.of());
  }

  private RuleRows rows(Map<Reference, ReferenceSql> references, Map<Unique, UniqueSql> uniques) {
    return new RuleRows(db, catalog, merger, local, order, references, uniques);
  }

  /**
   * The app has these functions.
   *
   * @return whether one of them is new
   */
  boolean know(Map<String, Rename> more) {
    boolean news = !renames.keySet().containsAll(more.keySet());
    renames.putAll(more);
    learned |= news;
    return news;
  }

  /** Something was declared. */
  void declared() {
    refreshed = null;
  }

  /** After a rollback: what is there is looked up again. */
  void reload() {
    bind();
    declared();
  }

  /** Before each commit. */
  void refresh() {
    if (refreshed != catalog.tables()) {
      make(bind());
      refreshed = catalog.tables();
    }
    if (learned && !rules.isEmpty()) {
      db.execute(RuleSql.noteAll());
    }
    learned = false;
    nextMillis = rules.isEmpty() ? NEVER : next();
  }

  private long next() {
    try (Statement select = db.prepare("SELECT min(due) FROM _sealift_broken")) {
      return select.next() && !select.isNull(1) ? select.integer(1) : NEVER;
    }
  }

  /** See {@link SpaceStore#untilRulesMillis}. */
  long untilMillis(long nowMillis) {
    long next = nextMillis;
    if (next == NEVER) {
      return NEVER;
    }
    return next <= nowMillis || next > nowMillis + LONGEST_WAIT_MILLIS ? 0 : next - nowMillis;
  }

  /** Takes the rules as they are declared; what is to be made for them. */
  private List<Made> bind() {
    rules = RuleReader.read(db::prepare, catalog.tables());
    Map<Reference, ReferenceSql> references = new LinkedHashMap<>();
    rules.references().forEach(rule -> sql(rule).ifPresent(sql -> references.put(rule, sql)));
    Map<Unique, UniqueSql> uniques = new LinkedHashMap<>();
    rules.uniques().forEach(rule -> uniques.put(rule, sql(rule)));
    rows.close();
    rows = rows(references, uniques);
    List<Made> wanted = new ArrayList<>();
    references.values().forEach(sql -> wanted.add(sql.made()));
    uniques.values().forEach(sql -> wanted.add(sql.made()));
    return wanted;
  }

  private Optional<ReferenceSql> sql(Reference rule) {
    TableInfo child = catalog.require(rule.table());
    ColumnInfo column = child.requireColumn(rule.column());
    return Optional.ofNullable(catalog.table(rule.target()))
        .map(parent -> new ReferenceSql(rule, child, column, parent));
  }

  private UniqueSql sql(Unique rule) {
    TableInfo table = catalog.require(rule.table());
    return new UniqueSql(
        rule, table, rule.columns().stream().map(table::requireColumn).toList());
  }

  /** What is there already stays; what is made anew notes the rows that are there. */
  private void make(List<Made> wanted) {
    Map<String, String> there = there();
    Map<String, String> all = new TreeMap<>();
    wanted.forEach(made -> all.putAll(made.statements()));
    there.forEach((name, sql) -> {
      if (!sql.equals(all.get(name))) {
        db.execute("DROP " + (sql.startsWith("CREATE INDEX") ? "INDEX " : "TRIGGER ") + name);
      }
    });
    if (!rules.isEmpty()) {
      RuleSql.CREATE_TABLES.forEach(db::execute);
    }
    for (Made made : wanted) {
      boolean isNew = false;
      for (Map.Entry<String, String> one : made.statements().entrySet()) {
        if (!one.getValue().equals(there.get(one.getKey()))) {
          db.execute(one.getValue());
          isNew = true;
        }
      }
      if (isNew) {
        made.scan().forEach(db::execute);
      }
    }
  }

  /** By name; SQLite keeps the statements as they were. */
  private Map<String, String> there() {
    Map<String, String> there = new TreeMap<>();
    try (Statement select = db.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND substr(name, 1, "
            + RuleSql.PREFIX.length() + ") = '" + RuleSql.PREFIX + "'")) {
      while (select.next()) {
        there.put(select.text(1), select.text(2));
      }
    }
    return there;
  }

  // Writes made here

  /**
   * What goes with a row, as {@link Removal#of} has it; nothing does with one that is not there.
   */
  List<RowName> removal(TableInfo table, String key) {
    RowName row = new RowName(table.name(), key);
    return rows.presence(row) == Presence.THERE ? new Removal(rules, rows).of(row) : List.of(row);
  }

  /**
   * Whether a row that is there refers to another one by a rule that would be answered if that were removed, besides {@code others}.
   */
  boolean isNeeded(RowName row, Set<RowName> others) {
    return rules.to(row.table()).stream()
        .filter(reference -> reference.onRemove() != OnRemove.REPORT)
        .anyMatch(reference ->
            rows.referring(reference, row.key(), Presence.THERE, "", others.size() + 1).stream()
                .anyMatch(key -> !others.contains(new RowName(reference.table(), key))));
  }

  /** One of those that go with another. */
  LocalWriter.Write remove(RowName row) {
    return local.remove(catalog.require(row.table()), row.key());
  }

  /** The columns of a put, which become null where there is no value; none of a patch. */
  interface Whole {
    List<ColumnInfo> columns(TableInfo table, Set<String> named);
  }

  /**
   * Refuses values that another row has already, as this device shows it. A row that has them too and keeps them is left alone.
   *
   * @param label what the table is called here
   * @param values what is about to be written, by what the columns are called here
   * @throws RuleException {@code NOT_UNIQUE}
   */
  void requireUnique(String label, String key, Map<String, Value> values, Whole wholeOf) {
    if (rules.isEmpty()) {
      return;
    }
    TableInfo table = SpaceStore.requireTable(catalog.tables(), label);
    Map<String, Value> named = new HashMap<>();
    values.forEach((column, value) -> named.put(table.columnCalled(column), value));
    requireUnique(table, key, named, wholeOf);
  }

  /** The same, by names in the space. */
  void requireUnique(TableInfo table, String key, Map<String, Value> named, Whole wholeOf) {
    List<Unique> uniques = rules.uniquesOf(table.name());
    if (uniques.isEmpty()) {
      return;
    }
    List<ColumnInfo> whole = wholeOf.columns(table, named.keySet());
    RowMerger.Found found = merger.find(table, key);
    boolean anew = found == null || merger.beginsAnew(found.state(), local.nextStamp());
    boolean shows = found != null && merger.isVisible(found.state());
    for (Unique unique : uniques) {
      List<ColumnInfo> columns =
          unique.columns().stream().map(table::requireColumn).toList();
      List<Value> before = columns.stream()
          .map(column ->
              anew ? Value.NULL : rows.value(new RowName(table.name(), key), column.name()))
          .toList();
      List<Value> after = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        ColumnInfo column = columns.get(i);
        Value kept = whole.contains(column) ? Value.NULL : before.get(i);
        after.add(named.getOrDefault(column.name(), kept));
      }
      if (!after.contains(Value.NULL) && !(shows && after.equals(before))) {
        rows.other(unique, after, key).ifPresent(other -> {
          throw RuleException.notUnique(table.label(), labels(table, columns), other);
        });
      }
    }
  }

  // Answers

  private record Noted(int table, long row) {}

  /**
   * Looks at rows that break a rule, as many as are good for one unit of work, and writes what is to be answered. For a device that holds all of the log that it knows of.
   *
   * @param seen the position in the log
   * @return whether anything was done; there may be more then
   */
  boolean answer(long nowMillis, long seen) {
    if (rules.isEmpty()) {
      return false;
    }
    List<Noted> due = due(nowMillis);
    if (due.isEmpty()) {
      nextMillis = next();
      return false;
    }
    Answerer answerer = new Answerer(rules, rows, renames);
    for (Noted noted : due) {
      forget(noted);
      if (noted.table() == RuleSql.ALL) {
        db.execute("UPDATE _sealift_broken SET due = 0");
      } else {
        look(answerer, noted, nowMillis, seen);
      }
    }
    return true;
  }

  private List<Noted> due(long nowMillis) {
    List<Noted> due = new ArrayList<>();
    try (Statement select = db.prepare(
        "SELECT tbl, row FROM _sealift_broken WHERE due <= ? OR due > ? ORDER BY due, tbl, row LIMIT ?")) {
      select.bind(1, nowMillis).bind(2, nowMillis + LONGEST_WAIT_MILLIS).bind(3, ROWS_A_BATCH);
      while (select.next()) {
        due.add(new Noted((int) select.integer(1), select.integer(2)));
      }
    }
    return due;
  }

  private void forget(Noted noted) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_broken WHERE tbl = ? AND row = ?")) {
      delete.bind(1, noted.table()).bind(2, noted.row()).run();
    }
  }

  private void look(Answerer answerer, Noted noted, long nowMillis, long seen) {
    TableInfo table = catalog.byId(noted.table());
    Optional<String> key = merger.key(table, noted.row());
    if (key.isEmpty()) {
      return;
    }
    Decision decision = answerer.decide(new RowName(table.name(), key.get()), nowMillis);
    decision.answers().forEach(answer -> write(answer, seen));
    decision.againMillis().ifPresent(again -> note(noted, again));
  }

  private void note(Noted noted, long dueMillis) {
    try (Statement insert = db.prepare(
        "INSERT INTO _sealift_broken VALUES (?, ?, ?) ON CONFLICT(tbl, row) DO NOTHING")) {
      insert.bind(1, noted.table()).bind(2, noted.row()).bind(3, dueMillis).run();
    }
  }

  private static List<String> labels(TableInfo table, List<ColumnInfo> columns) {
    return columns.stream().map(table::labelOf).toList();
  }

  private void write(Answer answer, long seen) {
    TableInfo table = catalog.require(answer.row().table());
    String key = answer.row().key();
    if (answer instanceof Answer.BringBack) {
      local.mark(table, key).run(seen);
    } else if (answer instanceof Answer.Remove) {
      local.remove(table, key).run(seen);
    } else if (answer instanceof Answer.Change change) {
      change(change, seen);
    }
  }

  /** What the app's function gives may not fit; then it gives none. */
  private void change(Answer.Change change, long seen) {
    LocalWriter.Write write;
    try {
      TableInfo table = catalog.require(change.row().table());
      write = local.patch(
          table, change.row().key(), table.requireColumn(change.column()), change.value());
    } catch (StoreException | InvalidValueException e) {
      return;
    }
    rows.addChange(change.row());
    write.run(seen);
  }
}
