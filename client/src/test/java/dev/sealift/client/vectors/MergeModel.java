package dev.sealift.client.vectors;

import com.google.gson.JsonElement;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.DeviceOrder;
import dev.sealift.client.merge.LoserChange;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.PartOp;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.merge.Written;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Tables in memory, merged by production code, and shown as the vectors show them. The store is compared with it. */
public final class MergeModel {
  /** By the bytes of UTF-8, unsigned: section 11. */
  private static final Comparator<String> ORDER =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final List<DeviceId> devices = new ArrayList<>();
  private final DeviceOrder deviceOrder = (a, b) -> devices.get(a).compareTo(devices.get(b));
  private final SpaceRules rules;
  private final RowMerge merge;
  private final ModelLifetimes lifetimes = new ModelLifetimes();
  final SortedMap<String, SortedMap<String, ModelRow>> tables = new TreeMap<>(ORDER);
  private final SortedMap<String, SortedMap<LoserId, Lost>> losers = new TreeMap<>(ORDER);
  private final Map<Name, Judgement> judged = new HashMap<>();
  private final Map<Long, DeviceId> authors = new HashMap<>();

  /** A row's state, and its values by the numbers of its columns. */
  static final class ModelRow implements CurrentValues {
    private final SortedMap<String, Integer> columns = new TreeMap<>(ORDER);
    private final SortedMap<CompoundName, Integer> compoundColumns = new TreeMap<>();
    private Map<Integer, CompoundCell> compounds = Map.of();
    private final Map<Integer, Value> values = new TreeMap<>();
    private RowState state = RowState.ABSENT;

    private int cell(String column) {
      return columns.computeIfAbsent(column, name -> columns.size() + 1);
    }

    private int cell(CompoundName column) {
      return compoundColumns.computeIfAbsent(column, name -> -2 - compoundColumns.size());
    }

    RowState state() {
      return state;
    }

    @Override
    public Value at(int cell) {
      return values.get(cell);
    }

    @Override
    public Map<Integer, CompoundCell> compounds() {
      return compounds;
    }

    private String column(int cell) {
      Stream<Map.Entry<String, Integer>> named = compoundColumns.entrySet().stream()
          .map(column -> Map.entry(column.getKey().column(), column.getValue()));
      return Stream.concat(columns.entrySet().stream(), named)
          .filter(column -> column.getValue() == cell)
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse("");
    }
  }

  /** A column of compound cells of one kind. */
  record CompoundName(String column, CellKind kind) implements Comparable<CompoundName> {
    @Override
    public int compareTo(CompoundName other) {
      return Comparator.comparing(CompoundName::column, ORDER)
          .thenComparing(CompoundName::kind)
          .compare(this, other);
    }
  }

  /** What nobody has reviewed. */
  record Lost(String reason, Value value, long sinceMillis, long transaction) {}

  /** Which event of which row, on which column: empty for the row. */
  record LoserId(String key, String column, long time, DeviceId device)
      implements Comparable<LoserId> {
    @Override
    public int compareTo(LoserId other) {
      return Comparator.comparing(LoserId::key, ORDER)
          .thenComparing(LoserId::column, ORDER)
          .thenComparing(LoserId::time, Long::compareUnsigned)
          .thenComparing(LoserId::device)
          .compare(this, other);
    }
  }

  /** @param rules of which the cut-off, the review window and the rank rule count */
  public MergeModel(SpaceRules rules) {
    this.rules = rules;
    this.merge = new RowMerge(deviceOrder, rules::cutOffMillis);
  }

  public static MergeModel of(SpaceRules rules, List<LogFile> files) {
    MergeModel model = new MergeModel(rules);
    ModelPlaces places = new ModelPlaces(rules, files);
    for (int i = 0; i < files.size(); i++) {
      LogFile file = files.get(i);
      int at = i;
      model.add(i + 1, file.serverTimeMillis(), event -> places.place(at, event), file.events());
    }
    return model;
  }

