package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
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

  /** The table, its columns in any order. */
  static TableSchema schema(Dice dice) {
    List<ColumnSchema> columns = new ArrayList<>();
    COLUMNS.forEach(column -> columns.add(
        (int) dice.between(0, columns.size()), new ColumnSchema(column, ColumnType.TEXT)));
    return new TableSchema(TABLE, "id", columns);
  }

  /** Mostly one that nobody has written before, so that it shows where it came from. */
  private Value value() {
    if (dice.chance(0.1)) {
      return Value.of("same");
    }
    values++;
    return dice.chance(0.05) ? Value.NULL : Value.of("v" + values);
  }

  /** A write, and how it is made. */
  private record Step(Written written, Consumer<Batch> work) {}

  void put(Device device, String key) {
    write(device, List.of(putting(device, key)));
  }

  void patch(Device device, String key) {
    write(device, List.of(patching(device, key)));
  }

  void remove(Device device, String key) {
    if (device.store().get(TABLE, key).isPresent()) {
      write(device, List.of(removing(device, key)));
    }
  }

  /** Several rows in one unit of work. */
  void several(Device device, String key) {
    List<Step> steps = new ArrayList<>();
    steps.add(putting(device, key));
    steps.add(patching(device, key + "+"));
    if (dice.chance(0.5)) {
      steps.add(patching(device, key));
    }
    write(device, steps);
  }

  void dismiss(Device device) {
    lost(device).ifPresent(lost -> {
      write(device, List.of(dismissing(device, lost)));
      requireReviewed(device, lost);
    });
  }

  /** As the client's API does it: a dismissal, and the value once more. */
  void revive(Device device) {
    lost(device).ifPresent(lost -> {
      write(device, List.of(dismissing(device, lost), again(device, lost)));
      requireReviewed(device, lost);
    });
  }

  private Step putting(Device device, String key) {
    SortedMap<String, Value> row = new TreeMap<>();
    COLUMNS.forEach(column -> row.put(column, value()));
    return step(device, RunKind.PUT, key, row, batch -> batch.put(TABLE, key, row));
  }

  private Step patching(Device device, String key) {
    SortedMap<String, Value> some = new TreeMap<>();
    some.put(dice.oneOf(COLUMNS), value());
    if (dice.chance(0.3)) {
      some.put(dice.oneOf(COLUMNS), value());
    }
    return step(device, RunKind.PATCH, key, some, batch -> batch.patch(TABLE, key, some));
  }

  private Step removing(Device device, String key) {
    return step(device, RunKind.REMOVE, key, Map.of(), batch -> batch.remove(TABLE, key));
  }

  private Step dismissing(Device device, LostValue lost) {
    return step(device, RunKind.DISMISS, lost.key(), named(lost), batch -> batch.dismiss(lost));
  }

  private Step again(Device device, LostValue lost) {
    String key = lost.key();
    if (isRemoval(lost)) {
      return removing(device, key);
    }
    if (lost.column().isEmpty()) {
      return step(device, RunKind.PUT, key, Map.of(), batch -> batch.mark(TABLE, key));
    }
    Map<String, Value> value = Map.of(lost.column(), lost.value());
    return step(device, RunKind.PATCH, key, value, batch -> batch.patch(TABLE, key, value));
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

  private Step step(
      Device device, RunKind kind, String key, Map<String, Value> content, Consumer<Batch> work) {
    return new Step(new Written(device, kind, key, content, device.store().position()), work);
  }

  private void write(Device device, List<Step> steps) {
    steps.forEach(step -> {
      trace.say(
          device.toString(),
          "writes " + describe(step.written()) + " at " + step.written().seen());
      history.attempted(step.written());
    });
    boolean certain = device.write(batch -> steps.forEach(step -> step.work().accept(batch)));
    steps.forEach(step -> history.happened(step.written(), certain));
    if (device.isRunning()) {
      requireShown(device, steps);
    }
  }

  /** L4: the last of the writes to each row and cell is what shows. */
  private static void requireShown(Device device, List<Step> steps) {
    Map<String, SortedMap<String, Value>> wanted = new TreeMap<>();
    for (Step step : steps) {
      Written written = step.written();
      if (written.kind() == RunKind.REMOVE) {
        requireL4(device.store().get(TABLE, written.key()).isEmpty(), device, written);
        wanted.remove(written.key());
      } else if (written.kind() != RunKind.DISMISS) {
        wanted.computeIfAbsent(written.key(), any -> new TreeMap<>()).putAll(written.values());
      }
    }
    for (Step step : steps) {
      Written written = step.written();
      Map<String, Value> values = wanted.get(written.key());
      if (values != null) {
        Optional<Map<String, Value>> shown = device.store().get(TABLE, written.key());
        requireL4(
            shown.filter(row -> row.entrySet().containsAll(values.entrySet())).isPresent(),
            device,
            written);
      }
    }
  }

  private static void requireL4(boolean holds, Device device, Written written) {
    if (!holds) {
      throw new Fault(
          "L4", device + " does not show what it has just written: " + describe(written));
    }
  }

  private static String describe(Written written) {
    Map<String, Value> shown = new TreeMap<>(written.values());
    shown.remove("device"); // of a dismissal: too long, and the time says enough
    return written.kind() + " " + written.key() + " " + shown;
  }
}
