package dev.sealift.ops.simulate;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The app: writes to one table, tells the history, and looks at once whether what it wrote is there (L4). */
final class Writer {
  static final String TABLE = "notes";
  static final List<String> COLUMNS = List.of("a", "b", "c");

  /** Columns of compound cells. */
  static final SortedMap<String, ColumnType> COMPOUNDS = new TreeMap<>(Map.of(
      "versions", ColumnType.MULTI_VALUE,
      "count", ColumnType.COUNTER,
      "tags", ColumnType.SET,
      "updates", ColumnType.UPDATES));

  /** Rows that transfers alone write to, and the column that they move amounts in. */
  static final List<String> ACCOUNTS = List.of("x", "y", "z");

  static final String AMOUNT = "a";

  /** How many of the last transactions are looked at once more. */
  private static final int MOST_MARKS = 12;

  private static final int MOST_LOST = 10_000;

  private final Dice dice;
  private final Trace trace;
  private final History history;
  private final Undoer undoer;
  private final RuleWriter rules;
  private final FeedWriter feed;
  private final VersionWriter versions;
  private final GroupWriter groups;
  private final LifetimeWriter lifetimes;
  private long values;
  private long transactions;

  /** @param undoes whether people take back what they did */
  Writer(Dice dice, Trace trace, History history, boolean undoes) {
    this.dice = dice;
    this.trace = trace;
    this.history = history;
    this.undoer = new Undoer(trace, history, undoes);
    this.rules = new RuleWriter(dice, trace);
    this.feed = new FeedWriter(dice, trace);
    this.versions = new VersionWriter(dice, trace);
    this.groups = new GroupWriter(dice, trace);
    this.lifetimes = new LifetimeWriter(dice, trace);
  }

  /** What it writes to tables with rules. */
  RuleWriter rules() {
    return rules;
  }

  /** What it says to a feed. */
  FeedWriter feed() {
    return feed;
  }

  /** What it writes to columns that belong together. */
  GroupWriter groups() {
    return groups;
  }

  /** What it writes for a time. */
  LifetimeWriter lifetimes() {
    return lifetimes;
  }

  /** What versions of it write. */
  VersionWriter versions() {
    return versions;
  }

  void undo(Device device) {
    undoer.undo(device, values);
  }

  void redo(Device device) {
    undoer.redo(device, values);
  }

  /** The table, its columns in any order. */
  static TableSchema schema(Dice dice) {
    List<ColumnSchema> columns = new ArrayList<>();
    COLUMNS.forEach(column -> columns.add(
        (int) dice.between(0, columns.size()), new ColumnSchema(column, ColumnType.TEXT)));
    COMPOUNDS.forEach((column, type) -> columns.add(new ColumnSchema(column, type)));
    return new TableSchema(TABLE, "id", columns)
        .keeping(dice.oneOf(List.of(Keep.LATEST, Keep.WINDOW, Keep.ALL)));
  }

  /** Mostly one that nobody has written before, so that it shows where it came from. */
  private Value value() {
    if (dice.chance(0.1)) {
      return Value.of("same");
    }
    values++;
    return dice.chance(0.05) ? Value.NULL : Value.of("v" + values);
  }

  /** The number of a value that nobody has written before; 0 of others. */
  static long number(Value value) {
    return value instanceof Value.Text text && text.value().matches("v\\d+")
        ? Long.parseLong(text.value().substring(1))
        : 0;
  }

  /** A unit of work of the app, which says whether it is durable. */
  private interface Writing {
    boolean write(Device device, Consumer<Batch> work);
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

  /** Something done to a compound cell, once the whole declaration has come. */
  void part(Device device, String key) {
    boolean declared = device.store().tables().stream()
        .filter(table -> table.name().equals(TABLE))
        .flatMap(table -> table.columns().stream())
        .map(ColumnSchema::name)
        .toList()
        .containsAll(COMPOUNDS.keySet());
    if (declared) {
      write(device, List.of(operating(device, key)));
    }
  }