  /** A file of the log of a space that ranks by hybrid time. */
  public void add(long sequence, long serverTimeMillis, List<Event> events) {
    add(sequence, serverTimeMillis, event -> 0, events);
  }

  private void add(
      long sequence, long serverTimeMillis, ToLongFunction<Event> place, List<Event> events) {
    forgetDead(serverTimeMillis);
    forgetOver(serverTimeMillis);
    List<Event> said = new ArrayList<>();
    events.forEach(event -> authors.put(sequence, event.device()));
    for (Event event : events) {
      Outcome outcome = outcome(event, events, serverTimeMillis);
      boolean isNothing =
          outcome == Outcome.NOTHING || lifetimes.isNothing(event, serverTimeMillis);
      if (event.kind() != RunKind.GUARD && !isNothing) {
        apply(event, sequence, serverTimeMillis, place.applyAsLong(event), outcome);
        boolean counts = outcome == Outcome.HOLDS && !isLate(event, serverTimeMillis);
        (counts && !rules.isByArrival() ? said : new ArrayList<Event>()).add(event);
      }
    }
    said.forEach(lifetimes::note);
    advance(serverTimeMillis);
  }

  /** What becomes of an event's transaction. */
  private enum Outcome {
    HOLDS,
    CONFLICT,
    NOTHING
  }

  /** Whose transaction, and all of its events, whatever their authors had seen. */
  private record Name(DeviceId device, List<Event> events) {}

  /** The outcome where it stands first, and the events of that file. */
  private record Judgement(Outcome outcome, List<Event> file) {}

  private Outcome outcome(Event event, List<Event> file, long serverTimeMillis) {
    List<Event> guards = file.stream()
        .filter(
            other -> other.kind() == RunKind.GUARD && other.transaction() == event.transaction())
        .toList();
    if (event.transaction() == 0 || guards.isEmpty() || isLate(event, serverTimeMillis)) {
      return Outcome.HOLDS;
    }
    Judgement judgement = judged.computeIfAbsent(
        new Name(
            event.device(),
            file.stream()
                .filter(other -> other.transaction() == event.transaction())
                .map(MergeModel::unseeing)
                .toList()),
        name -> new Judgement(
            guards.stream()
                    .filter(guard -> !lifetimes.has(guard.table()))
                    .allMatch(guard -> holds(guard, guards))
                ? Outcome.HOLDS
                : Outcome.CONFLICT,
            file));
    return judgement.file() == file || judgement.outcome() == Outcome.HOLDS
        ? judgement.outcome()
        : Outcome.NOTHING;
  }

  private static Event unseeing(Event event) {
    return new Event(
        event.kind(),
        event.table(),
        event.key(),
        event.time(),
        event.device(),
        0,
        List.of(),
        event.values(),
        List.of(),
        event.transaction());
  }

  private boolean isLate(Event event, long serverTimeMillis) {
    HybridTime time = event.transaction() == 0 ? event.time() : new HybridTime(event.transaction());
    return time.millis() + rules.cutOffMillis() < serverTimeMillis;
  }

  private boolean holds(Event guard, List<Event> guards) {
    ModelRow row = tables
        .getOrDefault(guard.table(), new TreeMap<>(ORDER))
        .getOrDefault(guard.key(), new ModelRow());
    String column = ((Value.Text) guard.values().get("column")).value();
    Optional<Stamp> register = row.columns.containsKey(column)
        ? row.state.cell(row.columns.get(column))
        : Optional.empty();
    return switch ((int) ((Value.Int) guard.values().get("what")).value()) {
      case 0 -> name(register).equals(name(guard));
      case 1 -> isVisible(row);
      case 2 -> !isVisible(row);
      default -> sorted(parts(row, column)).equals(sorted(parts(guard, guards)));
    };
  }

  private static List<String> sorted(Stream<Optional<String>> names) {
    return names.flatMap(Optional::stream).sorted().toList();
  }

