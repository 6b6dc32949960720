package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.Column;
import dev.sealift.client.record.Key;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.Rename;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.Lens;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The tables that an app keeps in a space. It travels, encrypted, with the data, so that whoever joins has the tables too.
 *
 * <pre>{@code
 * Schema schema = Schema.of(
 *     Schema.table("cities", "id").text("name").text("country").integer("population"));
 * }</pre>
 */
public final class Schema {
  /** Nine digits are enough for any way of counting. */
  private static final int MAX_VERSION = 999_999_999;

  /** No column has this name. */
  private static final String WHOLE_ROW = "*";

  private final List<TableSchema> tables;
  private final Set<String> drops;
  private final int version;
  private final OptionalInt minimumVersion;

  private Schema(
      List<TableSchema> tables, Set<String> drops, int version, OptionalInt minimumVersion) {
    this.tables = List.copyOf(tables);
    this.drops = Set.copyOf(drops);
    this.version = version;
    this.minimumVersion = minimumVersion;
  }

  /** A schema of these tables. */
  public static Schema of(TableBuilder... tables) {
    List<TableSchema> built = new ArrayList<>(tables.length);
    for (TableBuilder table : tables) {
      built.add(table.build());
    }
    Map<String, String> wires = new HashMap<>();
    built.forEach(table -> wires.put(table.name(), table.wire()));
    built.replaceAll(table -> table.withTargets(wires));
    return new Schema(built, Set.of(), 0, OptionalInt.empty());
  }

  /** No tables yet: {@link Space#declare} adds them later, and other devices bring theirs. */
  public static Schema empty() {
    return of();
  }

  /**
   * The version of the app that has this schema; 0 when it is not given. It is compared with what the space asks for: see {@link #minimumVersion}.
   *
   * @param newVersion 1 or more, and higher in newer versions
   * @throws SealiftException {@code INVALID_INPUT}
   */
  public Schema version(int newVersion) {
    requireVersion(newVersion);
    return new Schema(tables, drops, newVersion, minimumVersion);
  }

