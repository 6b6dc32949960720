package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.merge.Written;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a row's state, applies one event to it and writes what became of it.
 *
 * <p>Two things are kept of a row: what the log makes of it, in the log's order, which is the same on every device; and what is shown, which is that with
 * this device's own writes on top that are not in the log yet. They are one and the same row of the table, unless such a write stands on
 * something that has its place: then the former is kept aside ({@link Asides}), and what a received event outranks of such writes is kept as overtaken
 * ({@link Journal}), for it may show again.
 */
final class RowMerger {
  private final Tables tables;
  private final Journal journal;
  private final FileLog log;
  private final Asides asides;
  private final Losers losers;
  private final Compounds compounds;
  private final PartOps ops;
  private final Rendering rendering;
  private final Unplaced unplaced;
  private final Places places;
  private final RowMerge merge;

  RowMerger(
      Tables tables,
      Journal journal,
      FileLog log,
      Asides asides,
      Losers losers,
      Compounds compounds,
      PartOps ops,
      Rendering rendering,
      Unplaced unplaced,
      Places places,
      RowMerge merge) {
    this.tables = tables;
    this.journal = journal;
    this.log = log;
    this.asides = asides;
    this.losers = losers;
    this.compounds = compounds;
    this.ops = ops;
    this.rendering = rendering;
    this.unplaced = unplaced;
    this.places = places;
    this.merge = merge;
  }

  /** One event as it meets a row; the cells are those of {@code columns}, and {@code values} parallel to them; of a table whose events count {@code forALifetime} each by itself. */
  record Event(
      RunKind kind,
      String key,
      Stamp stamp,
      List<ColumnInfo> columns,
      List<Integer> groups,
      List<Value> values,
      boolean forALifetime) {
    /** One that has no rivals whom it could lose to: of this device's own, as it shows them. */
    Event(RunKind kind, String key, Stamp stamp, List<ColumnInfo> columns, List<Value> values) {
      this(kind, key, stamp, columns, List.of(), values, false);
    }

    Written written() {
      int[] cells = columns.stream().mapToInt(ColumnInfo::cell).toArray();
      if (forALifetime) {
        return Written.forALifetime(cells, values);
      }
      return groups.isEmpty()
          ? Written.of(cells, values)
          : Written.of(cells, groups.stream().mapToInt(group -> group).toArray(), values);
    }
  }

  /** Where an event stands in the log, and what its author had seen. */
  record Place(Seen seen, long serverTimeMillis) {}

  /** A row's number and state. */
  record Found(long row, RowState state) {}

  boolean isVisible(RowState state) {
    return merge.isVisible(state);
  }

  long deadBeforeMillis(long serverTimeMillis) {
    return merge.deadBeforeMillis(serverTimeMillis);
  }

  boolean beginsAnew(RowState state, Stamp stamp) {
    return merge.beginsAnew(state, stamp);
  }

  /** As {@link RowMerge#afterMoving}, of the state that a row had. */
  RowState afterMoving(TableInfo table, long row, RowState state) {
    if (state.removal().isEmpty()) {
      return state; // its parts need not be read
    }
    return merge.afterMoving(
        state,
        compounds(table, row, state).values().stream()
            .flatMap(cell -> cell.parts().stream())
            .toList());
  }

  /** A row as it is shown: of one that is dead nothing. */
  @Nullable
  Found find(TableInfo table, String key) {
    Found kept = findKept(table, key);
    return kept == null ? null : new Found(kept.row(), shown(kept.state()));
  }

