package dev.sealift.client.store;

import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private final RowMerge merge;

  RowMerger(
      Tables tables, Journal journal, FileLog log, Asides asides, Losers losers, RowMerge merge) {
    this.tables = tables;
    this.journal = journal;
    this.log = log;
    this.asides = asides;
    this.losers = losers;
    this.merge = merge;
  }

  /** One event as it meets a row; the cells are those of {@code columns}, and {@code values} parallel to them. */
  record Event(
      RunKind kind, String key, Stamp stamp, List<ColumnInfo> columns, List<Value> values) {
    int[] cells() {
      return columns.stream().mapToInt(ColumnInfo::cell).toArray();
    }
  }

  /** Where an event stands in the log, and what its author had seen. */
  record Place(Seen seen, long serverTimeMillis) {}

  /** A row's number and state. */
  record Found(long row, RowState state) {}

  boolean isVisible(RowState state) {
    return merge.isVisible(state);
  }

  @Nullable
  Found find(TableInfo table, String key) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      return select.next() ? new Found(select.integer(1), Stored.state(select.blob(2))) : null;
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
    try {
      if (!select.next()) {
        return insert(
            table, event, merged(RowState.ABSENT, event, Seen.EVERYTHING, RowMerger::none));
      }
      row = select.integer(1);
      before = Stored.state(select.blob(2));
      keepAside(table, row, before, select);
      merged = merged(before, event, Seen.EVERYTHING, cell -> valueOf(select, cell));
    } finally {
      select.reset();
    }
    update(table, row, before, event, merged);
    return row;
  }

  /** Before something is replaced that the log has, or will have although it will not be asked for any more. */
  private void keepAside(TableInfo table, long row, RowState state, Statement select) {
    if (state.has(stamp -> !journal.isPending(stamp)) && asides.get(table, row).isEmpty()) {
      asides.put(table, row, image(table, admitted(state), select));
    }
  }

  /** What the log has of a row that shows no more than that and writes that have no place yet. */
  private RowState admitted(RowState state) {
    return state.without(log::isUnadmitted);
  }

  private static RowImage image(TableInfo table, RowState state, Statement select) {
    Map<Integer, Value> values = new HashMap<>();
    for (ColumnInfo column : table.columns()) {
      if (state.cell(column.cell()).isPresent()) {
        values.put(column.cell(), valueOf(select, column.cell()));
      }
    }
    return new RowImage(state, values);
  }

  /** Applies an event by somebody else as the log comes to it. What people see of it; nothing when they see no change. */
  Optional<Change.Kind> admit(TableInfo table, Event event, Place place) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    long row;
    RowState state;
    Merged merged;
    try {
      if (!select.next()) {
        merged = merged(RowState.ABSENT, event, place.seen(), RowMerger::none);
        insert(table, event, merged);
        losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
        return seenOf(event.kind(), merged);
      }
      row = select.integer(1);
      state = Stored.state(select.blob(2));
      Optional<RowImage> aside = asides.get(table, row);
      if (aside.isPresent() || state.has(log::isUnadmitted)) {
        RowImage shown = image(table, state, select);
        RowImage base = aside.orElseGet(() -> image(table, admitted(state), select));
        select.reset();
        RowImage after = admitted(table, base, event, place);
        return settle(table, row, shown, after, log.lastAdmitted());
      }
      merged = merged(state, event, place.seen(), cell -> valueOf(select, cell));
    } finally {
      select.reset();
    }
    losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
    if (merged.changed()) {
      update(table, row, state, event, merged);
    }
    return seenOf(event.kind(), merged);
  }

  private RowImage admitted(TableInfo table, RowImage base, Event event, Place place) {
    Merged merged = merged(base.state(), event, place.seen(), base::value);
    losers.change(table, event.key(), merged.losers(), place.serverTimeMillis());
    return base.after(event, merged);
  }

  private static Optional<Change.Kind> seenOf(RunKind kind, Merged merged) {
    if (!merged.changed() || (!merged.isVisible() && !merged.wasVisible())) {
      return Optional.empty();
    }
    if (!merged.isVisible()) {
      return Optional.of(Change.Kind.REMOVE);
    }
    if (kind == RunKind.REMOVE || (merged.takesNone() && !merged.visibilityChanged())) {
      return Optional.empty();
    }
    return Optional.of(kind == RunKind.PUT ? Change.Kind.PUT : Change.Kind.PATCH);
  }

  /**
   * Applies an event of this device's own as the log comes to it. What is shown has it already; only what is kept aside has not. To be followed by {@link
   * #settle(TableInfo, long, long)} of the row once the whole file is in.
   *
   * @param late whether it is too old to be merged
   * @return the number of the row when it is to be settled
   */
  Optional<Long> admitOwn(TableInfo table, Event event, Place place, boolean late) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    try {
      if (!select.next()) {
        return Optional.empty();
      }
      long row = select.integer(1);
      Optional<RowImage> aside = asides.get(table, row);
      if (aside.isEmpty() && !late) {
        return Optional.empty();
      }
      RowState state = Stored.state(select.blob(2));
      RowImage base = aside.orElseGet(() -> image(table, admitted(state), select));
      select.reset();
      asides.put(table, row, late ? base : admitted(table, base, event, place));
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
      shown = image(table, Stored.state(select.blob(2)), select);
      key = select.text(3 + table.columns().size());
    } finally {
      select.reset();
    }
    RowImage base = asides.get(table, row).orElseThrow();
    return new Settled(key, settle(table, row, shown, base, lastAdmitted));
  }

  /** Shows what the log has, and on top of it what has no place there yet. */
  private Optional<Change.Kind> settle(
      TableInfo table, long row, RowImage before, RowImage base, long lastAdmitted) {
    List<Event> own = unadmitted(table, row, before, lastAdmitted);
    RowImage shown = base;
    for (Event event : own) {
      shown = shown.after(event, merged(shown.state(), event, Seen.EVERYTHING, shown::value));
    }
    if (own.isEmpty()) {
      asides.remove(table, row);
    } else {
      asides.put(table, row, base);
      keepOvertaken(table, row, own, shown.state());
    }
    write(table, row, shown);
    return difference(before, shown);
  }

  /** This device's writes to a row that have no place in the log, as far as later ones have not replaced them. */
  private List<Event> unadmitted(TableInfo table, long row, RowImage shown, long lastAdmitted) {
    SortedMap<Long, SortedMap<Integer, Value>> writes = new TreeMap<>();
    RowState state = shown.state();
    for (int cell = 0; cell < state.cells(); cell++) {
      int at = cell;
      state
          .cell(cell)
          .filter(stamp -> FileLog.isUnadmitted(stamp, lastAdmitted))
          .ifPresent(stamp -> add(writes, stamp.time(), at, shown.value(at)));
    }
    state
        .removal()
        .filter(stamp -> FileLog.isUnadmitted(stamp, lastAdmitted))
        .ifPresent(stamp -> add(writes, stamp.time(), Journal.REMOVAL, Value.NULL));
    journal
        .overtaken(table, row, lastAdmitted)
        .forEach(cell -> add(writes, cell.time(), cell.cell(), cell.value()));
    List<Event> events = new ArrayList<>();
    writes.forEach((time, cells) -> events.add(event(table, time, cells)));
    return events;
  }

  private static void add(
      SortedMap<Long, SortedMap<Integer, Value>> writes, long time, int cell, Value value) {
    writes.computeIfAbsent(time, t -> new TreeMap<>()).put(cell, value);
  }

  private static Event event(TableInfo table, long time, SortedMap<Integer, Value> cells) {
    Stamp stamp = Stamp.of(new HybridTime(time), Devices.SELF, 0);
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
  private void keepOvertaken(TableInfo table, long row, List<Event> own, RowState shown) {
    for (Event event : own) {
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

  private static SortedMap<Integer, Value> cells(Event event) {
    SortedMap<Integer, Value> cells = new TreeMap<>();
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
    return before.values().equals(after.values())
        ? Optional.empty()
        : Optional.of(Change.Kind.PATCH);
  }

  private Merged merged(RowState state, Event event, Seen seen, CurrentValues current) {
    return switch (event.kind()) {
      case PUT -> merge.put(state, event.stamp(), seen, event.cells(), event.values(), current);
      case PATCH -> merge.patch(state, event.stamp(), seen, event.cells(), event.values(), current);
      case REMOVE -> merge.remove(state, event.stamp(), seen, current);
      case DISMISS -> throw new IllegalArgumentException("a dismissal is not about a row");
    };
  }

  private static Value none(int cell) {
    throw new IllegalStateException("a new row has no values");
  }

  private static Value valueOf(Statement select, int cell) {
    return select.value(cell + 2);
  }

  private long insert(TableInfo table, Event event, Merged merged) {
    Statement insert = tables.of(table).insertSome(event.columns());
    insert.bind(1, event.key()).bind(2, merged.state().toBytes());
    bindRemoved(insert, 3, merged.isVisible());
    for (int i = 0; i < event.values().size(); i++) {
      insert.bind(4 + i, event.values().get(i));
    }
    return onlyRow(insert);
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
    List<ColumnInfo> columns = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < event.columns().size(); i++) {
      if (merged.takes(i)) {
        columns.add(event.columns().get(i));
        values.add(event.values().get(i));
      }
    }
    RowState after = merged.state();
    for (ColumnInfo column : table.columns()) {
      if (before.cell(column.cell()).isPresent() && after.cell(column.cell()).isEmpty()) {
        columns.add(column);
        values.add(Value.NULL);
      }
    }
    update(table, row, after, columns, values);
  }

  private void write(TableInfo table, long row, RowImage image) {
    List<Value> values =
        table.columns().stream().map(column -> image.value(column.cell())).toList();
    update(table, row, image.state(), table.columns(), values);
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
