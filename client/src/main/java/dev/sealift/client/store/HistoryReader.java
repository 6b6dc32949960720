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
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was written to a row: what the log has noted of it, what the row and the inbox still tell of what was written before that, and what this device has written that the log does
 * not have. The newest first, by the times of writing: so the value of a register comes before what it outranks, except in a space that ranks by arrival, where what was written
 * before something else can come later and outrank it.
 */
final class HistoryReader {
  private static final Comparator<HistoryItem> ORDER = Comparator.<HistoryItem>comparingLong(
          item -> -item.time().bits())
      .thenComparing(HistoryItem::device, Comparator.reverseOrder())
      .thenComparing(item -> -item.sequence())
      .thenComparing(item -> -item.place())
      .thenComparing(HistoryItem::wireColumn)
      .thenComparing(HistoryItem::kind);

  /** Lines of one event, at most. */
  private static final int EVENT_LINES = ValueLimits.MAX_COLUMNS;

  private static final String NOTED_COLUMNS = "SELECT t, device, sequence, place, cell, op, value";

  /** Lines from a place on in the order of items, but for those of one event. */
  private static final String NOTED =
      " FROM _sealift_history h CROSS JOIN _sealift_device d ON d.idx = h.device"
          + " WHERE h.tbl = ?1 AND h.key = ?2 AND h.server_time >= ?3 AND h.t <= ?4 AND (h.t < ?4 OR ?5 IS NULL OR d.device < ?5"
          + " OR (d.device = ?5 AND (h.sequence < ?6 OR (h.sequence = ?6 AND h.place <= ?7))))";

  private static final String IN_ORDER =
      " ORDER BY h.t DESC, d.device DESC, h.sequence DESC, h.place DESC LIMIT ?8";

  /** Whether a line is of the first event of its device and time once more, since that stands in the log twice. An honest device has one event at a time. */
  private static final String IS_REPETITION =
      " EXISTS (SELECT 1 FROM _sealift_history e WHERE e.tbl = ?1 AND e.key = ?2 AND e.t = h.t AND e.device = h.device"
          + " AND (e.sequence, e.place) = (SELECT f.sequence, f.place FROM _sealift_history f WHERE f.tbl = ?1 AND f.key = ?2 AND f.t = h.t"
          + " AND f.device = h.device AND f.server_time >= ?3 ORDER BY f.sequence, f.place LIMIT 1)"
          + " AND (e.sequence, e.place) < (h.sequence, h.place) AND e.cell = h.cell AND e.value IS h.value)";

  private final Reader reader;
  private final TableInfo table;
  private final String key;
  private final Set<Integer> cells;
  private final Map<Integer, DeviceId> devices;
  private final long lastAdmitted;
  private final Living living;
  private final long reviewedSince;
  private final long notedSince;
  private final RowImage shown;
  private final boolean visible;
  private final Map<Event, Line> lines = new LinkedHashMap<>();
  private final Set<Event> lost = new HashSet<>();

  /** What an event says of a cell: the same on however many ways it is known. */
  private record Event(int cell, long time, int device, Value value) {}

  /** How it is known. */
  private record Line(RunKind kind, boolean admitted, long sequence, int place) {}

  private HistoryReader(
      Reader reader, TableInfo table, String key, Set<Integer> cells, SpaceRules rules) {
    this.reader = reader;
    this.table = table;
    this.key = key;
    this.cells = cells;
    living = new Living(reader, rules.cutOffMillis());
    reviewedSince = FileLog.lastServerTime(reader) - rules.reviewWindowMillis();
    notedSince =
        KeepPolicies.byLog(reader, table.name()) == Keep.WINDOW ? reviewedSince : Long.MIN_VALUE;
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
      SpaceRules rules) {
    HistoryReader history = new HistoryReader(reader, table, key, cells, rules);
    history.addLosers();
    history.dropMarkers();
    history.dropNoted();
    return Stream.concat(
            history.lines.entrySet().stream()
                .map(line -> history.item(line.getKey(), line.getValue())),
            history.noted(after, most).stream())
        .sorted(ORDER)
        .filter(item -> after.isEmpty() || ORDER.compare(item, after.get()) > 0)
        .limit(most)
        .toList();
  }

