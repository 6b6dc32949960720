package dev.sealift.client.store;

import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Declares tables and columns: writes declarations as rows of {@link SchemaTable}, and makes what its rows declare. */
final class SchemaWriter {
  /** Positions beyond this are nobody's order; they are shown last. */
  private static final long MAX_POSITION = 1_000_000;

  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final LocalWriter local;
  private final SearchIndexes search;
  private final AppVersion version;
  private final StepMark mark;
  private final HeldDeclarations held = new HeldDeclarations();
  private final RuleKeeper rules;
  private final KeepPolicies policies;
  private final OnlineTables online;

  /** Keys of columns that have become narrower than what this device's app declares. */
  private final Set<String> narrowed = new TreeSet<>();

  /** Whether the version that the space asks for may be a lower one by now. */
  private boolean lowered;

  SchemaWriter(
      Db db,
      Catalog catalog,
      Tables tables,
      LocalWriter local,
      SearchIndexes search,
      AppVersion version,
      StepMark mark,
      RuleKeeper rules,
      KeepPolicies policies,
      OnlineTables online) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    this.local = local;
    this.search = search;
    this.version = version;
    this.mark = mark;
    this.rules = rules;
    this.policies = policies;
    this.online = online;
  }

  /** Makes what all rows declare: also those that came to a version of Sealift that did not understand them. */
  void load() {
    version.load(highestAsked());
    keys("").forEach(this::changed);
    narrowed.clear();
    lowered = false;
  }

  /** After a rollback: what was made of the rows that are there is there. */
  void reload() {
    held.rollback();
    narrowed.clear();
    version.load(highestAsked());
    lowered = false;
  }

  /** What waits to be declared. */
  HeldDeclarations held() {
    return held;
  }

  private List<String> keys(String prefix) {
    TableInfo schema = catalog.table(SchemaTable.NAME);
    List<String> keys = new ArrayList<>();
    if (schema != null) {
      try (Statement select = db.prepare(TableSql.selectKeysFrom(schema))) {
        select.bind(1, prefix);
        while (select.next() && select.text(1).startsWith(prefix)) {
          keys.add(select.text(1));
        }
      }
    }
    return keys;
  }

  /**
   * Refuses a declaration that contradicts what the space has.
   *
   * @param byTool whoever declares is no app: a narrower type would be nobody's
   */
  void check(TableSchema wanted, boolean byTool) {
    requireOneSpelling(catalog.tables().keySet(), wanted.wire(), "table");
    if (wanted.expires() && policies.lifetimes().areNone()) {
      throw contradiction("rows do not expire in a space that ranks by arrival");
    }
    TableInfo table = catalog.table(wanted.wire());
    if (table == null) {
      return;
    }
    requireFeed(table, wanted);
    requireLifetime(table, wanted);
    boolean declaredBefore = table.app() != null && table.app().key().equals(wanted.key());
    if (table.isDeclared() && !table.shared().key().equals(wanted.key()) && !declaredBefore) {
      throw contradiction("the key of a table has another name in this space; declare it as "
          + table.shared().key());
    }
    List<String> columns = table.allColumns().stream().map(ColumnInfo::name).toList();
    for (ColumnSchema column : wanted.columns()) {
      requireOneSpelling(columns, column.wire(), "column");
      table.named(column.wire()).forEach(present -> requireFitting(table, present, column));
      if (byTool) {
        table.named(column.wire()).forEach(present -> requireNotNarrower(present, column));
      }
    }
    requireOneRule(wanted.rules());
  }

  private void requireOneRule(TableRules wanted) {
    for (Reference reference : wanted.references()) {
      reference(reference).filter(present -> !present.equals(reference)).ifPresent(present -> {
        throw RuleCheck.contradiction(present, label(present.target()));
      });
    }
    for (Unique unique : wanted.uniques()) {
      rename(unique)
          .filter(
              present -> unique.rename().filter(name -> !name.equals(present)).isPresent())
          .ifPresent(present -> {
            throw RuleCheck.contradiction();
          });
    }
  }

  private String label(String table) {
    TableInfo known = catalog.table(table);
    return known == null ? table : known.label();
  }

  /** As the space has it. */
  private Optional<Reference> reference(Reference wanted) {
    String key = SchemaTable.referenceKey(wanted);
    return search.isDeclared(key)
        ? SchemaTable.reference(key, cell(key, SchemaTable.KEY_COLUMN), cell(key, SchemaTable.TYPE))
        : Optional.empty();
  }

  /** As the space has it. */
  private Optional<String> rename(Unique wanted) {
    String key = SchemaTable.uniqueKey(wanted);
    return search.isDeclared(key)
        ? SchemaTable.unique(key, cell(key, SchemaTable.KEY_COLUMN)).flatMap(Unique::rename)
        : Optional.empty();
  }

  private static void requireOneSpelling(Iterable<String> present, String wanted, String what) {
    for (String name : present) {
      if (!name.equals(wanted) && Names.folded(name).equals(Names.folded(wanted))) {
        throw contradiction("the space has a " + what
            + " that differs only in upper and lower case; declare it as " + name);
      }
    }
  }

  /** What this app has declared once it may declare again, whatever others have made of it at the same time. */
  private static void requireFitting(TableInfo table, ColumnInfo present, ColumnSchema wanted) {
    ColumnType type = present.type();
    AppColumn before = table.app() == null ? null : table.app().columns().get(wanted.wire());
    if (type != null && !Optional.ofNullable(present.group()).equals(wanted.group())) {
      throw contradiction(
          "a column is in another group in this space; declare it as it is there, or add a column of another name");
    }
    if (type == null || (before != null && before.type() == wanted.type())) {
      return;
    }
    if (type.kind() != wanted.type().kind()) {
      throw contradiction(
          "a column has another type in this space, and its cells cannot become others; declare it as "
              + type + ", or add a column of another name");
    }
    if (!type.isWithin(wanted.type()) && !wanted.type().isWithin(type)) {
      throw contradiction("a column has another type in this space; declare it as " + type
          + ", or as ANY, which takes both, or add a column of another name");
    }
  }

  private static void requireNotNarrower(ColumnInfo present, ColumnSchema wanted) {
    ColumnType type = present.type();
    if (type != null && !type.isWithin(wanted.type())) {
      throw contradiction(
          "a type only becomes wider; declare the column as " + type + ", or add another one");
    }
  }

  /** Rows that were written in any order cannot be numbered afterwards. */
  private void requireFeed(TableInfo table, TableSchema wanted) {
    if (wanted.keep() == Keep.FEED
        && table.isDeclared()
        && policies.of(table.name()) != Keep.FEED) {
      throw contradiction(
          "the space has this table already, and it is no feed; declare the feed under another name");
    }
  }

  /** Of what was declared apart, the log's order decides; each app may declare its own again. */
  private void requireLifetime(TableInfo table, TableSchema wanted) {
    boolean expires = policies.lifetimes().of(table.name()).isPresent();
    boolean keeps = policies.of(table.name()) != Keep.LATEST;
    if (wanted.expires() && !expires && keeps) {
      throw contradiction(
          "the space keeps what is written to this table, so its rows cannot expire; declare them under another name");
    }
    if (expires && !keeps && wanted.keep() != Keep.LATEST) {
      throw contradiction(
          "the rows of this table expire in this space, so nothing more is kept of them; declare those to keep under another name");
    }
    boolean hadCompounds = !table.compounds().isEmpty();
    boolean addsCompounds = wanted.columns().stream()
        .anyMatch(column -> !column.type().isRegister() && isNew(table, column));
    if (wanted.expires() && !expires && hadCompounds || expires && addsCompounds) {
      throw contradiction(
          "a table whose rows expire has plain columns alone; keep the elements of a set or a counter as rows of their own");
    }
  }

  private static boolean isNew(TableInfo table, ColumnSchema column) {
    return table.named(column.wire()).stream()
        .noneMatch(present -> present.kind() == column.type().kind());
  }

  private static StoreException contradiction(String message) {
    return new StoreException(Code.BAD_SCHEMA, message);
  }

  /**
   * Writes what is new of a checked declaration, and nothing else. Of names and defaults that is what the app has not declared here before: each version of it tells its own once, or two versions
   * would answer each other for ever; and an app that comes new to a device tells none that has another already.
   *
   * @param byTool whoever declares is no app, and says what he wants to be told
   */
  boolean declare(TableSchema wanted, boolean byTool, long seen) {
    if (version.isTooOld()) {
      return false;
    }
    if (mark.isThere()) {
      return held.hold(wanted, later -> {
        check(wanted, byTool);
        return declare(wanted, byTool, later);
      });
    }
    TableInfo before = catalog.table(wanted.wire());
    boolean wrote = declareTable(wanted, before, byTool, seen);
    for (int i = 0; i < wanted.columns().size(); i++) {
      ColumnSchema column = wanted.columns().get(i);
      String key = SchemaTable.columnKey(wanted.wire(), column.wire());
      wrote |= declareColumn(key, column, i, before, byTool, seen);
    }
    for (String column : wanted.drops()) {
      wrote |= drop(SchemaTable.columnKey(wanted.wire(), column), seen);
    }
    for (ColumnSchema column : wanted.columns()) {
      String key = SchemaTable.searchableKey(wanted.wire(), column.wire());
      if (wanted.searchable().contains(column.name()) && !search.isDeclared(key)) {
        put(key, Map.of(), seen);
        wrote = true;
      }
    }
    wrote |= declareKeep(wanted, seen);
    wrote |= declareLifetime(wanted, seen);
    wrote |= declareOnlineOnly(wanted, seen);
    return declareRules(wanted, seen) || wrote;
  }

  private boolean declareKeep(TableSchema wanted, long seen) {
    boolean more = wanted.keep().compareTo(policies.of(wanted.wire())) > 0;
    if (more) {
      put(SchemaTable.keepKey(wanted.wire()), SchemaTable.keepRow(wanted.keep()), seen);
    }
    return more;
  }

  private boolean declareLifetime(TableSchema wanted, long seen) {
    boolean shorter = wanted.expires()
        && policies
            .lifetimes()
            .of(wanted.wire())
            .filter(held -> held <= wanted.lifetimeMillis())
            .isEmpty();
    if (shorter) {
      put(
          SchemaTable.lifetimeKey(wanted.wire()),
          SchemaTable.lifetimeRow(wanted.lifetimeMillis()),
          seen);
    }
    return shorter;
  }

  private boolean declareOnlineOnly(TableSchema wanted, long seen) {
    boolean isNew = wanted.onlineOnly() && !online.contains(wanted.wire());
    if (isNew) {
      put(SchemaTable.onlineKey(wanted.wire()), Map.of(), seen);
    }
    return isNew;
  }

  private boolean declareRules(TableSchema wanted, long seen) {
    boolean wrote = false;
    for (Reference reference : wanted.rules().references()) {
      String key = SchemaTable.referenceKey(reference);
      if (!search.isDeclared(key)) {
        put(key, SchemaTable.referenceRow(reference), seen);
        wrote = true;
      }
    }
    for (Unique unique : wanted.rules().uniques()) {
      String key = SchemaTable.uniqueKey(unique);
      boolean addsRename = unique.rename().isPresent() && rename(unique).isEmpty();
      if (addsRename || !search.isDeclared(key)) {
        put(key, SchemaTable.uniqueRow(unique), seen);
        wrote = true;
      }
    }
    return wrote;
  }

  private boolean declareTable(
      TableSchema wanted, @Nullable TableInfo before, boolean byTool, long seen) {
    String key = SchemaTable.tableKey(wanted.wire());
    boolean isNew = before == null || !before.isDeclared();
    if (isNew) {
      put(key, SchemaTable.tableRow(wanted), seen);
    }
    AppTable app = before == null ? null : before.app();
    String shown = before == null ? null : before.shared().shown();
    boolean renamed =
        isNews(wanted.name(), app == null ? null : app.name(), shown, wanted.wire(), byTool);
    if (renamed) {
      patch(key, Map.of(SchemaTable.SHOWN, Value.of(wanted.name())), seen);
    }
    boolean wasDropped = byTool && before != null && before.shared().dropped();
    if (wasDropped) {
      patch(key, Map.of(SchemaTable.DROPPED, Value.NULL), seen);
    }
    return isNew || renamed || wasDropped;
  }

  /**
   * Whether a name or a default is to be told.
   *
   * @param before what this device's app declared so far; null when it has not
   * @param shared what the space has; null when it has none
   * @param none what stands for none
   */
  private static <T> boolean isNews(
      T wanted, @Nullable T before, @Nullable T shared, T none, boolean byTool) {
    if (wanted.equals(shared == null ? none : shared)) {
      return false;
    }
    return before == null ? byTool || shared == null : !wanted.equals(before);
  }

  /** What the space has of a column. */
  private static @Nullable ColumnInfo present(@Nullable TableInfo table, ColumnSchema column) {
    return table == null
        ? null
        : table.named(column.wire()).stream()
            .filter(present -> present.type() != null)
            .findFirst()
            .orElse(null);
  }

  private boolean declareColumn(
      String key,
      ColumnSchema column,
      int position,
      @Nullable TableInfo table,
      boolean byTool,
      long seen) {
    ColumnInfo present = present(table, column);
    SharedColumn shared = present == null ? SharedColumn.NOTHING : present.shared();
    if (shared.type() == null) {
      put(key, SchemaTable.columnRow(column, position), seen);
    }
    Map<String, Value> news = new HashMap<>();
    wider(shared.type(), column.type())
        .ifPresent(type -> news.put(SchemaTable.TYPE, Value.of(type.name())));
    AppTable app = table == null ? null : table.app();
    AppColumn before = app == null ? null : app.columns().get(column.wire());
    String name = before == null ? null : before.name();
    if (isNews(column.name(), name, shared.shown(), column.wire(), byTool)) {
      news.put(SchemaTable.SHOWN, Value.of(column.name()));
    }
    Value fallback = before == null ? null : before.fallback();
    Value told = shared.fallback() == Value.NULL ? null : shared.fallback();
    if (isNews(column.fallback(), fallback, told, Value.NULL, byTool)) {
      news.put(SchemaTable.DEFAULT, column.fallback());
    }
    if (byTool && shared.dropped()) {
      news.put(SchemaTable.DROPPED, Value.NULL);
    }
    if (!news.isEmpty()) {
      patch(key, news, seen);
    }
    return shared.type() == null || !news.isEmpty();
  }

  /** The type that is to be declared for both, if that is another than is there. */
  private static Optional<ColumnType> wider(@Nullable ColumnType present, ColumnType wanted) {
    return present == null || present.kind() != wanted.kind() || wanted.isWithin(present)
        ? Optional.empty()
        : Optional.of(present.widest(wanted));
  }

  /** Hides a table from whoever does not declare it. */
  boolean dropTable(String wire, long seen) {
    String key = SchemaTable.tableKey(wire);
    return mark.isThere()
        ? held.hold(key, later -> dropTable(wire, later))
        : !version.isTooOld() && drop(key, seen);
  }

  private boolean drop(String key, long seen) {
    if (cell(key, SchemaTable.DROPPED).equals(SchemaTable.IS_DROPPED)) {
      return false;
    }
    patch(key, Map.of(SchemaTable.DROPPED, SchemaTable.IS_DROPPED), seen);
    return true;
  }

  /**
   * What this device's app calls things; nothing of it is written to the space.
   *
   * @param inParts whether it adds to what the app declared before
   */
  boolean declareApp(TableSchema wanted, boolean inParts) {
    AppTable app = AppTable.of(wanted);
    TableInfo table = catalog.table(wanted.wire());
    AppTable before = table == null ? null : table.app();
    search.declared(wanted.wire());
    return catalog.declareApp(wanted.wire(), inParts && before != null ? before.and(app) : app);
  }

  /** The space asks for a version of the app, unless it asks for more, or somebody has taken that back. */
  boolean requireVersion(int minimum, long seen) {
    String key = SchemaTable.versionKey(minimum);
    if (mark.isThere()) {
      return held.hold(key, later -> requireVersion(minimum, later));
    }
    if (minimum <= version.minimum() || version.isTooOld() || wasWritten(key)) {
      return false;
    }
    put(key, Map.of(), seen);
    return true;
  }

  private boolean wasWritten(String key) {
    Statement select = tables.of(schemaTable()).selectByKey().bind(1, key);
    try {
      return select.next();
    } finally {
      select.reset();
    }
  }

  /** The space asks for this version of the app, whatever it has asked for so far. */
  boolean amendVersion(int minimum, long seen) {
    refreshVersion();
    if (minimum == version.minimum()) {
      return false;
    }
    for (String key : keys(SchemaTable.VERSION_PREFIX)) {
      if (SchemaTable.versionOf(key) > minimum) {
        local.removeReserved(schemaTable(), key, seen);
      }
    }
    lowered = true;
    refreshVersion();
    if (minimum > version.minimum()) {
      put(SchemaTable.versionKey(minimum), Map.of(), seen);
    }
    return true;
  }

  private void put(String key, Map<String, Value> row, long seen) {
    local.putReserved(schemaTable(), key, SchemaTable.FIRST_COLUMNS, row, seen);
    changed(key);
  }

  private void patch(String key, Map<String, Value> row, long seen) {
    local.patchReserved(schemaTable(), key, row, seen);
    changed(key);
  }

  private TableInfo schemaTable() {
    return catalog.require(SchemaTable.NAME, SchemaTable.COLUMNS);
  }

  /**
   * Declares again what others, who had not seen it, have declared as narrower than this device's app does. That ends: what is written is wider than what it answers, and nothing is wider than {@code ANY}. Before each
   * commit.
   */
  void widenAgain(long seen) {
    if (mark.isThere()) {
      return; // when the step has ended
    }
    if (!version.isTooOld()) {
      for (String key : List.copyOf(narrowed)) {
        String[] names = SchemaTable.columnOf(key);
        TableInfo table = names == null ? null : catalog.table(names[0]);
        if (table != null) {
          table.named(names[1]).forEach(column -> widen(key, column, seen));
        }
      }
    }
    narrowed.clear();
  }

  private void widen(String key, ColumnInfo column, long seen) {
    if (column.app() != null) {
      wider(column.type(), column.app().type())
          .ifPresent(type -> patch(key, Map.of(SchemaTable.TYPE, Value.of(type.name())), seen));
    }
  }

  /** A row of the schema table was written; makes what it declares. What does not make sense is kept, and makes nothing. */
  void changed(String key) {
    if (key.startsWith(SchemaTable.VERSION_PREFIX)) {
      versionChanged(key);
      return;
    }
    policies.changed(key);
    online.changed(key);
    String about = SchemaTable.about(key);
    if (about == null || !Names.isWellFormed(about) || Names.isReserved(about)) {
      return;
    }
    search.declared(about);
    rules.declared();
    if (SchemaTable.tableOf(key) != null) {
      makeTable(about, key);
    }
    String[] column = SchemaTable.columnOf(key);
    if (column != null && Names.isWellFormed(column[1])) {
      makeColumn(column[0], column[1], key);
    }
  }

  private void versionChanged(String key) {
    int asked = SchemaTable.versionOf(key);
    if (asked > 0 && asked >= version.minimum()) {
      boolean asks = search.isDeclared(key);
      lowered |= !asks && asked == version.minimum();
      if (asks) {
        version.require(asked);
      }
    }
  }

  /** The highest version that a row asks for; before each commit. Reads those rows only when the highest of them has gone. */
  void refreshVersion() {
    if (lowered) {
      version.require(highestAsked());
      lowered = false;
    }
  }

  private int highestAsked() {
    return keys(SchemaTable.VERSION_PREFIX).stream()
        .filter(search::isDeclared)
        .mapToInt(SchemaTable::versionOf)
        .max()
        .orElse(0);
  }

  private void makeTable(String table, String key) {
    TableInfo present = catalog.table(table);
    SharedTable shared = new SharedTable(
        name(key, SchemaTable.KEY_COLUMN), name(key, SchemaTable.SHOWN), isDropped(key));
    if (shared.key() != null || present != null) {
      catalog.declareTable(table, shared);
    }
  }

  private void makeColumn(String table, String column, String key) {
    ColumnType type = cell(key, SchemaTable.TYPE) instanceof Value.Text name
        ? ColumnType.named(name.value())
        : null;
    int position = cell(key, SchemaTable.POSITION) instanceof Value.Int at
            && at.value() >= 0
            && at.value() <= MAX_POSITION
        ? (int) at.value()
        : SharedColumn.UNDECLARED_POSITION;
    String group = cell(key, SchemaTable.TOGETHER) instanceof Value.Text name ? name.value() : null;
    SharedColumn shared = new SharedColumn(
        type,
        type == null ? SharedColumn.UNDECLARED_POSITION : position,
        type == null ? null : group,
        name(key, SchemaTable.SHOWN),
        type == null ? Value.NULL : fallback(key, type),
        isDropped(key));
    if (!shared.equals(SharedColumn.NOTHING)) {
      catalog.declareColumn(table, column, shared);
      narrowed.add(key);
    }
  }

  private Value fallback(String key, ColumnType type) {
    Value fallback = cell(key, SchemaTable.DEFAULT);
    return TableSchema.isDefault(type, fallback) ? fallback : Value.NULL;
  }

  private boolean isDropped(String key) {
    return cell(key, SchemaTable.DROPPED).equals(SchemaTable.IS_DROPPED);
  }

  /** A name that others gave. */
  private @Nullable String name(String key, String columnName) {
    return cell(key, columnName) instanceof Value.Text name
            && Names.isWellFormed(name.value())
            && !Names.isReserved(name.value())
        ? name.value()
        : null;
  }

  private Value cell(String key, String columnName) {
    TableInfo table = schemaTable();
    ColumnInfo column = table.column(columnName);
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      return column != null && select.next() ? select.value(column.cell() + 2) : Value.NULL;
    } finally {
      select.reset();
    }
  }
}
