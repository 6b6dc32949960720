package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The app's part whose columns make sense only together: two of a table, and all of another one. What shows of them is what somebody has seen together when writing. */
final class GroupWriter {
  private static final String SPOTS = "spots";
  private static final String CARDS = "cards";
  private static final String GROUP = "together";
  private static final int KEYS = 2;

  static final List<TableSchema> SCHEMA = List.of(
      new TableSchema(
          SPOTS,
          "id",
          List.of(
              new ColumnSchema("lat", ColumnType.TEXT).inGroup(GROUP),
              new ColumnSchema("lon", ColumnType.TEXT).inGroup(GROUP),
              new ColumnSchema("name", ColumnType.TEXT))),
      new TableSchema(
          CARDS,
          "id",
          List.of(
              new ColumnSchema("front", ColumnType.TEXT).inGroup(GROUP),
              new ColumnSchema("back", ColumnType.TEXT).inGroup(GROUP))));

  private record Row(String table, String key) {}

  private final Dice dice;
  private final Trace trace;
  private final Map<Row, Set<List<Value>>> written = new HashMap<>();
  private long values;

  GroupWriter(Dice dice, Trace trace) {
    this.dice = dice;
    this.trace = trace;
  }

  private static List<String> group(TableSchema table) {
    return table.columns().stream()
        .filter(column -> column.group().isPresent())
        .map(ColumnSchema::name)
        .toList();
  }

  /** Some columns of a row, or removes it. */
  void write(Device device) {
    TableSchema table = dice.oneOf(SCHEMA);
    String key = "k" + dice.between(1, KEYS);
    if (!isDeclared(device, table)) {
      return;
    }
    if (dice.chance(0.15)) {
      trace.say(device.toString(), "removes " + table.name() + " " + key);
      device.write(batch -> batch.remove(table.name(), key));
      return;
    }
    Map<String, Value> some = new HashMap<>();
    table.columns().stream().map(ColumnSchema::name).forEach(column -> {
      if (dice.chance(0.5)) {
        values++;
        some.put(column, Value.of("g" + values));
      }
    });
    boolean whole = dice.chance(0.3);
    trace.say(device.toString(), "writes " + table.name() + " " + key + " " + some.keySet());
    note(device, table, key, some, whole);
    device.write(batch -> {
      if (whole) {
        batch.put(table.name(), key, some);
      } else {
        batch.patch(table.name(), key, some);
      }
    });
  }

  private static boolean isDeclared(Device device, TableSchema wanted) {
    return device.store().tables().stream()
        .filter(table -> table.name().equals(wanted.name()))
        .anyMatch(table -> table.columns().size() == wanted.columns().size());
  }

  /** What is together after the write, if it comes about: what shows now, or is hidden and comes back, with what is written on top. */
  private void note(
      Device device, TableSchema table, String key, Map<String, Value> some, boolean whole) {
    Map<String, Value> now =
        whole ? Map.of() : device.store().get(table.name(), key).orElse(Map.of());
    Map<String, Value> after = new HashMap<>(now);
    after.putAll(some);
    Set<List<Value>> together =
        written.computeIfAbsent(new Row(table.name(), key), any -> new HashSet<>());
    if (whole || device.store().get(table.name(), key).isPresent()) {
      together.add(together(table, after));
    } else {
      Set.copyOf(together).forEach(hidden -> together.add(onTop(table, hidden, some)));
      together.add(together(table, after));
    }
  }

  private static List<Value> onTop(TableSchema table, List<Value> hidden, Map<String, Value> some) {
    Map<String, Value> after = new HashMap<>();
    List<String> group = group(table);
    for (int i = 0; i < hidden.size(); i++) {
      after.put(group.get(i), some.getOrDefault(group.get(i), hidden.get(i)));
    }
    return together(table, after);
  }

  private static List<Value> together(TableSchema table, Map<String, Value> row) {
    return group(table).stream()
        .map(column -> row.getOrDefault(column, Value.NULL))
        .toList();
  }

  /** No device shows a part of what one wrote beside a part of what another did. */
  void judge(Device device) {
    for (TableSchema table : SCHEMA) {
      for (int i = 1; i <= KEYS && device.store().hasTable(table.name()); i++) {
        String key = "k" + i;
        Optional<Map<String, Value>> shown = device.store().get(table.name(), key);
        Set<List<Value>> possible = written.getOrDefault(new Row(table.name(), key), Set.of());
        shown.map(row -> together(table, row)).ifPresent(row -> {
          if (!possible.contains(row) && row.stream().anyMatch(value -> value != Value.NULL)) {
            throw new Fault(
                "L1",
                "%s shows %s of %s %s, which nobody wrote together"
                    .formatted(device, row, table.name(), key));
          }
        });
      }
    }
  }
}