  private Stream<Optional<String>> parts(ModelRow row, String column) {
    return compounds(row).entrySet().stream()
        .filter(cell -> cell.getKey().column().equals(column))
        .flatMap(cell -> cell.getValue().parts().stream())
        .map(part -> name(Optional.of(part.stamp())));
  }

  private static Stream<Optional<String>> parts(Event guard, List<Event> guards) {
    return guards.stream()
        .filter(other -> other.table().equals(guard.table())
            && other.key().equals(guard.key())
            && other.values().get("what").equals(guard.values().get("what"))
            && other.values().get("column").equals(guard.values().get("column")))
        .map(MergeModel::name);
  }

  private Optional<String> name(Optional<Stamp> stamp) {
    return stamp.map(of -> of.time() + " " + device(of));
  }

  private static Optional<String> name(Event guard) {
    return guard.values().get("time") instanceof Value.Int time
            && guard.values().get("device") instanceof Value.Blob device
        ? Optional.of(
            time.value() + " " + HexFormat.of().formatHex(device.value().toByteArray()))
        : Optional.empty();
  }

  /** What is dead where a server time is. */
  private void forgetDead(long serverTimeMillis) {
    tables.values().forEach(rows -> {
      rows.values().forEach(row -> row.state = merge.asOf(row.state, serverTimeMillis));
      rows.values().removeIf(row -> row.state.equals(RowState.ABSENT));
    });
    tables.values().removeIf(SortedMap::isEmpty);
  }

  /** What is over where a server time is. */
  private void forgetOver(long serverTimeMillis) {
    for (String table : lifetimes.tables()) {
      Predicate<Stamp> over = lifetimes.over(table, serverTimeMillis);
      SortedMap<String, ModelRow> rows = tables.getOrDefault(table, new TreeMap<>(ORDER));
      rows.values().forEach(row -> {
        row.state = row.state.without(over);
        Map<Integer, CompoundCell> left = new HashMap<>();
        row.compounds.forEach((cell, compound) -> left.put(cell, compound.without(over)));
        row.compounds = left;
      });
      rows.values().removeIf(row -> row.state.equals(RowState.ABSENT));
      losers(table)
          .keySet()
          .removeIf(lost -> lifetimes.isOver(table, new HybridTime(lost.time()), serverTimeMillis));
    }
    tables.values().removeIf(SortedMap::isEmpty);
  }

  /** The log goes on. */
  public void advance(long serverTimeMillis) {
    forgetDead(serverTimeMillis);
    forgetOver(serverTimeMillis);
    long since = serverTimeMillis - rules.reviewWindowMillis();
    losers.values().forEach(of -> of.values().removeIf(lost -> lost.sinceMillis() < since));
  }

  private void apply(
      Event event, long sequence, long serverTimeMillis, long place, Outcome outcome) {
    if (event.kind() == RunKind.DISMISS) {
      if (outcome == Outcome.HOLDS) {
        dismiss(event);
      }
      return;
    }
    boolean late = isLate(event, serverTimeMillis);
    if (late || outcome == Outcome.CONFLICT) {
      unmerged(event, late ? "LATE" : "CONFLICT", serverTimeMillis);
      return;
    }
    ModelRow row = tables
        .computeIfAbsent(event.table(), name -> new TreeMap<>(ORDER))
        .computeIfAbsent(event.key(), key -> new ModelRow());
    Stamp stamp = new Stamp(place, event.time().bits(), number(event.device()), sequence);
    Seen seen = held -> held.device() == stamp.device()
        || held.sequence() <= event.seen()
        || event.seenFiles().stream()
            .anyMatch(file -> file < sequence && isInChainUpTo(file, held));
    Merged merged = event.kind().isPart()
        ? applyPart(row, event, stamp, seen)
        : applyRegisters(row, event, stamp, seen);
    row.state = merged.state();
    merged.compounds().ifPresent(changed -> row.compounds = changed);
    merged.losers().forEach(change -> change(event, row, change, serverTimeMillis));
  }

