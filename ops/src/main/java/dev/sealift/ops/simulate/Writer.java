package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The app: writes to one table, tells the history, and looks at once whether what it wrote is there (L4). */
final class Writer {
  static final String TABLE = "notes";
  static final List<String> COLUMNS = List.of("a", "b", "c");
  static final TableSchema SCHEMA = new TableSchema(
      TABLE,
      "id",
      COLUMNS.stream().map(column -> new ColumnSchema(column, ColumnType.TEXT)).toList());

  private static final int MOST_LOST = 10_000;

  private final Dice dice;
  private final Trace trace;
  private final History history;
  private long values;

  Writer(Dice dice, Trace trace, History history) {
    this.dice = dice;
    this.trace = trace;
    this.history = history;
  }

  /** Mostly one that nobody has written before, so that it shows where it came from. */
  private Value value() {
    if (dice.chance(0.1)) {
      return Value.of("same");
    }
    values++;
    return dice.chance(0.05) ? Value.NULL : Value.of("v" + values);
  }

  void put(Device device, String key) {
    SortedMap<String, Value> row = new TreeMap<>();
    COLUMNS.forEach(column -> row.put(column, value()));
    write(device, RunKind.PUT, key, row, batch -> batch.put(TABLE, key, row));
    requireShown(device, key, row);
  }

  void patch(Device device, String key) {
    SortedMap<String, Value> some = new TreeMap<>();
    some.put(dice.oneOf(COLUMNS), value());
    if (dice.chance(0.3)) {
      some.put(dice.oneOf(COLUMNS), value());
    }
    write(device, RunKind.PATCH, key, some, batch -> batch.patch(TABLE, key, some));
    requireShown(device, key, some);
  }

  void remove(Device device, String key) {
    if (device.store().get(TABLE, key).isEmpty()) {
      return;
    }
    write(device, RunKind.REMOVE, key, Map.of(), batch -> batch.remove(TABLE, key));
    if (device.isRunning() && device.store().get(TABLE, key).isPresent()) {
      throw new Fault("L4", device + " still shows " + key + ", which it has removed");
    }
  }

  void dismiss(Device device) {
    lost(device).ifPresent(lost -> {
      write(device, RunKind.DISMISS, lost.key(), named(lost), batch -> batch.dismiss(lost));
      requireReviewed(device, lost);
    });
  }

  /** As the client's API does it: a dismissal, and the value once more. */
  void revive(Device device) {
    lost(device).ifPresent(lost -> {
      Written dismissal = written(device, RunKind.DISMISS, lost.key(), named(lost));
      Written again = again(device, lost);
      boolean certain = device.write(batch -> {
        batch.dismiss(lost);
        writeAgain(batch, lost);
      });
      history.happened(dismissal, certain);
      history.happened(again, certain);
      requireReviewed(device, lost);
      if (again.kind() == RunKind.PATCH) {
        requireShown(device, lost.key(), again.values());
      }
    });
  }

  private Written again(Device device, LostValue lost) {
    if (isRemoval(lost)) {
      return written(device, RunKind.REMOVE, lost.key(), Map.of());
    }
    return lost.column().isEmpty()
        ? written(device, RunKind.PUT, lost.key(), Map.of())
        : written(device, RunKind.PATCH, lost.key(), Map.of(lost.column(), lost.value()));
  }

  private static void writeAgain(Batch batch, LostValue lost) {
    if (isRemoval(lost)) {
      batch.remove(TABLE, lost.key());
    } else if (lost.column().isEmpty()) {
      batch.mark(TABLE, lost.key());
    } else {
      batch.patch(TABLE, lost.key(), Map.of(lost.column(), lost.value()));
    }
  }

  private static boolean isRemoval(LostValue lost) {
    return lost.reason() == LostReason.WRITE || lost.reason() == LostReason.LATE_REMOVAL;
  }

  private Optional<LostValue> lost(Device device) {
    List<LostValue> inbox = device.store().inbox(MOST_LOST);
    return inbox.isEmpty() ? Optional.empty() : Optional.of(dice.oneOf(inbox));
  }

  static Map<String, Value> named(LostValue lost) {
    return Map.of(
        "column", Value.of(lost.column()),
        "time", Value.of(lost.time().bits()),
        "device", Value.of(lost.device().toByteArray()));
  }

  private static void requireReviewed(Device device, LostValue lost) {
    boolean there = device.isRunning()
        && device.store().inbox(MOST_LOST).stream()
            .anyMatch(other -> named(other).equals(named(lost)) && other.key().equals(lost.key()));
    if (there) {
      throw new Fault("L5", device + " still has in the inbox what was reviewed: " + lost);
    }
  }

  private void requireShown(Device device, String key, Map<String, Value> wanted) {
    if (!device.isRunning()) {
      return;
    }
    Map<String, Value> shown = device.store().get(TABLE, key).orElse(Map.of());
    wanted.forEach((column, value) -> {
      if (!value.equals(shown.getOrDefault(column, Value.NULL))) {
        throw new Fault("L4", device + " does not show " + column + " of " + key + " as written");
      }
    });
    if (device.store().get(TABLE, key).isEmpty()) {
      throw new Fault("L4", device + " does not show the row " + key + ", which was written");
    }
  }

  private void write(
      Device device, RunKind kind, String key, Map<String, Value> content, Consumer<Batch> work) {
    Written written = written(device, kind, key, content);
    history.happened(written, device.write(work));
  }

  private Written written(Device device, RunKind kind, String key, Map<String, Value> content) {
    long seen = device.store().position();
    Written written = new Written(device, kind, key, content, seen);
    trace.say(
        device.toString(),
        "writes " + kind + " " + key + describe(written) + ", having seen " + seen);
    history.attempted(written);
    return written;
  }

  private static String describe(Written written) {
    return written.kind() == RunKind.DISMISS
        ? " "
            + new TreeMap<>(Map.of(
                "column",
                written.values().get("column"),
                "time",
                written.values().get("time")))
        : " " + new TreeMap<>(written.values());
  }
}
