package dev.sealift.client.store;

import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reserved table in which declarations travel, as events like any others: so devices that join make their tables from
 * what they receive, and two devices that declare at once agree by the rule of every cell.
 *
 * <pre>
 * key                     key_column   type   position   together                shown         default       dropped
 * t/&lt;table&gt;               its key's    null   null       null                    newest name   null          1 when it is
 * c/&lt;table&gt;/&lt;column&gt;      null         name   from 0     its group, or null      newest name   null reads as 1 when it is
 * s/&lt;table&gt;/&lt;column&gt;      all null: the row being there says that the column is searchable
 * v/&lt;number&gt;              all null: the row being there says that the app is to be of this version at least; the highest that is there counts
 * k/&lt;table&gt;               null         Keep   null       null: what is kept of the table, see {@link KeepPolicies}
 * l/&lt;table&gt;               null         null   milliseconds    null: how long events on the table count, see {@link Lifetimes}
 * o/&lt;table&gt;               all null: the row being there says that the table is written online only
 * </pre>
 *
 * Names in keys are those that a table or column was first declared under, for ever. The first four columns are written when something is declared that the space does not have; the others, and
 * a type that becomes wider, each by itself: so who does not know of them does not take them back.
 */
final class SchemaTable {
  static final String NAME = "sealift_schema";
  static final String KEY_COLUMN = "key_column";
  static final String TYPE = "type";
  static final String POSITION = "position";
  static final String TOGETHER = "together";
  static final String SHOWN = "shown";
  static final String DEFAULT = "default";
  static final String DROPPED = "dropped";

  /** What a new declaration writes. */
  static final List<String> FIRST_COLUMNS = List.of(KEY_COLUMN, TYPE, POSITION, TOGETHER);

  static final List<String> COLUMNS =
      List.of(KEY_COLUMN, TYPE, POSITION, TOGETHER, SHOWN, DEFAULT, DROPPED);

  static final Value IS_DROPPED = Value.of(1);

  private static final String TABLE_PREFIX = "t/";
  private static final String COLUMN_PREFIX = "c/";
  private static final String SEARCHABLE_PREFIX = "s/";
  static final String VERSION_PREFIX = "v/";

  /** Digits of a version. */
  private static final int MAX_DIGITS = 9;

  private static final String REFERENCE_PREFIX = "f/";
  private static final String UNIQUE_PREFIX = "u/";

  private static final String KEEP_PREFIX = "k/";
  private static final String LIFETIME_PREFIX = "l/";
  private static final String ONLINE_PREFIX = "o/";

  private SchemaTable() {}

  static String tableKey(String table) {
    return TABLE_PREFIX + table;
  }

  static String columnKey(String table, String column) {
    return COLUMN_PREFIX + table + '/' + column;
  }

  static String searchableKey(String table, String column) {
    return SEARCHABLE_PREFIX + table + '/' + column;
  }

  static String versionKey(int version) {
    return VERSION_PREFIX + version;
  }

  /** The version that a row asks for at least; 0 for a row that asks for none. */
  static int versionOf(String key) {
    String digits = key.startsWith(VERSION_PREFIX) ? key.substring(VERSION_PREFIX.length()) : "";
    return digits.matches("[1-9][0-9]{0," + (MAX_DIGITS - 1) + "}") ? Integer.parseInt(digits) : 0;
  }

  static String referenceKey(Reference reference) {
    return REFERENCE_PREFIX + reference.table() + '/' + reference.column();
  }

  static Map<String, Value> referenceRow(Reference reference) {
    return Map.of(
        KEY_COLUMN,
        Value.of(reference.target()),
        TYPE,
        Value.of(reference.onRemove().name()));
  }

  static String uniqueKey(Unique unique) {
    return UNIQUE_PREFIX + unique.table() + '/' + String.join("/", unique.columns());
  }

  static Map<String, Value> uniqueRow(Unique unique) {
    return Map.of(KEY_COLUMN, unique.rename().map(Value::of).orElse(Value.NULL));
  }