  private Step operating(Device device, String key) {
    Value few = Value.of(dice.between(1, 3));
    Value fresh = Value.of(("u" + ++values).getBytes(StandardCharsets.US_ASCII));
    return switch ((int) dice.between(0, 5)) {
      case 0 -> part(device, RunKind.ASSIGN, key, "versions", value());
      case 1 -> part(device, RunKind.COUNT, key, "count", Value.of(dice.between(1, 9)));
      case 2 -> part(device, RunKind.ADD, key, "tags", few);
      case 3 -> part(device, RunKind.DISCARD, key, "tags", few);
      case 4 -> part(device, RunKind.APPEND, key, "updates", fresh);
      default -> part(device, RunKind.COLLAPSE, key, "updates", fresh);
    };
  }

  private Step part(Device device, RunKind kind, String key, String column, Value value) {
    return step(device, kind, key, Map.of(column, value), batch -> {
      switch (kind) {
        case ASSIGN -> batch.assign(TABLE, key, column, value);
        case COUNT -> batch.increment(TABLE, key, column, ((Value.Int) value).value());
        case ADD -> batch.add(TABLE, key, column, value);
        case DISCARD -> batch.discard(TABLE, key, column, value);
        case APPEND -> batch.append(TABLE, key, column, value);
        default -> batch.collapse(TABLE, key, column, value);
      }
    });
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

  /** Writes that are one for everybody. */
  void together(Device device, String key) {
    List<Step> steps = new ArrayList<>();
    steps.add(patching(device, key));
    if (dice.chance(0.5)) {
      steps.add(putting(device, key + "+"));
    }
    transact(device, Writer::begin, steps);
  }

  private static boolean begin(Batch batch) {
    batch.beginTransaction();
    return true;
  }

  /** Writes to a row, and to another, if the first one is what it is now; now and then to what it was read as in the same transaction. */
  void guarded(Device device, String key) {
    List<Step> steps = new ArrayList<>();
    steps.add(dice.chance(0.5) ? putting(device, key) : patching(device, key));
    if (dice.chance(0.5)) {
      steps.add(patching(device, key + "+"));
    }
    boolean version = dice.chance(0.4);
    transact(
        device,
        batch -> version
            ? batch.beginTransactionAt(TABLE, key, batch.version(TABLE, key))
            : begin(batch) && batch.read(TABLE, key) != null,
        steps);
  }

  /** Moves an amount between two accounts, by what it reads in both. */
  void transfer(Device device) {
    String from = dice.oneOf(ACCOUNTS);
    String to = dice.oneOf(ACCOUNTS);
    if (!from.equals(to)) {
      long amount = dice.between(1, 9);
      transact(
          device,
          batch -> begin(batch) && batch.read(TABLE, from) != null && batch.read(TABLE, to) != null,
          List.of(moving(device, from, -amount), moving(device, to, amount)));
    }
  }

  private Step moving(Device device, String account, long by) {
    long before = device
        .store()
        .get(TABLE, account)
        .map(row -> amount(row.getOrDefault(AMOUNT, Value.NULL)))
        .orElse(0L);
    values++;
    Map<String, Value> after = Map.of(AMOUNT, Value.of((before + by) + " v" + values));
    return step(device, RunKind.PATCH, account, after, batch -> batch.patch(TABLE, account, after));
  }

  /** What an account has. */
  static long amount(Value value) {
    return value instanceof Value.Text text
        ? Long.parseLong(text.value().substring(0, text.value().indexOf(' ')))
        : 0;
  }

  /** With two rows that nothing else writes to: they are there together, or not at all. */
  private void transact(Device device, Predicate<Batch> reading, List<Step> writes) {
    transactions++;
    List<Step> steps = new ArrayList<>();
    steps.add(marking(device, transactions, 0));
    steps.addAll(writes);
    steps.add(marking(device, transactions, 1));
    history.attemptedTogether(device.id(), steps.stream().map(Step::written).toList());
    Consumer<Batch> begin = batch -> {
      if (!reading.test(batch)) {
        throw new IllegalStateException("a version that was just read is not there");
      }
    };
    write(device, steps, begin, Device::write);
    if (device.isRunning()) {
      requireWhole(device);
    }
  }

  private Step marking(Device device, long transaction, int which) {
    Map<String, Value> value = Map.of(AMOUNT, Value.of("t" + transaction));
    String key = mark(transaction, which);
    return step(device, RunKind.PATCH, key, value, batch -> batch.patch(TABLE, key, value));
  }

  private static String mark(long transaction, int which) {
    return "t" + transaction + "." + which;
  }

  /** What of transactions shows, shows whole. */
  private void requireWhole(Device device) {
    for (long i = Math.max(1, transactions - MOST_MARKS); i <= transactions; i++) {
      if (device.store().get(TABLE, mark(i, 0)).isPresent()
          != device.store().get(TABLE, mark(i, 1)).isPresent()) {
        throw new Fault("L1", device + " shows half of transaction " + i);
      }
    }
  }

  void dismiss(Device device) {
    lost(device).ifPresent(lost -> {
      write(device, List.of(dismissing(device, lost)));
      requireReviewed(device, lost);
    });
  }

  /** As the client's API does it: a dismissal, and the value once more. */
  void revive(Device device) {
    lost(device).filter(Writer::isRevivable).ifPresent(lost -> {
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
    if (lost.kind().isPresent()) {
      return revivingPart(device, lost);
    }
    if (lost.column().isEmpty()) {
      return step(device, RunKind.PUT, key, Map.of(), batch -> batch.mark(TABLE, key));
    }
    Map<String, Value> value = Map.of(lost.column(), lost.value());
    return step(device, RunKind.PATCH, key, value, batch -> batch.patch(TABLE, key, value));
  }

  /** Also, where the row comes back and has it still, a put of no column. */
  private Step revivingPart(Device device, LostValue lost) {
    RunKind kind = switch (lost.kind().orElseThrow()) {
      case MULTI_VALUE -> RunKind.ASSIGN;
      case COUNTER -> RunKind.COUNT;
      case SET -> lost.reason() == LostReason.LATE_DISCARD ? RunKind.DISCARD : RunKind.ADD;
      case UPDATES -> RunKind.APPEND;
    };
    history.attempted(Written.of(device, RunKind.PUT, lost.key(), Map.of()));
    Map<String, Value> value = Map.of(lost.column(), lost.value());
    return step(device, kind, lost.key(), value, batch -> batch.revive(lost));
  }

  /**
   * What is in the inbox, but for counts that came too late: those cannot be revived. And but for transactions, which are only revived whole; and halves of transfers: sent once more by a home that was put
   * back, one may lose by halves to what came after it.
   */
  private static boolean isRevivable(LostValue lost) {
    return lost.transaction() == 0
        && !ACCOUNTS.contains(lost.key())
        && (lost.kind().filter(kind -> kind == CellKind.COUNTER).isEmpty()
            || lost.reason() == LostReason.REMOVAL);
  }

  private static boolean isRemoval(LostValue lost) {
    return lost.reason() == LostReason.WRITE || lost.reason() == LostReason.LATE_REMOVAL;
  }

  private Optional<LostValue> lost(Device device) {
    List<LostValue> inbox = device.store().inbox(MOST_LOST).stream()
        .filter(lost -> lost.table().equals(TABLE))
        .toList();
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
    return new Step(Written.of(device, kind, key, content), work);
  }

  private void write(Device device, List<Step> steps) {
    write(device, steps, batch -> {}, (on, work) -> undoer.write(on, values, work));
  }

  private void write(Device device, List<Step> steps, Consumer<Batch> first, Writing how) {
    steps.forEach(step -> {
      trace.say(
          device.toString(),
          "writes " + describe(step.written()) + " at " + step.written().seen());
      history.attempted(step.written());
    });
    boolean certain = how.write(device, batch -> {
      first.accept(batch);
      steps.forEach(step -> step.work().accept(batch));
    });
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
      } else if (written.kind() != RunKind.DISMISS && !written.kind().isPart()) {
        wanted.computeIfAbsent(written.key(), any -> new TreeMap<>()).putAll(written.values());
      }
    }
    for (Step step : steps) {
      Written written = step.written();
      if (written.kind().isPart() && written.kind() != RunKind.COUNT) {
        requireL4(isShown(device, written), device, written);
      }
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

  private static boolean isShown(Device device, Written written) {
    String column = written.values().keySet().iterator().next();
    boolean there = device
        .store()
        .values(TABLE, written.key(), column)
        .containsAll(written.values().values());
    return there == (written.kind() != RunKind.DISCARD);
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
