package dev.sealift.client.store;

import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table as an app declares it.
 *
 * @param name what the app calls it
 * @param key the name of the column that shows the row's key
 * @param columns the others, in the order in which they are shown
 * @param searchable those whose text is to be searched for words
 * @param wire its name in the space, for ever: the one that it was first declared under
 * @param drops columns that apps which do not declare them need not see any more, by their names in the space
 * @param rules what holds between its rows and others, by names in the space
 * @param keep how much is to be kept, at the least
 * @param lifetimeMillis how long what is written counts; 0 for good
 * @param onlineOnly whether it is written only while the device is connected and up to date
 */
public record TableSchema(
    String name,
    String key,
    List<ColumnSchema> columns,
    Set<String> searchable,
    String wire,
    Set<String> drops,
    TableRules rules,
    Keep keep,
    long lifetimeMillis,
    boolean onlineOnly) {
  /** A default stands in the text of views. */
  static final int MAX_DEFAULT_BYTES = 1_024;

  private static final long FOR_GOOD = 0;

  /**
   * @throws dev.sealift.client.value.InvalidValueException for a name that is none
   * @throws StoreException for two columns of one name, or too many
   */
  public TableSchema {
    columns = List.copyOf(columns);
    Names.requireTable(name);
    Names.requireTable(wire);
    requireColumns(key, columns);
    requireWires(columns, drops);
    columns.forEach(TableSchema::requireDefault);
    columns.forEach(TableSchema::requireLens);
    drops = Collections.unmodifiableSet(new LinkedHashSet<>(drops));
    searchable = Collections.unmodifiableSet(new LinkedHashSet<>(searchable));
    requireText(columns, searchable);
    requireLifetime(columns, keep, lifetimeMillis);
    RuleCheck.require(wire, columns, rules);
  }

  /** A table of which nothing is kept but what it shows. */
  public TableSchema(
      String name,
      String key,
      List<ColumnSchema> columns,
      Set<String> searchable,
      String wire,
      Set<String> drops,
      TableRules rules) {
    this(name, key, columns, searchable, wire, drops, rules, Keep.LATEST, FOR_GOOD, false);
  }

  /** A table without searchable columns. */
  public TableSchema(String name, String key, List<ColumnSchema> columns) {
    this(name, key, columns, Set.of());
  }

  /** As it was first declared. */
  public TableSchema(String name, String key, List<ColumnSchema> columns, Set<String> searchable) {
    this(name, key, columns, searchable, name, Set.of(), TableRules.NONE);
  }

  /** With the name that it was first declared under. */
  public TableSchema was(String newWire) {
    return new TableSchema(
        name, key, columns, searchable, newWire, drops, rules, keep, lifetimeMillis, onlineOnly);
  }

  /** Written only while the device is connected and up to date. */
  public TableSchema online() {
    return new TableSchema(
        name, key, columns, searchable, wire, drops, rules, keep, lifetimeMillis, true);
  }

  public TableSchema dropping(String... columnWires) {
    return new TableSchema(
        name,
        key,
        columns,
        searchable,
        wire,
        Set.of(columnWires),
        rules,
        keep,
        lifetimeMillis,
        onlineOnly);
  }

  /** With the tables that its rules name by these names called what they are in the space. */
  public TableSchema withTargets(Map<String, String> wires) {
    List<Reference> references = rules.references().stream()
        .map(one -> one.to(wires.getOrDefault(one.target(), one.target())))
        .toList();
    TableRules named = new TableRules(references, rules.uniques(), rules.renames());
    return new TableSchema(
        name, key, columns, searchable, wire, drops, named, keep, lifetimeMillis, onlineOnly);
  }

  /** The same, of which more is kept. */
  public TableSchema keeping(Keep more) {
    return new TableSchema(
        name, key, columns, searchable, wire, drops, rules, more, lifetimeMillis, onlineOnly);
  }

  /** The same, in which what is written counts for so long, by the mesh's clock. */
  public TableSchema expiringAfter(long millis) {
    return new TableSchema(
        name, key, columns, searchable, wire, drops, rules, keep, millis, onlineOnly);
  }

  private static void requireLifetime(List<ColumnSchema> columns, Keep keep, long millis) {
    if (millis == FOR_GOOD) {
      return;
    }
    if (!Lifetimes.isLifetime(millis)) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "what is written to a table counts for a minute at least, and for a hundred years at most");
    }
    if (keep != Keep.LATEST) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a table whose rows expire keeps nothing of what was written; leave one of the two out");
    }
    if (!columns.stream().allMatch(column -> column.type().isRegister())) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a table whose rows expire has plain columns alone; keep the elements of a set or a counter as rows of their own");
    }
  }

  /** Whether what is written counts for a time only. */
  boolean expires() {
    return lifetimeMillis != FOR_GOOD;
  }

  private static void requireColumns(String key, List<ColumnSchema> columns) {
    if (columns.size() > ValueLimits.MAX_COLUMNS) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a table may have " + ValueLimits.MAX_COLUMNS
              + " columns beside its key; spread them over several tables");
    }
    Set<String> taken = new HashSet<>();
    requireNew(taken, key);
    columns.forEach(column -> requireNew(taken, column.name()));
  }

  private static void requireWires(List<ColumnSchema> columns, Set<String> drops) {
    Set<String> taken = new HashSet<>();
    for (ColumnSchema column : columns) {
      Names.requireColumn(column.wire());
      if (!taken.add(Names.folded(column.wire()))) {
        throw new StoreException(
            Code.BAD_SCHEMA,
            "two columns of a table stand for one of the space; a new column that has the old name of a renamed one says by was(…) under which other name it travels");
      }
    }
    for (String drop : drops) {
      Names.requireColumn(drop);
      if (taken.contains(Names.folded(drop))) {
        throw new StoreException(
            Code.BAD_SCHEMA, "a column is both declared and dropped; leave one of the two out");
      }
    }
  }

  private static void requireDefault(ColumnSchema column) {
    if (column.fallback() != Value.NULL && !isDefault(column.type(), column.fallback())) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "a default is a value that a plain column of its type takes, of up to "
              + MAX_DEFAULT_BYTES + " bytes");
    }
  }

  /** Whether a column may have a default. */
  static boolean isDefault(ColumnType type, Value value) {
    return type.isRegister() && type.accepts(value) && value.canonicalLength() <= MAX_DEFAULT_BYTES;
  }

  private static void requireLens(ColumnSchema column) {
    column.through().ifPresent(through -> {
      Names.requireColumn(through.source());
      if (!column.type().isRegister() || through.source().equals(column.wire())) {
        throw new StoreException(
            Code.BAD_SCHEMA, "a lens shows one plain column of a table in another one");
      }
    });
  }

  private static void requireText(List<ColumnSchema> columns, Set<String> searchable) {
    for (String name : searchable) {
      boolean isText = columns.stream()
          .anyMatch(column -> column.name().equals(name) && column.type() == ColumnType.TEXT);
      if (!isText) {
        throw new StoreException(
            Code.BAD_SCHEMA, "only a column of text can be searchable; declare it as TEXT");
      }
    }
  }

  /** SQLite does not tell apart names that differ only in the case of ASCII letters. */
  private static void requireNew(Set<String> taken, String column) {
    Names.requireColumn(column);
    if (!taken.add(Names.folded(column))) {
      throw new StoreException(
          Code.BAD_SCHEMA,
          "two columns of a table have one name; upper and lower case count as the same: rename one");
    }
  }
}