  private RowImage image(Statement select) {
    RowState state = Stored.state(select.blob(2));
    Map<Integer, Value> values = new HashMap<>();
    table.columns().forEach(column -> values.put(column.cell(), select.value(2 + column.cell())));
    Map<Integer, CompoundCell> compounds = state.touch().isPresent()
        ? Compounds.read(reader, table, select.integer(1), Side.SHOWN)
        : Map.of();
    return living.of(table, RowImage.of(state, values, compounds));
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
        .map(aside -> living.of(table, aside))
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

  private void addLosers() {
    Statement select = reader.statement(
        "SELECT cell, t, device, reason, value FROM _sealift_loser l WHERE tbl = ? AND key = ? AND since >= ? AND "
            + Lifetimes.LOSER_COUNTS
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

  /** Where a line stands among those of its row. */
  private record Position(long time, byte @Nullable [] device, long sequence, long place) {
    private static final Position FIRST = new Position(Long.MAX_VALUE, null, 0, 0);

    static Position of(HistoryItem item) {
      return new Position(
          item.time().bits(), item.device().toByteArray(), item.sequence(), item.place());
    }
  }

  /** Up to {@code most} behind {@code after}, and some that do no harm. */
  private List<HistoryItem> noted(Optional<HistoryItem> after, int most) {
    String some = cells.isEmpty()
        ? ""
        : " AND h.cell IN (" + cells.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ")";
    String page = "(SELECT h.*, d.device AS author" + NOTED + some + IN_ORDER + ") h";
    try (Statement select =
        reader.prepare(NOTED_COLUMNS + ", author," + IS_REPETITION + " FROM " + page)) {
      List<HistoryItem> noted = new ArrayList<>();
      Optional<Position> next = Optional.of(after.map(Position::of).orElse(Position.FIRST));
      while (next.isPresent() && noted.size() < most + EVENT_LINES) {
        next = addNoted(select, next.get(), most + EVENT_LINES, noted);
      }
      return noted;
    }
  }

  /** Up to some number of lines; where the next ones begin, if there may be some. */
  private Optional<Position> addNoted(
      Statement select, Position from, int most, List<HistoryItem> noted) {
    select.bind(1, table.id()).bind(2, key).bind(3, notedSince);
    select.bind(4, from.time()).bind(5, from.device()).bind(6, from.sequence());
    select.bind(7, from.place()).bind(8, most);
    Optional<Position> last = Optional.empty();
    int read = 0;
    while (select.next()) {
      read++;
      Position at =
          new Position(select.integer(1), select.blob(8), select.integer(3), select.integer(4));
      last = Optional.of(at);
      if (select.integer(9) == 0) {
        Event event =
            new Event((int) select.integer(5), at.time(), (int) select.integer(2), select.value(7));
        RunKind kind = Journal.kind(select.integer(6));
        noted.add(item(event, new Line(kind, true, at.sequence(), (int) at.place())));
      }
    }
    return read == most ? last : Optional.empty();
  }

  /** What the log has noted is told as it stands there, and not as the row or the inbox tells it too. */
  private void dropNoted() {
    try (Statement same = reader.prepare(
            "SELECT 1 FROM _sealift_history WHERE tbl = ?1 AND key = ?2 AND t = ?3 AND device = ?4 AND server_time >= ?5 AND cell = ?6 AND value IS ?7 LIMIT 1");
        Statement column = reader.prepare(
            "SELECT 1 FROM _sealift_history WHERE tbl = ?1 AND key = ?2 AND t = ?3 AND device = ?4 AND server_time >= ?5 AND cell <> "
                + RowState.MARKER + " LIMIT 1")) {
      lines.entrySet().removeIf(line -> {
        Event event = line.getKey();
        if (has(same.bind(6, event.cell()).bind(7, event.value()), event)) {
          return true;
        }
        return isMarker(event, line.getValue()) && has(column, event);
      });
    }
  }

  private boolean has(Statement select, Event event) {
    select.bind(1, table.id()).bind(2, key).bind(3, event.time());
    select.bind(4, event.device()).bind(5, notedSince);
    try {
      return select.next();
    } finally {
      select.reset();
    }
  }

  private static boolean isMarker(Event event, Line line) {
    return event.cell() == RowState.MARKER && line.kind() == RunKind.PUT;
  }

  /** That a row was written is told by the columns that were written, as long as one is known. */
  private void dropMarkers() {
    Set<Stamp> told = lines.keySet().stream()
        .filter(event -> event.cell() != RowState.MARKER)
        .map(event -> new Stamp(event.time(), event.device(), 0))
        .collect(Collectors.toSet());
    lines
        .entrySet()
        .removeIf(line -> isMarker(line.getKey(), line.getValue())
            && told.contains(new Stamp(line.getKey().time(), line.getKey().device(), 0)));
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
