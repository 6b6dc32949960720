package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.store.HistoryItem.State;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads what was written to a row: what the log has noted of it, what the row and the inbox still tell of what was written before that, and what this device has written that the log does
 * not have. The newest first, by the times of writing: so the value of a register comes before what it outranks, except in a space that ranks by arrival, where what was written
 * before something else can come later and outrank it.
 */
final class HistoryReader {
  private static final Comparator<HistoryItem> ORDER = Comparator.<HistoryItem>comparingLong(
          item -> -item.time().bits())
      .thenComparing(HistoryItem::device, Comparator.reverseOrder())
      .thenComparing(HistoryItem::wireColumn)
      .thenComparing(HistoryItem::kind)
      .thenComparing(item -> -item.sequence())
      .thenComparing(item -> -item.place());

  private final Reader reader;
  private final TableInfo table;
  private final String key;
  private final Set<Integer> cells;
  private final Map<Integer, DeviceId> devices;
  private final long lastAdmitted;
  private final RowImage shown;
  private final boolean visible;
  private final Map<Event, Line> lines = new LinkedHashMap<>();
  private final Set<Event> lost = new HashSet<>();

  /** What an event says of a cell: the same on however many ways it is known. */
  private record Event(int cell, long time, int device, Value value) {}

  /** How it is known. */
  private record Line(RunKind kind, boolean admitted, long sequence, int place) {}

  private HistoryReader(Reader reader, TableInfo table, String key, Set<Integer> cells) {
    this.reader = reader;
    this.table = table;
    this.key = key;
    this.cells = cells;
    devices = Devices.read(reader);
    lastAdmitted = FileLog.lastAdmitted(reader);
    Statement select = reader.statement(TableSql.selectByKey(table)).bind(1, key);
    try {
      boolean there = select.next();
      shown = there ? image(select) : RowImage.ABSENT;
      visible = there && isShown();
      if (there) {
        addRow(select.integer(1));
      }
    } finally {
      select.reset();
    }
  }

  /**
   * Items behind {@code after}.
   *
   * @param cells those that are asked for; empty for all
   */
  static List<HistoryItem> read(
      Reader reader,
      TableInfo table,
      String key,
      Set<Integer> cells,
      Optional<HistoryItem> after,
      int most,
      long reviewedSince) {
    HistoryReader history = new HistoryReader(reader, table, key, cells);
    history.addLosers(reviewedSince);
    history.addNoted(after, most, reviewedSince);
    history.dropMarkers();
    return history.lines.entrySet().stream()
        .map(line -> history.item(line.getKey(), line.getValue()))
        .sorted(ORDER)
        .filter(item -> after.isEmpty() || ORDER.compare(item, after.get()) > 0)
        .limit(most)
        .toList();
  }

  private RowImage image(Statement select) {
    RowState state = Stored.state(select.blob(2));
    Map<Integer, Value> values = new HashMap<>();
    table.columns().forEach(column -> values.put(column.cell(), select.value(2 + column.cell())));
    return RowImage.of(
        state,
        values,
        state.touch().isPresent()
            ? Compounds.read(reader, table, select.integer(1), Side.SHOWN)
            : Map.of());
  }

  private boolean isShown() {
    Statement select = reader.statement(TableSql.selectRow(table)).bind(1, key);
    try {
      return select.next();
    } finally {
      select.reset();
    }
  }

  private void add(Event event, Line line) {
    if (cells.isEmpty() || cells.contains(event.cell())) {
      lines.put(event, line);
    }
  }

  private boolean isUnadmitted(Stamp stamp) {
    return FileLog.isUnadmitted(stamp, lastAdmitted);
  }

  private void addRow(long row) {
    RowImage admitted = Asides.read(reader, table, row)
        .orElseGet(() -> RowImage.of(
            shown.state().without(this::isUnadmitted), shown.values(), shown.compounds()));
    addImage(admitted, true);
    addImage(shown, false);
    addOvertaken(row);
    addOperations(row);
  }

