package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The app's part whose rows count for a lifetime, and what they must be in the end: what the log makes of what is not over. */
final class LifetimeWriter {
  static final String TABLE = "errands";

  /** The row of the schema that gives them one. */
  static final String DECLARATION = "l/" + TABLE;

  private static final String GROUP = "together";
  private static final List<String> COLUMNS = List.of("what", "where", "who");
  private static final int KEYS = 2;

  private final Dice dice;
  private final Trace trace;
  private long values;

  LifetimeWriter(Dice dice, Trace trace) {
    this.dice = dice;
    this.trace = trace;
  }

  static TableSchema schema(long lifetimeMillis) {
    return new TableSchema(
            TABLE,
            "id",
            List.of(
                new ColumnSchema("what", ColumnType.TEXT).inGroup(GROUP),
                new ColumnSchema("where", ColumnType.TEXT).inGroup(GROUP),
                new ColumnSchema("who", ColumnType.TEXT)))
        .expiringAfter(lifetimeMillis);
  }

  /** Some columns of a row, or removes it. */
  void write(Device device) {
    String key = "k" + dice.between(1, KEYS);
    if (!isDeclared(device)) {
      return;
    }
    if (dice.chance(0.2)) {
      trace.say(device.toString(), "removes errand " + key);
      device.write(batch -> batch.remove(TABLE, key));
      return;
    }
    Map<String, Value> some = new HashMap<>();
    COLUMNS.forEach(column -> {
      if (dice.chance(0.5)) {
        values++;
        some.put(column, Value.of("e" + values));
      }
    });
    boolean whole = dice.chance(0.4);
    trace.say(device.toString(), "writes errand " + key + " " + some.keySet());
    device.write(batch -> {
      if (whole) {
        batch.put(TABLE, key, some);
      } else {
        batch.patch(TABLE, key, some);
      }
    });
  }

  private static boolean isDeclared(Device device) {
    return device.store().tables().stream()
        .filter(table -> table.name().equals(TABLE))
        .anyMatch(table -> table.columns().size() == COLUMNS.size());
  }

  /** What is over is nothing, as if nobody had ever written it; and nothing else is. */
  void judge(Device device, LogReader log, long lifetimeMillis, long cutOffMillis) {
    if (!device.store().hasTable(TABLE)) {
      return;
    }
    long last = log.files().get(log.files().size() - 1).serverTimeMillis();
    OptionalLong since = log.lifetimeSince();
    LogModel model = new LogModel(cutOffMillis, COLUMNS);
    model.apply(log.events(TABLE).stream()
        .filter(event -> since.isEmpty() || event.time().millis() + lifetimeMillis > last)
        .filter(event -> !log.expires(event.sequence())
            || since.isPresent() && event.sequence() > since.getAsLong())
        .toList());
    IntStream.rangeClosed(1, KEYS).mapToObj(number -> "k" + number).forEach(key -> {
      Optional<SortedMap<String, Value>> wanted =
          Optional.ofNullable(model.rows().get(key)).flatMap(RowModel::shown);
      Optional<SortedMap<String, Value>> shown = device.store().get(TABLE, key).map(TreeMap::new);
      if (!shown.equals(wanted)) {
        throw new Fault(
            "L1",
            "%s shows errand %s as %s and should show %s".formatted(device, key, shown, wanted));
      }
    });
  }
}
