package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.Misfit;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A row of the table of {@link AppVersions}: what is stored of it, by the names of the space, and what a version of the app has to read there. */
final class VersionedRow {
  private static final int MOST_MISFITS = 10_000;

  private VersionedRow() {}

  /**
   * What a version may write, of types that it declares.
   *
   * @param numbers none of them given before, so that values show where they came from
   */
  static Map<String, Value> drawn(
      TableSchema schema, Dice dice, double share, LongSupplier numbers) {
    Map<String, Value> row = new LinkedHashMap<>();
    for (ColumnSchema column : schema.columns()) {
      if (dice.chance(share)) {
        long number = numbers.getAsLong();
        row.put(
            column.name(),
            switch (column.type()) {
              case INTEGER -> Value.of(number);
              case REAL -> Value.of(number + 0.5);
              default -> Value.of("v" + number);
            });
      }
    }
    return row;
  }

  /** L4, and that a version leaves alone what it does not know. */
  static void requireWritten(
      Device device,
      TableSchema schema,
      String key,
      Map<String, Value> row,
      Map<String, Value> before) {
    Map<String, Value> shown = device.store().get(schema.name(), key).orElse(Map.of());
    if (!shown.entrySet().containsAll(row.entrySet())) {
      throw new Fault("L4", device + " does not show what it has just written: " + row);
    }
    Map<String, Value> unknown = new HashMap<>(before);
    schema.columns().forEach(column -> unknown.remove(column.wire()));
    if (!stored(device, key).entrySet().containsAll(unknown.entrySet())) {
      throw new Fault("versions", device + " has changed what it does not know: " + unknown);
    }
  }

  /** A row as it is in the real table, by the columns' names in the space. Empty when it is not there. */
  static Map<String, Value> stored(Device device, String key) {
    return cells(device, key, " AND _removed IS NULL");
  }

  /** Of a row that was removed what comes back with it, and is in the inbox until then. */
  static Map<String, Value> storedOrHidden(Device device, String key) {
    return cells(device, key, "");
  }

  private static Map<String, Value> cells(Device device, String key, String condition) {
    Map<String, Value> stored = new HashMap<>();
    String columns =
        "SELECT c.name, c.physical FROM _sealift_column c JOIN _sealift_table t ON t.id = c.tbl WHERE t.name = ?";
    try (QueryResult names = device.store().query(columns, List.of(Value.of(AppVersions.WIRE)))) {
      while (names.next()) {
        String cell = "SELECT \"" + ((Value.Text) names.value(1)).value() + "\" FROM \"_"
            + AppVersions.WIRE + "\" WHERE _key = ?" + condition;
        try (QueryResult value = device.store().query(cell, List.of(Value.of(key)))) {
          if (value.next()) {
            stored.put(((Value.Text) names.value(0)).value(), value.value(0));
          }
        }
      }
    }
    return stored;
  }

  /** Each column that its version declares reads as what is stored, whoever wrote it; what does not fit is reported. */
  static void requireReadable(
      Device device, TableSchema schema, String key, Map<String, Value> stored) {
    Map<String, Value> shown = device.store().get(schema.name(), key).orElse(Map.of());
    if (stored.isEmpty() != shown.isEmpty()) {
      throw new Fault("versions", device + " does not show " + key);
    }
    List<Misfit> misfits = device.store().misfits(Optional.empty(), MOST_MISFITS);
    for (ColumnSchema column : stored.isEmpty() ? List.<ColumnSchema>of() : schema.columns()) {
      Value value = stored.getOrDefault(column.wire(), Value.NULL);
      Value source = stored.getOrDefault(AppVersions.LENS_SOURCE, Value.NULL);
      if (!AppVersions.read(column, value, source).equals(shown.get(column.name()))) {
        throw new Fault("versions", device + " reads " + shown + " where " + stored + " stands");
      }
      boolean reported = misfits.stream()
          .anyMatch(misfit -> misfit.key().equals(key)
              && misfit.column().equals(column.name())
              && misfit.value().equals(value));
      if (reported != misfits(column, value)) {
        throw new Fault("versions", device + " reports otherwise whether " + value + " fits");
      }
    }
  }

  private static boolean misfits(ColumnSchema column, Value value) {
    return switch (column.type()) {
      case INTEGER -> value instanceof Value.Real || value instanceof Value.Text;
      case REAL -> value instanceof Value.Text;
      default -> false;
    };
  }
}