  /** What a row still tells, of what the log has or of what it does not have. */
  private void addImage(RowImage image, boolean admitted) {
    RowState state = image.state();
    Optional<Stamp> marker = state.cell(RowState.MARKER);
    boolean marked = false;
    for (ColumnInfo column : table.columns()) {
      Optional<Stamp> stamp =
          state.cell(column.cell()).filter(held -> isUnadmitted(held) != admitted);
      if (stamp.isPresent()) {
        boolean whole = marker.filter(stamp.get()::isOf).isPresent();
        marked |= whole;
        add(
            event(column.cell(), stamp.get(), image.at(column.cell())),
            new Line(whole ? RunKind.PUT : RunKind.PATCH, admitted, 0, 0));
      }
    }
    if (!marked) {
      addRowEvent(marker, RunKind.PUT, admitted);
    }
    addRowEvent(state.removal(), RunKind.REMOVE, admitted);
    image.compounds().forEach((cell, compound) -> addParts(cell, compound, admitted));
  }

  private void addRowEvent(Optional<Stamp> stamp, RunKind kind, boolean admitted) {
    stamp
        .filter(held -> isUnadmitted(held) != admitted)
        .ifPresent(
            held -> add(event(RowState.MARKER, held, Value.NULL), new Line(kind, admitted, 0, 0)));
  }

  private void addParts(int cell, CompoundCell compound, boolean admitted) {
    RunKind kind = kind(table.column(cell).requireKind());
    for (Part part : compound.parts()) {
      if (isUnadmitted(part.stamp()) != admitted) {
        add(event(cell, part.stamp(), part.value()), new Line(kind, admitted, 0, 0));
      }
    }
  }

  private static Event event(int cell, Stamp stamp, Value value) {
    return new Event(cell, stamp.time(), stamp.device(), value);
  }

  private static RunKind kind(CellKind kind) {
    return switch (kind) {
      case MULTI_VALUE -> RunKind.ASSIGN;
      case COUNTER -> RunKind.COUNT;
      case SET -> RunKind.ADD;
      case UPDATES -> RunKind.APPEND;
    };
  }

  /** Writes of this device that do not show. */
  private void addOvertaken(long row) {
    Statement select = reader.statement(
        "SELECT t, cell, value, EXISTS (SELECT 1 FROM _sealift_overtaken m WHERE m.tbl = o.tbl AND m.row = o.row"
            + " AND m.t = o.t AND m.cell = " + Journal.MARKER + "), count(*) OVER (PARTITION BY t)"
            + " FROM _sealift_overtaken o WHERE tbl = ? AND row = ? AND t > ?");
    select.bind(1, table.id()).bind(2, row).bind(3, lastAdmitted);
    try {
      while (select.next()) {
        int cell = (int) select.integer(2);
        boolean marks = select.integer(4) != 0;
        if (cell != Journal.MARKER || select.integer(5) == 1) {
          RunKind kind =
              cell == Journal.REMOVAL ? RunKind.REMOVE : marks ? RunKind.PUT : RunKind.PATCH;
          int of = cell == Journal.REMOVAL ? RowState.MARKER : cell;
          add(
              new Event(of, select.integer(1), Devices.SELF, select.value(3)),
              new Line(kind, false, 0, 0));
        }
      }
    } finally {
      select.reset();
    }
  }

  /** What this device did to compound cells. */
  private void addOperations(long row) {
    Statement select = reader.statement(
        "SELECT t, cell, op, value FROM _sealift_op WHERE tbl = ? AND row = ? AND t > ?");
    select.bind(1, table.id()).bind(2, row).bind(3, lastAdmitted);
    try {
      while (select.next()) {
        add(
            new Event((int) select.integer(2), select.integer(1), Devices.SELF, select.value(4)),
            new Line(Journal.kind(select.integer(3)), false, 0, 0));
      }
    } finally {
      select.reset();
    }
  }

  private void addLosers(long reviewedSince) {
    Statement select = reader.statement(
        "SELECT cell, t, device, reason, value FROM _sealift_loser l WHERE tbl = ? AND key = ? AND since >= ?"
            + " AND NOT EXISTS (SELECT 1 FROM _sealift_dismissal x WHERE x.tbl = l.tbl AND x.key = l.key"
            + " AND x.cell = l.cell AND x.loser_t = l.t AND x.loser_device = l.device)");
    select.bind(1, table.id()).bind(2, key).bind(3, reviewedSince);
    try {
      while (select.next()) {
        Event event = new Event(
            (int) select.integer(1), select.integer(2), (int) select.integer(3), select.value(5));
        lost.add(event);
        add(
            event,
            new Line(lostKind(event.cell(), LostReason.valueOf(select.text(4))), true, 0, 0));
      }
    } finally {
      select.reset();
    }
  }