  /**
   * From now on the space asks for this version of the app at least: where the app is older, it reads and receives, and every write fails with {@code APP_TOO_OLD} until it is updated. Of several that apps declare the
   * highest counts, and none takes back another's. By {@link Space#amend} it is the one that the space asks for, also when it is lower; apps do not ask again for what was taken back so.
   *
   * @param minimum no higher than the {@link #version} of this schema, which is given before
   * @throws SealiftException {@code INVALID_INPUT}
   */
  public Schema minimumVersion(int minimum) {
    requireVersion(minimum);
    if (minimum > version) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "The space would ask for a newer version of the app than this one: give this one's first, by version(…).");
    }
    return new Schema(tables, drops, version, OptionalInt.of(minimum));
  }

  /** The space asks for no version of the app any more; for {@link Space#amend} alone. */
  public Schema anyVersion() {
    return new Schema(tables, drops, version, OptionalInt.of(0));
  }

  private static void requireVersion(int version) {
    if (version < 1 || version > MAX_VERSION) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "A version of an app is 1 to " + MAX_VERSION + ".");
    }
  }

  /**
   * Hides a table from apps that do not declare it. What is in it is kept, and older versions of the app that declare it go on reading and writing it.
   *
   * @param table by the name that it was first declared under
   */
  public Schema drops(String table) {
    Errors.checked(() -> Names.requireTable(table));
    boolean declared = tables.stream().anyMatch(one -> one.wire().equals(table));
    if (declared) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A table is both declared and dropped; leave one of the two out.");
    }
    Set<String> more = new LinkedHashSet<>(drops);
    more.add(table);
    return new Schema(tables, more, version, minimumVersion);
  }

  /**
   * Starts a table.
   *
   * @param key the name under which queries see a row's key
   */
  public static TableBuilder table(String name, String key) {
    return new TableBuilder(name, key);
  }

  /**
   * A table for the records of a class: a column for each component, by its name or its {@link Column}'s, and the key by the component
   * marked {@link Key}.
   *
   * @throws SealiftException {@code INVALID_INPUT} for a record without a key, or with components of types that are not kept
   */
  public static TableBuilder table(String name, Class<? extends Record> type) {
    String key = RecordMapping.of(type)
        .keyColumn()
        .orElseThrow(() -> new SealiftException(
            ErrorCode.INVALID_INPUT,
            "No component of " + type.getSimpleName()
                + " is the key: mark one by @Key, or name a key and add columns("
                + type.getSimpleName()
                + ".class)."));
    return new TableBuilder(name, key).columns(type);
  }

  /** As the app's own: what it calls things here, and what is new of it for the space. */
  void declare(Batch batch) {
    if (version > 0 || !tables.isEmpty()) {
      batch.useVersion(version); // who declares nothing is no app, but a tool
    }
    tables.forEach(batch::declare);
    drops.forEach(batch::dropTable);
    minimumVersion.ifPresent(batch::requireVersion);
  }

  /** For the space alone. */
  void amend(Batch batch) {
    batch.requireNewEnough();
    tables.forEach(batch::amend);
    drops.forEach(batch::dropTable);
    minimumVersion.ifPresent(batch::amendVersion);
  }

  /** A table being described: its columns in the order in which queries show them. */
  public static final class TableBuilder {
    private static final Duration LEAST_LIFETIME = Duration.ofMinutes(1);
    private static final Duration LONGEST_LIFETIME = Duration.ofDays(36_525);

    private final String name;
    private final String key;
    private final List<ColumnSchema> columns = new ArrayList<>();
    private final Set<String> searchable = new LinkedHashSet<>();
    private final Set<String> drops = new LinkedHashSet<>();
    private String wire;

    /** The column that is described further; -1 before there is one. */
    private int current = -1;

    private final List<Reference> references = new ArrayList<>();
    private final List<Unique> uniques = new ArrayList<>();
    private final Map<String, Rename> renames = new HashMap<>();

    private Keep keep = Keep.LATEST;
    private long lifetimeMillis;
    private boolean onlineOnly;

    private TableBuilder(String name, String key) {
      this.name = name;
      this.wire = name;
      this.key = key;
    }

    public TableBuilder text(String column) {
      return column(column, ColumnType.TEXT);
    }

    public TableBuilder integer(String column) {
      return column(column, ColumnType.INTEGER);
    }

    public TableBuilder real(String column) {
      return column(column, ColumnType.REAL);
    }

    public TableBuilder bytes(String column) {
      return column(column, ColumnType.BYTES);
    }

    /** A column for values of any kind. */
    public TableBuilder any(String column) {
      return column(column, ColumnType.ANY);
    }

    /** A column whose cells keep what was written concurrently, until a later write has seen it. */
    public TableBuilder multiValue(String column) {
      return column(column, ColumnType.MULTI_VALUE);
    }

    /** A column of sums of integers: what any device adds counts, offline too. */
    public TableBuilder counter(String column) {
      return column(column, ColumnType.COUNTER);
    }

    /** A column of sets of values, in which adding wins over a concurrent removal. */
    public TableBuilder set(String column) {
      return column(column, ColumnType.SET);
    }

    /** A column of updates that the app itself merges: what Yjs, Automerge or Loro make of a text, for instance. */
    public TableBuilder updates(String column) {
      return column(column, ColumnType.UPDATES);
    }

    /**
     * Columns that make sense only together, as latitude and longitude do: where two devices write to any of them, one of the two has them all. They are plain columns, and were named
     * before.
     */
    public TableBuilder group(String... together) {
      return group(List.of(together), together.length == 0 ? "" : wireOf(together[0]));
    }

    /** All plain columns that were named so far are a group: of two concurrent writes to a row, one has the whole row. */
    public TableBuilder wholeRow() {
      return group(
          columns.stream()
              .filter(column -> column.type().isRegister())
              .map(ColumnSchema::name)
              .toList(),
          WHOLE_ROW);
    }

    private TableBuilder group(List<String> together, String group) {
      together.forEach(column -> Errors.checked(() -> requireGroupable(column)));
      columns.replaceAll(
          column -> together.contains(column.name()) ? column.inGroup(group) : column);
      return this;
    }

    private void requireGroupable(String name) {
      boolean fits = columns.stream()
          .anyMatch(column -> column.name().equals(name)
              && column.type().isRegister()
              && column.group().isEmpty());
      if (!fits) {
        throw new StoreException(
            StoreException.Code.BAD_SCHEMA,
            "a group is of plain columns that were named before and are in no other group");
      }
    }

    /** The columns of a record's components, without its key. */
    public TableBuilder columns(Class<? extends Record> type) {
      RecordMapping<?> mapping = RecordMapping.of(type);
      columns.addAll(mapping.columns());
      searchable.addAll(mapping.searchable());
      current = columns.size() - 1;
      return this;
    }

    public TableBuilder column(String column, ColumnType type) {
      columns.add(new ColumnSchema(column, type));
      current = columns.size() - 1;
      return this;
    }

    /** A column as a space has it: see {@link Space#tables}. */
    public TableBuilder column(ColumnSchema column) {
      columns.add(column);
      current = columns.size() - 1;
      return this;
    }

    /**
     * What follows describes a column that was named before, as the columns of a record are.
     *
     * @throws SealiftException {@code INVALID_INPUT} when there is none
     */
    public TableBuilder about(String column) {
      current = columns.stream().map(ColumnSchema::name).toList().indexOf(column);
      requireCurrent();
      return this;
    }

    /**
     * What the column before this, or the table when there is no column yet, was called when it was first declared. That name is its own in the space for ever; older versions of the app go on calling it so, and any number
     * of renamings later it is still this one.
     */
    public TableBuilder was(String firstName) {
      if (current < 0) {
        wire = firstName;
      } else {
        describe(column -> column.was(firstName));
      }
      return this;
    }

    /**
     * What null reads as in the column before this: in queries, rows, records and searches. What is stored stays null. Apps that do not declare the column see this too.
     *
     * @param value as in {@link Row#of}, of the column's type, up to 1 KiB
     * @throws SealiftException {@code INVALID_INPUT} when there is no column yet
     */
    public TableBuilder byDefault(Object value) {
      Value fallback = Row.valueOf(value);
      describe(column -> column.byDefault(fallback));
      return this;
    }

    /**
     * Where the column before this holds nothing, it shows what a lens makes of another one: of what an older version of the app wrote. Nothing of that is stored or sent.
     *
     * @param source what the app calls it; of a column that it does not declare, the name that it was first declared under
     * @throws SealiftException {@code INVALID_INPUT} when there is no column yet
     */
    public TableBuilder from(String source, Lens lens) {
      String sourceWire = wireOf(source);
      describe(column -> column.from(sourceWire, lens));
      return this;
    }

    /**
     * Hides a column from apps that do not declare it. What is in it is kept, and older versions of the app that declare it go on reading and writing it.
     *
     * @param column by the name that it was first declared under
     */
    public TableBuilder drops(String column) {
      drops.add(column);
      return this;
    }

    private void describe(UnaryOperator<ColumnSchema> with) {
      requireCurrent();
      columns.set(current, with.apply(columns.get(current)));
    }

    private void requireCurrent() {
      if (current < 0) {
        throw new SealiftException(
            ErrorCode.INVALID_INPUT,
            "There is no such column yet to be described: name one first.");
      }
    }

    private String wireOf(String column) {
      return columns.stream()
          .filter(one -> one.name().equals(column))
          .map(ColumnSchema::wire)
          .findFirst()
          .orElse(column);
    }

    /**
     * The column before this can be searched for words: see {@link Space#search}. That holds on every device, for the rows that are there already too, and for good; it costs some time and room
     * for each row that is written.
     *
     * @throws SealiftException {@code INVALID_INPUT} when there is none
     */
    public TableBuilder searchable() {
      searchable.add(lastColumn("is searchable"));
      return this;
    }

    /**
     * The column before this holds keys of another table's rows, or of this one's: text, or whole numbers by their digits. That holds on every device, for the rows that are there already too, and for good.
     *
     * @param target the other table, which may be declared later: by its name in this schema; by the one that it was first declared under, when it is not in this schema
     * @param onRemove what becomes of rows that refer to one that was removed
     * @throws SealiftException {@code INVALID_INPUT} when there is none
     */
    public TableBuilder references(String target, OnRemove onRemove) {
      references.add(new Reference(name, lastColumn("refers to something"), target, onRemove));
      return this;
    }

    /**
     * No two rows should have the same in these columns together, which were named before; rows with a null in one of them count with none. Of two that were written apart both stay, and the later is told of: see {@link Space#violations}.
     */
    public TableBuilder unique(String... together) {
      uniques.add(new Unique(name, List.of(together), Optional.empty()));
      return this;
    }

    /**
     * As {@link #unique(String...)}; the later row gets another value, by a function of the app. Devices whose app has no function of that name leave it to others.
     *
     * @param function its name in the space: the same name means the same function, so another one wants another name
     */
    public TableBuilder unique(String column, String function, Rename rename) {
      uniques.add(new Unique(name, List.of(column), Optional.of(function)));
      renames.put(function, rename);
      return this;
    }

    private String lastColumn(String what) {
      if (columns.isEmpty()) {
        throw new SealiftException(
            ErrorCode.INVALID_INPUT, "There is no column yet that " + what + ": name one first.");
      }
      return columns.get(current).name();
    }

    /**
     * Everything that is written to the table from now on is kept for the space's review window (30 days), to be seen in {@link Table#history(String)}. On every device, and for good: it can be raised, and not lowered.
     */
    public TableBuilder keepWindow() {
      return keep(Keep.WINDOW);
    }

    /** As {@link #keepWindow}, without an end. Also what this device writes over before it was sent is sent then. */
    public TableBuilder keepAll() {
      return keep(Keep.ALL);
    }

    /** The table is a feed: rows are appended, and stay. See {@link Space#feed}. Only a table that is new to the space can become one. */
    public TableBuilder feed() {
      return keep(Keep.FEED);
    }

    private TableBuilder keep(Keep least) {
      keep = least;
      return this;
    }

    /**
     * What is written to the table counts for so long, and then goes by itself, on every device, and from the mesh: a row once nothing of it was written for that long, a column's value earlier if the others were written later. By the times in
     * the space's log and by no clock, so never before somebody has written something so much later; and what an app sees can be behind by a 64th. It holds from its place in the log on, for good, and can be made shorter, not longer. Such a table has plain columns
     * alone, and keeps nothing of what was written. What it says in transactions is as any; but nothing that was read from it keeps one from counting.
     *
     * @param lifetime from a minute to a hundred years
     * @throws SealiftException {@code INVALID_INPUT} for another one
     */
    public TableBuilder expireAfter(Duration lifetime) {
      if (lifetime.compareTo(LEAST_LIFETIME) < 0 || lifetime.compareTo(LONGEST_LIFETIME) > 0) {
        throw new SealiftException(
            ErrorCode.INVALID_INPUT,
            "Rows expire after a minute at least, and after a hundred years at most.");
      }
      lifetimeMillis = lifetime.toMillis();
      return this;
    }

    /**
     * The table is written only while the space is connected and up to date, on every device and for good: for what is not to be decided without the others. Writing to it otherwise fails with {@code OFFLINE};
     * reading always works. Two that are online at a time can still write at a time: {@link Table#putIf} tells them apart.
     */
    public TableBuilder onlineOnly() {
      onlineOnly = true;
      return this;
    }

    private TableSchema build() {
      TableRules rules = new TableRules(
          references.stream()
              .map(one -> new Reference(wire, wireOf(one.column()), one.target(), one.onRemove()))
              .toList(),
          uniques.stream()
              .map(one ->
                  new Unique(wire, one.columns().stream().map(this::wireOf).toList(), one.rename()))
              .toList(),
          renames);
      return Errors.checked(() -> new TableSchema(
          name, key, columns, searchable, wire, drops, rules, keep, lifetimeMillis, onlineOnly));
    }
  }
}