  /** A row as it is kept, with what is dead of it. */
  @Nullable
  Found findKept(TableInfo table, String key) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      return select.next() ? new Found(select.integer(1), Stored.state(select.blob(2))) : null;
    } finally {
      select.reset();
    }
  }

  /** What is shown of a state. A removal that the log does not have is not dead, however old it is. */
  private RowState shown(RowState kept) {
    return kept.removal().filter(log::isLogged).isEmpty()
        ? kept
        : merge.asOf(kept, places.lastServerTimeMillis());
  }

  /** A row of the log where a server time is; the same if nothing of it is dead there. */
  private RowImage asOf(RowImage logged, long serverTimeMillis) {
    return logged.as(merge.asOf(logged.state(), serverTimeMillis));
  }

  /** The key of a row. */
  Optional<String> key(TableInfo table, long row) {
    Statement select = tables.of(table).selectByRow().bind(1, row);
    try {
      return select.next() ? Optional.of(select.text(3)) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /** A row's number and what is shown of it; number {@link Journal#NO_ROW} when there is none. */
  record Held(long row, RowImage image) {}

  /** A row as it is shown, whole. */
  Held held(TableInfo table, String key) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      if (!select.next()) {
        return new Held(Journal.NO_ROW, RowImage.ABSENT);
      }
      long row = select.integer(1);
      return new Held(row, image(table, row, shown(Stored.state(select.blob(2))), select));
    } finally {
      select.reset();
    }
  }

  /** A row as it is shown. */
  RowImage shown(TableInfo table, String key) {
    return held(table, key).image();
  }

  /**
   * A row as the log has it where a server time is.
   *
   * @param before of this device's own writes those before this time stand in it
   */
  RowImage logged(TableInfo table, String key, long before, long serverTimeMillis) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      if (!select.next()) {
        return RowImage.ABSENT;
      }
      long row = select.integer(1);
      RowState state =
          Stored.state(select.blob(2)).without(stamp -> FileLog.isUnadmitted(stamp, before - 1));
      RowImage logged = asides.get(table, row).orElseGet(() -> image(table, row, state, select));
      return asOf(logged, serverTimeMillis);
    } finally {
      select.reset();
    }
  }

  /** What a row holds in some registers; null where it holds nothing. */
  List<Value> values(TableInfo table, String key, List<ColumnInfo> columns) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      RowState state = select.next() ? shown(Stored.state(select.blob(2))) : RowState.ABSENT;
      return columns.stream()
          .map(column -> state
              .cell(column.cell())
              .map(any -> valueOf(select, column.cell()))
              .orElse(Value.NULL))
          .toList();
    } finally {
      select.reset();
    }
  }

  /**
   * Applies a write of this device, which had seen all that the row shows.
   *
   * @return the row's number
   */
  long write(TableInfo table, Event event) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    long row;
    RowState before;
    Merged merged;
    List<HeldCell> held;
    try {
      if (!select.next()) {
        Merged first = merged(RowState.ABSENT, event, Seen.EVERYTHING, RowImage.ABSENT);
        long made = insert(table, event, first);
        if (mayBeTakenBack(event.kind())) {
          asides.put(table, made, RowImage.ABSENT);
        }
        return made;
      }
      row = select.integer(1);
      before = Stored.state(select.blob(2));
      keepAside(table, row, before, select, event.kind());
      if (shown(before) != before) {
        RowImage kept = image(table, row, before, select);
        select.reset();
        writeAnew(table, row, kept, event);
        return row;
      }
      merged = merged(before, event, Seen.EVERYTHING, current(table, row, select));
      held = heldCells(before, select);
      if (event.kind() == RunKind.REMOVE) {
        held.addAll(removalOfParts(table, row, before));
      }
    } finally {
      select.reset();
    }
    update(table, row, before, event, merged);
    held.stream()
        .filter(cell -> !cell.isIn(merged.state()))
        .forEach(cell -> journal.overtake(table, row, cell.stamp(), cell.cell(), cell.value()));
    return row;
  }

  /** On what is left of a row of which something is dead. That is of the log, and nothing of this device's own stands on it. */
  private void writeAnew(TableInfo table, long row, RowImage kept, Event event) {
    RowImage left = asOf(kept, places.lastServerTimeMillis());
    Merged merged = merged(left.state(), event, Seen.EVERYTHING, left);
    write(table, row, kept, left.after(event, merged));
  }

  /** What a pending write says of a cell that is to be sent whatever replaces it; marker and removal as in the {@link Journal}. */
  private record HeldCell(int cell, Stamp stamp, Value value) {
    boolean isIn(RowState state) {
      return (cell == Journal.REMOVAL ? state.removal() : state.cell(cell))
          .filter(stamp::isOf)
          .isPresent();
    }
  }

  private List<HeldCell> heldCells(RowState state, Statement select) {
    List<HeldCell> held = new ArrayList<>();
    if (!journal.holdsAny()) {
      return held;
    }
    for (int cell = 0; cell < state.cells(); cell++) {
      int at = cell;
      state.cell(cell).filter(journal::isHeld).ifPresent(stamp -> {
        Value value = at == RowState.MARKER ? Value.NULL : valueOf(select, at);
        held.add(new HeldCell(at, stamp, value));
      });
    }
    state
        .removal()
        .filter(journal::isHeld)
        .ifPresent(stamp -> held.add(new HeldCell(Journal.REMOVAL, stamp, Value.NULL)));
    return held;
  }

  /** A removal that has no place yet and took what this device did to compound cells before it, where the row began anew since: operations are sent whatever comes after them, and without it they would be the new row's. */
  private List<HeldCell> removalOfParts(TableInfo table, long row, RowState state) {
    return state.removal().filter(log::isUnadmitted).stream()
        .filter(removal -> ops.of(table, row, log.lastAdmitted()).stream()
            .anyMatch(op -> Long.compareUnsigned(op.event().stamp().time(), removal.time()) < 0))
        .map(removal -> new HeldCell(Journal.REMOVAL, removal, Value.NULL))
        .toList();
  }

  /** The log has to be asked what becomes of an operation on a compound cell, and of a transaction. */
  private boolean mayBeTakenBack(RunKind kind) {
    return kind.isPart() || journal.inTransaction();
  }

  /**
   * Before something is replaced that the log has, or will have although it will not be asked for any more. And before anything is done to a compound cell: the log
   * has to be asked what becomes of it.
   */
  private void keepAside(
      TableInfo table, long row, RowState state, Statement select, RunKind kind) {
    if ((mayBeTakenBack(kind) || state.has(stamp -> !journal.isPending(stamp)))
        && asides.get(table, row).isEmpty()) {
      asides.put(table, row, image(table, row, admitted(state), select));
    }
  }

  /** What the log has of a row that shows no more than that and writes that have no place yet. */
  private RowState admitted(RowState state) {
    return state.without(log::isUnadmitted);
  }

  private RowImage image(TableInfo table, long row, RowState state, Statement select) {
    Map<Integer, Value> values = new HashMap<>();
    for (ColumnInfo column : table.columns()) {
      if (state.cell(column.cell()).isPresent()) {
        values.put(column.cell(), valueOf(select, column.cell()));
      }
    }
    return new RowImage(state, values, compounds(table, row, state));
  }

  private Map<Integer, CompoundCell> compounds(TableInfo table, long row, RowState state) {
    return state.touch().isPresent() ? compounds.get(table, row, Side.SHOWN) : Map.of();
  }

  /** What a row holds, as far as merging asks. */
  private CurrentValues current(TableInfo table, long row, Statement select) {
    return new CurrentValues() {
      @Override
      public Value at(int cell) {
        return valueOf(select, cell);
      }

      @Override
      public Map<Integer, CompoundCell> compounds() {
        return compounds.get(table, row, Side.SHOWN);
      }
    };
  }

  /**
   * What the log has of a row is kept aside from now on, so that something can show on top of it; a row that is not there is made, as one that nobody has written.
   *
   * @return the row's number
   */
  long standAside(TableInfo table, String key) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      if (select.next()) {
        long row = select.integer(1);
        if (asides.get(table, row).isEmpty()) {
          RowState state = admitted(Stored.state(select.blob(2)));
          asides.put(table, row, image(table, row, state, select));
        }
        return row;
      }
    } finally {
      select.reset();
    }
    Statement insert = tables.of(table).insertSome(List.of()).bind(1, key);
    bindRemoved(insert.bind(2, RowState.ABSENT.toBytes()), 3, false);
    long row = onlyRow(insert);
    asides.put(table, row, RowImage.ABSENT);
    return row;
  }

  /**
   * What became of a row of which something may be over.
   *
   * @param any whether something was
   * @param isEmpty whether nothing is left, here or in the log
   * @param change what people see of it
   */
  record Forgotten(boolean any, boolean isEmpty, Optional<Change.Kind> change) {}

  /** Takes what is over out of a row as the log has it; what has no place there yet shows on. */
  Forgotten forget(TableInfo table, String key, RowState state, Predicate<Stamp> isOver) {
    boolean stands = asides.isEmpty() && state.touch().isEmpty() && !state.has(isOver);
    if (stands && !state.equals(RowState.ABSENT)) {
      return new Forgotten(false, false, Optional.empty()); // as nearly all do
    }
    Statement select = tables.of(table).selectByKey().bind(1, key);
    long row;
    RowImage shown;
    RowImage logged;
    try {
      if (!select.next()) {
        throw new IllegalStateException("a row that was found is there");
      }
      row = select.integer(1);
      shown = image(table, row, state, select);
      logged = asides.get(table, row).orElseGet(() -> image(table, row, admitted(state), select));
    } finally {
      select.reset();
    }
    RowImage left = logged.without(isOver);
    boolean any = !left.equals(logged);
    Optional<Change.Kind> change =
        any ? settle(table, row, shown, left, log.lastAdmitted()) : Optional.empty();
    boolean isEmpty = left.state().equals(RowState.ABSENT) && isEmpty(table, row, key);
    return new Forgotten(any, isEmpty, change);
  }

  private boolean isEmpty(TableInfo table, long row, String key) {
    Found found = findKept(table, key);
    return found != null
        && found.state().equals(RowState.ABSENT)
        && asides.get(table, row).isEmpty();
  }

  /** Applies an event by somebody else as the log comes to it. What people see of it; nothing when they see no change. */
  Optional<Change.Kind> admit(TableInfo table, Event event, Place place) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    long row;
    RowState state;
    Merged merged;
    try {
      if (!select.next()) {
        merged = merged(RowState.ABSENT, event, place.seen(), RowImage.ABSENT);
        insert(table, event, merged);
        losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
        return seenOf(event.kind(), merged);
      }
      row = select.integer(1);
      state = Stored.state(select.blob(2));
      Optional<RowImage> aside = asides.get(table, row);
      boolean dies = merge.asOf(state, place.serverTimeMillis()) != state;
      if (aside.isPresent() || dies || state.has(log::isUnadmitted)) {
        RowImage shown = image(table, row, state, select);
        RowImage base = aside.orElseGet(() -> image(table, row, admitted(state), select));
        select.reset();
        RowImage after = admitted(table, base, event, place);
        return settle(table, row, shown, after, log.lastAdmitted());
      }
      merged = merged(state, event, place.seen(), current(table, row, select));
    } finally {
      select.reset();
    }
    losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
    if (merged.changed()) {
      update(table, row, state, event, merged);
    }
    return seenOf(event.kind(), merged);
  }

  /**
   * What the log makes of a row is another thing from now on; what has no place in it yet shows on top of that. What people see of it.
   */
  Optional<Change.Kind> replace(TableInfo table, String key, RowImage logged) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    long row;
    RowImage shown;
    try {
      if (!select.next()) {
        return logged.state().equals(RowState.ABSENT)
            ? Optional.empty()
            : insert(table, key, logged);
      }
      row = select.integer(1);
      shown = image(table, row, Stored.state(select.blob(2)), select);
    } finally {
      select.reset();
    }
    return settle(table, row, shown, logged, log.lastAdmitted());
  }

  private Optional<Change.Kind> insert(TableInfo table, String key, RowImage image) {
    Cells cells = new Cells();
    image.values().forEach((cell, value) -> cells.add(table.column(cell), value));
    cells.addShown(table, Map.of(), image.compounds());
    boolean visible = isVisible(image.state());
    long row = insert(table, key, image.state(), visible, cells);
    compounds.replace(table, row, Side.SHOWN, Map.of(), image.compounds());
    return visible ? Optional.of(Change.Kind.PUT) : Optional.empty();
  }

  /** Whether a row is whole in its registers, and shows: it can be written together with others if it is new. */
  boolean isPlain(RowImage image) {
    return image.compounds().isEmpty()
        && image.state().touch().isEmpty()
        && isVisible(image.state());
  }

  /**
   * Writes plain rows as far as they are new.
   *
   * @return of each how many rows it wrote: 0 of one that is there
   */
  int[] insertNew(TableInfo table, List<String> keys, List<RowImage> images) {
    Statement insert = tables.of(table).insertIfNew();
    for (int i = 0; i < keys.size(); i++) {
      insert.bind(1, keys.get(i)).bind(2, images.get(i).state().toBytes());
      for (ColumnInfo column : table.columns()) {
        insert.bind(2 + column.cell(), images.get(i).at(column.cell()));
      }
      insert.addToBatch();
    }
    return insert.runBatch();
  }

  private RowImage admitted(TableInfo table, RowImage base, Event event, Place place) {
    RowImage left = asOf(base, place.serverTimeMillis());
    Merged merged = merged(left.state(), event, place.seen(), left);
    losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
    return left.after(event, merged);
  }

  private static Optional<Change.Kind> seenOf(RunKind kind, Merged merged) {
    if (!merged.changed() || (!merged.isVisible() && !merged.wasVisible())) {
      return Optional.empty();
    }
    if (!merged.isVisible()) {
      return Optional.of(Change.Kind.REMOVE);
    }
    boolean changes = !merged.takesNone() || merged.compounds().isPresent();
    if (kind == RunKind.REMOVE || (!changes && !merged.visibilityChanged())) {
      return Optional.empty();
    }
    return Optional.of(kind == RunKind.PUT ? Change.Kind.PUT : Change.Kind.PATCH);
  }

  /**
   * Applies an event to what is kept aside of its row: one of this device's own as the log comes to it, for what is shown has it already; or any of a row that is worked out
   * anew. To be followed by {@link #settle(TableInfo, long, long)} of the row once all of them are in.
   *
   * @param merges not of one that is too old, or of a transaction in conflict
   * @return the number of the row when it is to be settled
   */
  Optional<Long> fold(TableInfo table, Event event, Place place, boolean merges) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    try {
      if (!select.next()) {
        return Optional.empty();
      }
      long row = select.integer(1);
      Optional<RowImage> aside = asides.get(table, row);
      if (aside.isEmpty() && merges && !places.areUsed()) {
        return Optional.empty(); // what is shown is what the log has, and has its rank already
      }
      RowState state = Stored.state(select.blob(2));
      RowImage base = aside.orElseGet(() -> image(table, row, admitted(state), select));
      select.reset();
      asides.put(table, row, merges ? admitted(table, base, event, place) : base);
      return Optional.of(row);
    } finally {
      select.reset();
    }
  }

  /** A row and its key. */
  record Settled(String key, Optional<Change.Kind> change) {}

  /** Shows a row anew, after this device's writes up to {@code lastAdmitted} were admitted. */
  Settled settle(TableInfo table, long row, long lastAdmitted) {
    Statement select = tables.of(table).selectAllByRow().bind(1, row);
    RowImage shown;
    String key;
    try {
      if (!select.next()) {
        throw new IllegalStateException("a row that is kept aside is there");
      }
      shown = image(table, row, Stored.state(select.blob(2)), select);
      key = select.text(3 + table.columns().size());
    } finally {
      select.reset();
    }
    RowImage base = asides.get(table, row).orElseThrow();
    List<Waiting> own = unadmitted(table, row, shown, lastAdmitted);
    List<Waiting> waiting = unplaced.with(own, table, row);
    if (waiting.isEmpty()) {
      asides.remove(table, row);
    }
    return new Settled(key, show(table, row, shown, base, own, waiting));
  }

  /**
   * Whether what is shown of a row may change when this device's unadmitted writes rise: whether something that it stands on outranks any of them.
   *
   * @param base what the log has of it
   * @param lowest the lowest place that any of them had
   */
  boolean isContested(RowState base, long lowest) {
    return !unplaced.isEmpty() || base.has(stamp -> stamp.place() >= lowest);
  }

  /** Shows what the log has, and on top of it what has no place there yet. */
  private Optional<Change.Kind> settle(
      TableInfo table, long row, RowImage before, RowImage base, long lastAdmitted) {
    List<Waiting> own = unadmitted(table, row, before, lastAdmitted);
    List<Waiting> waiting = unplaced.with(own, table, row);
    if (waiting.isEmpty()) {
      asides.remove(table, row);
    } else {
      asides.put(table, row, base);
    }
    return show(table, row, before, base, own, waiting);
  }

  private Optional<Change.Kind> show(
      TableInfo table,
      long row,
      RowImage before,
      RowImage base,
      List<Waiting> own,
      List<Waiting> waiting) {
    RowImage shown = waiting.isEmpty() ? base : asOf(base, places.lastServerTimeMillis());
    for (Waiting write : waiting) {
      shown = shown.after(write.event(), merged(shown.state(), write.event(), write.seen(), shown));
    }
    keepOvertaken(table, row, own, shown.state());
    write(table, row, before, shown);
    return difference(before, shown);
  }

  /** A write that has no place in the log, and what of the row it goes on from. */
  record Waiting(Event event, Seen seen) {}

  /** This device's writes to a row that have no place in the log, as far as later ones have not replaced them. */
  private List<Waiting> unadmitted(TableInfo table, long row, RowImage shown, long lastAdmitted) {
    SortedMap<Long, SortedMap<Integer, Value>> writes = new TreeMap<>();
    RowState state = shown.state();
    for (int cell = 0; cell < state.cells(); cell++) {
      int at = cell;
      state
          .cell(cell)
          .filter(stamp -> FileLog.isUnadmitted(stamp, lastAdmitted))
          .ifPresent(stamp -> add(writes, stamp.time(), at, shown.at(at)));
    }
    state
        .removal()
        .filter(stamp -> FileLog.isUnadmitted(stamp, lastAdmitted))
        .ifPresent(stamp -> add(writes, stamp.time(), Journal.REMOVAL, Value.NULL));
    journal
        .overtaken(table, row, lastAdmitted)
        .forEach(cell -> add(writes, cell.time(), cell.cell(), cell.value()));
    List<Waiting> own = new ArrayList<>();
    ops.of(table, row, lastAdmitted).forEach(op -> own.add(new Waiting(op.event(), op.seen())));
    writes.forEach((time, cells) ->
        own.add(new Waiting(event(table, places.pendingStamp(time), cells), Seen.EVERYTHING)));
    own.sort((a, b) ->
        Long.compareUnsigned(a.event().stamp().time(), b.event().stamp().time()));
    return own;
  }

  private static void add(
      SortedMap<Long, SortedMap<Integer, Value>> writes, long time, int cell, Value value) {
    writes.computeIfAbsent(time, t -> new TreeMap<>()).put(cell, value);
  }

  /** What {@link #cells} was made of; without its key. */
  static Event event(TableInfo table, Stamp stamp, SortedMap<Integer, Value> cells) {
    if (cells.containsKey(Journal.REMOVAL)) {
      return new Event(RunKind.REMOVE, "", stamp, List.of(), List.of());
    }
    SortedMap<Integer, Value> columns = cells.tailMap(RowState.MARKER + 1);
    return new Event(
        cells.containsKey(RowState.MARKER) ? RunKind.PUT : RunKind.PATCH,
        "",
        stamp,
        columns.keySet().stream().map(table::column).toList(),
        List.copyOf(columns.values()));
  }

  /**
   * Of what has no place yet: what does not show, and is not replaced by a later write of this device either. Also what shows because another copy of this home has sent the
   * very event: it will be in the log a second time, and until then the row stands on something that is not there yet.
   */
  void keepOvertaken(TableInfo table, long row, List<Waiting> own, RowState shown) {
    for (Waiting write : own) {
      Event event = write.event();
      cells(event).forEach((cell, value) -> {
        if (!isShownOrReplaced(event.stamp(), cell, shown)) {
          journal.overtake(table, row, event.stamp(), cell, value);
        }
      });
    }
  }

  private static boolean isShownOrReplaced(Stamp own, int cell, RowState shown) {
    return (cell == Journal.REMOVAL ? shown.removal() : shown.cell(cell))
        .filter(stamp -> stamp.device() == Devices.SELF
            && stamp.sequence() == 0
            && Long.compareUnsigned(stamp.time(), own.time()) >= 0)
        .isPresent();
  }

  /** What an event writes, by cell: marker and removal as in the {@link Journal}. */
  static SortedMap<Integer, Value> cells(Event event) {
    SortedMap<Integer, Value> cells = new TreeMap<>();
    if (event.kind().isPart()) {
      return cells;
    }
    if (event.kind() == RunKind.REMOVE) {
      cells.put(Journal.REMOVAL, Value.NULL);
    } else if (event.kind() == RunKind.PUT) {
      cells.put(Journal.MARKER, Value.NULL);
    }
    for (int i = 0; i < event.columns().size(); i++) {
      cells.put(event.columns().get(i).cell(), event.values().get(i));
    }
    return cells;
  }

  private Optional<Change.Kind> difference(RowImage before, RowImage after) {
    boolean was = isVisible(before.state());
    boolean is = isVisible(after.state());
    if (!is) {
      return was ? Optional.of(Change.Kind.REMOVE) : Optional.empty();
    }
    if (!was) {
      return Optional.of(Change.Kind.PUT);
    }
    return before.values().equals(after.values()) && before.compounds().equals(after.compounds())
        ? Optional.empty()
        : Optional.of(Change.Kind.PATCH);
  }

  private Merged merged(RowState state, Event event, Seen seen, CurrentValues current) {
    return switch (event.kind()) {
      case PUT -> merge.put(state, event.stamp(), seen, event.written(), current);
      case PATCH -> merge.patch(state, event.stamp(), seen, event.written(), current);
      case REMOVE -> merge.remove(state, event.stamp(), seen, current);
      case ASSIGN, COUNT, ADD, DISCARD, APPEND, COLLAPSE ->
        merge.apply(
            state,
            event.stamp(),
            seen,
            event.columns().get(0).cell(),
            PartOps.op(event.kind()),
            event.values().get(0),
            current);
      case DISMISS, GUARD ->
        throw new IllegalArgumentException("dismissals and guards do nothing to a row");
    };
  }

  private static Value valueOf(Statement select, int cell) {
    return select.value(cell + 2);
  }

  private long insert(TableInfo table, Event event, Merged merged) {
    Cells cells = new Cells();
    if (!event.kind().isPart()) {
      cells.columns.addAll(event.columns());
      cells.values.addAll(event.values());
    }
    cells.addShown(table, Map.of(), merged.compounds().orElse(Map.of()));
    long row = insert(table, event.key(), merged.state(), merged.isVisible(), cells);
    merged.compounds().ifPresent(made -> compounds.replace(table, row, Side.SHOWN, Map.of(), made));
    return row;
  }

  private long insert(TableInfo table, String key, RowState state, boolean visible, Cells cells) {
    Statement insert = tables.of(table).insertSome(cells.columns);
    insert.bind(1, key).bind(2, state.toBytes());
    bindRemoved(insert, 3, visible);
    for (int i = 0; i < cells.values.size(); i++) {
      insert.bind(4 + i, cells.values.get(i));
    }
    return onlyRow(insert);
  }

  /** Columns to be written, and their values. */
  private final class Cells {
    private final List<ColumnInfo> columns = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();

    void add(ColumnInfo column, Value value) {
      columns.add(column);
      values.add(value);
    }

    /** What is to be seen of compound cells that have changed. */
    void addShown(
        TableInfo table, Map<Integer, CompoundCell> before, Map<Integer, CompoundCell> after) {
      for (ColumnInfo column : table.compounds()) {
        CompoundCell now = after.getOrDefault(column.cell(), CompoundCell.EMPTY);
        if (!now.equals(before.getOrDefault(column.cell(), CompoundCell.EMPTY))) {
          add(column, rendering.shown(column.requireKind(), now));
        }
      }
    }
  }

  static long onlyRow(Statement returning) {
    try {
      if (!returning.next()) {
        throw new IllegalStateException("a written row has a number");
      }
      return returning.integer(1);
    } finally {
      returning.reset();
    }
  }

  /** Writes what the event changed, and takes away what belongs to the row no more. */
  private void update(TableInfo table, long row, RowState before, Event event, Merged merged) {
    Cells cells = new Cells();
    for (int i = 0; !event.kind().isPart() && i < event.columns().size(); i++) {
      if (merged.takes(i)) {
        cells.add(event.columns().get(i), event.values().get(i));
      }
    }
    RowState after = merged.state();
    for (ColumnInfo column : table.columns()) {
      if (before.cell(column.cell()).isPresent() && after.cell(column.cell()).isEmpty()) {
        cells.add(column, Value.NULL);
      }
    }
    merged.compounds().ifPresent(now -> {
      Map<Integer, CompoundCell> old = compounds(table, row, before);
      compounds.replace(table, row, Side.SHOWN, old, now);
      cells.addShown(table, old, now);
    });
    update(table, row, after, cells.columns, cells.values);
  }

  private void write(TableInfo table, long row, RowImage before, RowImage after) {
    if (after.equals(before)) {
      return;
    }
    Cells cells = new Cells();
    for (ColumnInfo column : table.columns()) {
      if (!after.at(column.cell()).equals(before.at(column.cell()))) {
        cells.add(column, after.at(column.cell()));
      }
    }
    compounds.replace(table, row, Side.SHOWN, before.compounds(), after.compounds());
    cells.addShown(table, before.compounds(), after.compounds());
    update(table, row, after.state(), cells.columns, cells.values);
  }

  /** Writes a row's state alone. */
  void replaceState(TableInfo table, long row, RowState state) {
    update(table, row, state, List.of(), List.of());
  }

  private void update(
      TableInfo table, long row, RowState state, List<ColumnInfo> columns, List<Value> values) {
    Statement update = tables.of(table).updateSome(columns).bind(1, state.toBytes());
    bindRemoved(update, 2, isVisible(state));
    for (int i = 0; i < values.size(); i++) {
      update.bind(3 + i, values.get(i));
    }
    update.bind(3 + values.size(), row).run();
  }

  private static void bindRemoved(Statement statement, int at, boolean visible) {
    if (visible) {
      statement.bindNull(at);
    } else {
      statement.bind(at, 1);
    }
  }
}