  private RunKind lostKind(int cell, LostReason reason) {
    return switch (reason) {
      case WRITE, LATE_REMOVAL, CONFLICT_REMOVAL -> RunKind.REMOVE;
      case LATE_DISCARD, CONFLICT_DISCARD -> RunKind.DISCARD;
      case VALUE, REMOVAL, LATE, CONFLICT ->
        cell < RowState.MARKER
            ? kind(table.column(cell).requireKind())
            : cell == RowState.MARKER ? RunKind.PUT : RunKind.PATCH;
    };
  }

  /** Up to {@code most} behind {@code after}, and all of the last one's time. */
  private void addNoted(Optional<HistoryItem> after, int most, long reviewedSince) {
    long from = after.map(item -> item.time().bits()).orElse(Long.MAX_VALUE);
    String some = cells.isEmpty()
        ? ""
        : " AND cell IN (" + cells.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ")";
    try (Statement select = reader.prepare(
        "SELECT t, device, sequence, place, cell, op, value FROM _sealift_history WHERE tbl = ? AND key = ? AND t <= ?"
            + " AND server_time >= ?" + some + " ORDER BY t DESC, sequence DESC, place DESC")) {
      select.bind(1, table.id()).bind(2, key).bind(3, from).bind(4, keptSince(reviewedSince));
      int behind = 0;
      long last = from;
      while (select.next() && (behind < most || select.integer(1) == last)) {
        last = select.integer(1);
        Event event =
            new Event((int) select.integer(5), last, (int) select.integer(2), select.value(7));
        Line known = lines.get(event);
        boolean first = known == null || known.sequence() == 0; // of what stands there twice
        behind += first && (last != from || after.isEmpty()) ? 1 : 0;
        add(event, new Line(Journal.kind(select.integer(6)), true, select.integer(3), (int)
            select.integer(4)));
      }
    }
  }

  /** That a row was written is told by the columns that were written, as long as one is known. */
  private void dropMarkers() {
    Set<Stamp> told = lines.keySet().stream()
        .filter(event -> event.cell() != RowState.MARKER)
        .map(event -> new Stamp(event.time(), event.device(), 0))
        .collect(Collectors.toSet());
    lines
        .entrySet()
        .removeIf(line -> line.getKey().cell() == RowState.MARKER
            && line.getValue().kind() == RunKind.PUT
            && told.contains(new Stamp(line.getKey().time(), line.getKey().device(), 0)));
  }

  private long keptSince(long reviewedSince) {
    return KeepPolicies.byLog(reader, table.name()) == Keep.WINDOW ? reviewedSince : Long.MIN_VALUE;
  }

  private HistoryItem item(Event event, Line line) {
    DeviceId device = devices.get(event.device());
    if (device == null) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "an event names a device that the store does not have");
    }
    Optional<ColumnInfo> column = event.cell() == RowState.MARKER
        ? Optional.empty()
        : Optional.of(table.column(event.cell()));
    return new HistoryItem(
        table.label(),
        table.name(),
        key,
        column.map(table::labelOf).orElse(""),
        column.map(ColumnInfo::name).orElse(""),
        line.kind(),
        event.value(),
        new HybridTime(event.time()),
        device,
        line.admitted(),
        line.sequence(),
        line.place(),
        state(event, line));
  }

  private State state(Event event, Line line) {
    return isCurrent(event, line.kind())
        ? State.CURRENT
        : lost.contains(event) ? State.LOST : State.PAST;
  }

  private boolean isCurrent(Event event, RunKind kind) {
    if (kind == RunKind.REMOVE) {
      return !visible && is(shown.state().removal(), event);
    }
    if (!visible || kind == RunKind.DISCARD) {
      return false;
    }
    if (event.cell() < RowState.MARKER) {
      return shown.compound(event.cell()).parts().stream()
          .anyMatch(
              part -> part.value().equals(event.value()) && is(Optional.of(part.stamp()), event));
    }
    return is(shown.state().cell(event.cell()), event)
        && (event.cell() == RowState.MARKER || shown.at(event.cell()).equals(event.value()));
  }

  private static boolean is(Optional<Stamp> stamp, Event event) {
    return stamp
        .filter(held -> held.time() == event.time() && held.device() == event.device())
        .isPresent();
  }
}