  /** What a row says of references; empty for a row that says nothing of them that makes sense. */
  static Optional<Reference> reference(String key, Value target, Value policy) {
    String[] parts = key.split("/", -1);
    if (!key.startsWith(REFERENCE_PREFIX)
        || parts.length != 3
        || !(target instanceof Value.Text to)
        || !isAppName(parts[1])
        || !isAppName(to.value())
        || !Names.isWellFormed(parts[2])) {
      return Optional.empty();
    }
    return Arrays.stream(OnRemove.values())
        .filter(onRemove -> Value.of(onRemove.name()).equals(policy))
        .findFirst()
        .map(onRemove -> new Reference(parts[1], parts[2], to.value(), onRemove));
  }

  /** What a row says of unique values; empty for a row that says nothing of them that makes sense. */
  static Optional<Unique> unique(String key, Value rename) {
    List<String> parts = List.of(key.split("/", -1));
    if (!key.startsWith(UNIQUE_PREFIX) || parts.size() < 3 || !isAppName(parts.get(1))) {
      return Optional.empty();
    }
    List<String> columns = parts.subList(2, parts.size());
    boolean makesSense = columns.size() <= RuleCheck.MOST_COLUMNS
        && columns.stream().allMatch(Names::isWellFormed)
        && new HashSet<>(columns).size() == columns.size();
    Optional<String> name = rename instanceof Value.Text text && columns.size() == 1
        ? Optional.of(text.value())
        : Optional.empty();
    return makesSense ? Optional.of(new Unique(parts.get(1), columns, name)) : Optional.empty();
  }

  private static boolean isAppName(String table) {
    return Names.isWellFormed(table) && !Names.isReserved(table);
  }

  static String keepKey(String table) {
    return KEEP_PREFIX + table;
  }

  /** Whether a row says what is kept, of a table or of something that can be none. */
  static boolean isKeep(String key) {
    return key.startsWith(KEEP_PREFIX);
  }

  /** The table of which a row says what is kept; null for a row that says no such thing of one that an app can have. */
  static @Nullable String keptTableOf(String key) {
    return appTable(KEEP_PREFIX, key);
  }

  static String lifetimeKey(String table) {
    return LIFETIME_PREFIX + table;
  }

  /** Whether a row says how long events count, of a table or of something that can be none. */
  static boolean isLifetime(String key) {
    return key.startsWith(LIFETIME_PREFIX);
  }

  /** The table of which a row says how long its events count; null for a row that says no such thing of one that an app can have. */
  static @Nullable String lifetimeTableOf(String key) {
    return appTable(LIFETIME_PREFIX, key);
  }

  static Map<String, Value> lifetimeRow(long millis) {
    return Map.of(POSITION, Value.of(millis));
  }

  private static @Nullable String appTable(String prefix, String key) {
    String table = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
    return isAppName(table) ? table : null;
  }

  static String onlineKey(String table) {
    return ONLINE_PREFIX + table;
  }

  /** The table that a row says is written online only; null for a row that says so of none. */
  static @Nullable String onlineOnly(String key) {
    return appTable(ONLINE_PREFIX, key);
  }

  /** The table that a row says something of; null for a row that does of none. */
  static @Nullable String about(String key) {
    String[] parts = key.split("/", -1);
    return parts.length > 1 ? parts[1] : null;
  }

  static Map<String, Value> keepRow(Keep keep) {
    return Map.of(TYPE, Value.of(keep.name()));
  }

  static Map<String, Value> tableRow(TableSchema table) {
    return Map.of(KEY_COLUMN, Value.of(table.key()));
  }

  static Map<String, Value> columnRow(ColumnSchema column, int position) {
    return Map.of(
        TYPE,
        Value.of(column.type().name()),
        POSITION,
        Value.of(position),
        TOGETHER,
        column.group().map(Value::of).orElse(Value.NULL));
  }

  /** The table that a row declares; null for a row that declares none. */
  static @Nullable String tableOf(String key) {
    return key.startsWith(TABLE_PREFIX) ? key.substring(TABLE_PREFIX.length()) : null;
  }

  /** The table and the column that a row declares; null for a row that declares none. */
  static String @Nullable [] columnOf(String key) {
    if (!key.startsWith(COLUMN_PREFIX)) {
      return null;
    }
    String[] parts = key.substring(COLUMN_PREFIX.length()).split("/", -1);
    return parts.length == 2 ? parts : null;
  }
}