  /** Whether what has the stamp came in the very file, or in one before it in its chain. */
  private boolean isInChainUpTo(long file, Stamp held) {
    return authors.get(file).equals(devices.get(held.device())) && held.sequence() <= file;
  }

  private Merged applyRegisters(ModelRow row, Event event, Stamp stamp, Seen seen) {
    int[] cells = event.values().keySet().stream().mapToInt(row::cell).toArray();
    List<Value> values = List.copyOf(event.values().values());
    int[] groups = event.values().keySet().stream().mapToInt(event::group).toArray();
    Written written = lifetimes.has(event.table())
        ? Written.forALifetime(cells, values)
        : Written.of(cells, groups, values);
    Merged merged = switch (event.kind()) {
      case PUT -> merge.put(row.state, stamp, seen, written, row);
      case PATCH -> merge.patch(row.state, stamp, seen, written, row);
      case REMOVE -> merge.remove(row.state, stamp, seen, row);
      default -> throw new IllegalStateException("not of registers");
    };
    for (int i = 0; i < cells.length; i++) {
      if (merged.takes(i)) {
        row.values.put(cells[i], values.get(i));
      }
    }
    return merged;
  }

  private Merged applyPart(ModelRow row, Event event, Stamp stamp, Seen seen) {
    PartOp op = PartOp.valueOf(event.kind().name());
    Map.Entry<String, Value> only = event.values().entrySet().iterator().next();
    int cell = row.cell(new CompoundName(only.getKey(), op.cell()));
    return merge.apply(row.state, stamp, seen, cell, op, only.getValue(), row);
  }

  private SortedMap<LoserId, Lost> losers(String table) {
    return losers.computeIfAbsent(table, name -> new TreeMap<>());
  }

  private void change(Event event, ModelRow row, LoserChange change, long serverTimeMillis) {
    SortedMap<LoserId, Lost> of = losers(event.table());
    if (change instanceof LoserChange.Lost lost) {
      of.put(
          id(event.key(), row.column(lost.cell()), lost.loser()),
          new Lost(lost.reason().name(), lost.value(), serverTimeMillis, 0));
    } else if (change instanceof LoserChange.Dropped dropped) {
      String column = row.column(dropped.cell());
      DeviceId author = devices.get(dropped.by().device());
      of.entrySet()
          .removeIf(lost -> lost.getKey().key().equals(event.key())
              && lost.getKey().column().equals(column)
              && lost.getKey().device().equals(author)
              && Long.compareUnsigned(lost.getKey().time(), dropped.by().time()) <= 0
              && lost.getValue().transaction() == 0);
    } else if (change instanceof LoserChange.Restored restored) {
      of.remove(id(event.key(), row.column(restored.cell()), restored.loser()));
    }
  }

  private LoserId id(String key, String column, Stamp stamp) {
    return new LoserId(key, column, stamp.time(), device(stamp));
  }

  private void unmerged(Event event, String why, long serverTimeMillis) {
    Map<String, Value> lost = event.values().isEmpty() ? Map.of("", Value.NULL) : event.values();
    String reason = why
        + switch (event.kind()) {
          case REMOVE -> "_REMOVAL";
          case DISCARD -> "_DISCARD";
          default -> "";
        };
    lost.forEach((column, value) -> losers(event.table())
        .put(
            new LoserId(event.key(), column, event.time().bits(), event.device()),
            new Lost(reason, value, serverTimeMillis, event.transaction())));
  }

  private void dismiss(Event event) {
    if (event.values().get("column") instanceof Value.Text column
        && event.values().get("time") instanceof Value.Int time
        && event.values().get("device") instanceof Value.Blob device) {
      losers(event.table())
          .keySet()
          .removeIf(id -> id.key().equals(event.key())
              && id.column().equals(column.value())
              && id.time() == time.value()
              && Arrays.equals(id.device().toByteArray(), device.value().toByteArray()));
    }
  }

  private int number(DeviceId device) {
    if (!devices.contains(device)) {
      devices.add(device);
    }
    return devices.indexOf(device);
  }

  boolean isByArrival() {
    return rules.isByArrival();
  }

  DeviceId device(Stamp stamp) {
    return devices.get(stamp.device());
  }

  boolean isVisible(ModelRow row) {
    return merge.isVisible(row.state);
  }

  /** Column by column: what was ever written. */
  SortedMap<String, Cell> cells(ModelRow row) {
    SortedMap<String, Cell> cells = new TreeMap<>(ORDER);
    row.columns.forEach((column, cell) -> row.state
        .cell(cell)
        .ifPresent(stamp -> cells.put(column, new Cell(stamp, row.values.get(cell)))));
    return cells;
  }

  record Cell(Stamp stamp, Value value) {}

  /** Compound cells by column and kind: what was ever written. */
  SortedMap<CompoundName, CompoundCell> compounds(ModelRow row) {
    SortedMap<CompoundName, CompoundCell> cells = new TreeMap<>();
    row.compoundColumns.forEach((name, cell) -> {
      CompoundCell compound = row.compounds.getOrDefault(cell, CompoundCell.EMPTY);
      if (!compound.isEmpty()) {
        cells.put(name, compound);
      }
    });
    return cells;
  }

  Comparator<Stamp> byStamp() {
    return Comparator.comparingLong(Stamp::place)
        .thenComparing(Stamp::time, Long::compareUnsigned)
        .thenComparing(this::device);
  }

  /** What a compound cell shows, and whether it shows as one value. */
  record Shown(Value one, List<Value> values) {}

  Shown shown(CellKind kind, CompoundCell cell) {
    Comparator<Value> bytes = Comparator.comparing(Value::canonical, Arrays::compareUnsigned);
    List<Value> values =
        cell.parts().stream().map(Part::value).distinct().sorted(bytes).toList();
    return switch (kind) {
      case COUNTER -> {
        BigInteger sum = cell.parts().stream()
            .map(part -> BigInteger.valueOf(((Value.Int) part.value()).value()))
            .reduce(BigInteger.ZERO, BigInteger::add);
        long total = sum.bitLength() < Long.SIZE
            ? sum.longValue()
            : sum.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        yield new Shown(total == 0 ? Value.NULL : Value.of(total), List.of());
      }
      case MULTI_VALUE -> {
        Value winner = cell.parts().stream()
            .max(Comparator.comparing(Part::stamp, byStamp())
                .thenComparing(part -> part.value().hash()))
            .map(Part::value)
            .orElse(Value.NULL);
        yield new Shown(winner, values.size() > 1 ? values : List.of());
      }
      case SET, UPDATES -> new Shown(Value.NULL, values);
    };
  }

  /** Adds visible, state and both digests. */
  public Json describe(Json to) {
    Encodings encodings = new Encodings(this);
    return to.json("visible", visible())
        .json("state", state())
        .text("visible_digest", Hash.of(encodings.visible()).toString())
        .text("merge_digest", Hash.of(encodings.merge()).toString());
  }

  private JsonElement visible() {
    List<Json> shown = new ArrayList<>();
    tables.forEach((name, rows) -> {
      List<Json> shownRows = new ArrayList<>();
      rows.forEach((key, row) -> {
        if (isVisible(row)) {
          Json shownRow = Json.of("key", key).object("cells", shown(row));
          List<Json> values = shownValues(row);
          shownRows.add(values.isEmpty() ? shownRow : shownRow.list("values", values, Json::get));
        }
      });
      if (!shownRows.isEmpty() && !Names.isReserved(name)) {
        shown.add(Json.of("table", name).list("rows", shownRows, Json::get));
      }
    });
    return Json.array(shown, Json::get);
  }

  private Json shown(ModelRow row) {
    Json cells = Json.object();
    cells(row).forEach((column, cell) -> {
      if (cell.value() != Value.NULL) {
        cells.json(column, CellJson.toJson(cell.value()));
      }
    });
    return cells;
  }

  private List<Json> shownValues(ModelRow row) {
    List<Json> all = new ArrayList<>();
    compounds(row).forEach((name, cell) -> {
      Shown shown = shown(name.kind(), cell);
      List<Value> values = shown.values().isEmpty() && shown.one() != Value.NULL
          ? List.of(shown.one())
          : shown.values();
      if (!values.isEmpty()) {
        all.add(Json.of("column", name.column())
            .text("kind", name.kind().name())
            .list("values", values, CellJson::toJson));
      }
    });
    return all;
  }

  /** The tables that the merge state has. */
  List<String> written() {
    SortedMap<String, SortedMap<LoserId, Lost>> all = new TreeMap<>(ORDER);
    losers.forEach((name, of) -> {
      if (!of.isEmpty()) {
        all.put(name, of);
      }
    });
    tables.keySet().forEach(name -> all.put(name, losers(name)));
    return List.copyOf(all.keySet());
  }

  SortedMap<String, ModelRow> rows(String table) {
    return tables.getOrDefault(table, new TreeMap<>(ORDER));
  }

  SortedMap<LoserId, Lost> lost(String table) {
    return losers.getOrDefault(table, new TreeMap<>());
  }

  private JsonElement state() {
    List<Json> all = new ArrayList<>();
    for (String name : written()) {
      List<Json> allRows = new ArrayList<>();
      rows(name).forEach((key, row) -> allRows.add(state(key, row)));
      List<Json> allLost = new ArrayList<>();
      lost(name).forEach((id, lost) -> allLost.add(lost(id, lost)));
      all.add(Json.of("table", name)
          .list("rows", allRows, Json::get)
          .list("losers", allLost, Json::get));
    }
    return Json.array(all, Json::get);
  }

  private static Json lost(LoserId id, Lost lost) {
    Json json = Json.of("key", id.key())
        .text("column", id.column())
        .u64("hybrid_time", id.time())
        .text("device", id.device().toString())
        .text("reason", lost.reason())
        .json("value", CellJson.toJson(lost.value()))
        .u64("since_millis", lost.sinceMillis());
    return lost.transaction() == 0 ? json : json.u64("transaction", lost.transaction());
  }

  private Json state(String key, ModelRow row) {
    Json json = Json.of("key", key);
    row.state.cell(RowState.MARKER).ifPresent(stamp -> json.object("marker", stamp(stamp)));
    row.state.removal().ifPresent(stamp -> json.object("removal", stamp(stamp)));
    Json cells = Json.object();
    cells(row)
        .forEach((column, cell) ->
            cells.object(column, stamp(cell.stamp()).json("value", CellJson.toJson(cell.value()))));
    json.object("cells", cells);
    row.state.touch().ifPresent(stamp -> {
      json.object("touch", stamp(stamp));
      List<Json> compounds = new ArrayList<>();
      compounds(row).forEach((name, cell) -> compounds.add(compound(name, cell)));
      if (!compounds.isEmpty()) {
        json.list("compounds", compounds, Json::get);
      }
    });
    return json;
  }

  private Json compound(CompoundName name, CompoundCell cell) {
    List<Part> parts = cell.parts().stream()
        .sorted(Comparator.comparing(Part::stamp, byStamp())
            .thenComparing(part -> part.value().canonical(), Arrays::compareUnsigned))
        .toList();
    List<Stamp> dropped = cell.dropped().values().stream().sorted(byStamp()).toList();
    return Json.of("column", name.column())
        .text("kind", name.kind().name())
        .list(
            "parts",
            parts,
            part ->
                stamp(part.stamp()).json("value", CellJson.toJson(part.value())).get())
        .list("dropped", dropped, stamp -> stamp(stamp).get());
  }

  private Json stamp(Stamp stamp) {
    Json json = Json.object();
    return (isByArrival() ? json.u64("place", stamp.place()) : json)
        .u64("hybrid_time", stamp.time())
        .text("device", device(stamp).toString());
  }
}
