package dev.sealift.client.store;

import dev.sealift.client.merge.RowMeta;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RunBuilder.Shape;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns the next journal entries into events, in the order of their times.
 *
 * <p>An entry's event has exactly the cells that the row still has from it, and those of it that a received event has
 * overtaken. So the events of all entries, and what was received, join to the very state that this store has (a cell that
 * a later own write replaced is in that write's event), which is what makes other devices arrive at it:
 *
 * <ul>
 *   <li>a put whose marker is still there, or was overtaken, is a put of the columns that are left of it, even of none;
 *   <li>what else is left of a put is a patch;
 *   <li>a removal is sent while the row has it, or when it was overtaken; one that a later own write has undone is not.
 * </ul>
 */
final class PendingWalk {
  /** Entries that are looked at together: each look is a query for each stretch of entries on one table. */
  private static final int CHUNK_ENTRIES = 1024;

  /** Events of large rows end a look sooner, so that memory stays bounded. */
  private static final long CHUNK_BYTES = 2 << 20;

  /** Result: time, seen, key, cell, time and device of the loser. Parameters: first and last time. */
  private static final String DISMISSALS =
      "SELECT j.t, j.seen, l.key, l.cell, l.loser_t, d.device FROM _sealift_journal j"
          + " JOIN _sealift_dismissal l USING (t) JOIN _sealift_device d ON d.idx = l.loser_device"
          + " WHERE j.t BETWEEN ? AND ? ORDER BY j.t";

  private static final int KEY = 4;
  private static final int META = 5;

  private final Reader reader;
  private final Map<Integer, TableInfo> tables = new HashMap<>();
  private final RunBuilder runs = new RunBuilder();
  private final Map<Long, List<DotRef>> seenFiles = new HashMap<>();
  private Map<Long, Map<Integer, Value>> overtaken = Map.of();
  private long last;

  PendingWalk(Reader reader, Collection<TableInfo> tables) {
    this.reader = reader;
    tables.forEach(table -> this.tables.put(table.id(), table));
  }

  /** Consecutive entries on one table, of one transaction or of none, with one set of files seen. */
  private record Segment(
      TableInfo table, What what, long transaction, long files, long firstTime, long lastTime) {
    /** Whether no transaction is torn when events end before it. */
    boolean begins() {
      return transaction == 0 || transaction == firstTime;
    }
  }

  /** What entries are about. */
  private enum What {
    ROWS,
    LOSERS,
    PARTS;

    static What of(long code) {
      return code == Journal.DISMISSAL ? LOSERS : code >= Journal.FIRST_PART ? PARTS : ROWS;
    }
  }

  /** Takes the first entries after {@code after}, up to {@link #last}; none from {@code before} on, where no transaction goes on. */
  PendingWalk take(long after, long before) {
    last = after;
    List<Segment> segments = segments(after, before);
    if (!segments.isEmpty()) {
      loadOvertaken(
          segments.get(0).firstTime(), segments.get(segments.size() - 1).lastTime());
      takeAll(segments);
      if (runs.bytes() < CHUNK_BYTES) {
        last = segments.get(segments.size() - 1).lastTime(); // also where nothing was left of them
      }
    }
    return this;
  }

  List<EventRun> runs() {
    return runs.finish();
  }

  /** What the events take before compression, about. */
  long bytes() {
    return runs.bytes();
  }

  /** The time of the last entry that was taken; where it began when there are no more. */
  long last() {
    return last;
  }

  private List<Segment> segments(long after, long before) {
    List<Segment> segments = new ArrayList<>();
    Statement select = reader.statement(
        "SELECT t, tbl, op, tx, files FROM _sealift_journal WHERE t > ? AND t < ? ORDER BY t LIMIT "
            + CHUNK_ENTRIES);
    extend(segments, select.bind(1, after).bind(2, before));
    if (!segments.isEmpty() && segments.get(segments.size() - 1).transaction() != 0) {
      Segment open = segments.get(segments.size() - 1);
      Statement rest = reader.statement(
          "SELECT t, tbl, op, tx, files FROM _sealift_journal WHERE tx = ? AND tx <> 0 AND t > ? ORDER BY t");
      extend(segments, rest.bind(1, open.transaction()).bind(2, open.lastTime()));
    }
    return segments;
  }

  private void extend(List<Segment> segments, Statement entries) {
    try {
      while (entries.next()) {
        extend(
            segments,
            table((int) entries.integer(2)),
            What.of(entries.integer(3)),
            entries.integer(4),
            entries.integer(5),
            entries.integer(1));
      }
    } finally {
      entries.reset();
    }
  }

  private TableInfo table(int id) {
    TableInfo table = tables.get(id);
    if (table == null) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "the journal names a table that the store does not have");
    }
    return table;
  }

  private static void extend(
      List<Segment> segments, TableInfo table, What what, long transaction, long files, long time) {
    int at = segments.size() - 1;
    Segment open = at < 0 ? null : segments.get(at);
    if (open != null
        && open.table() == table
        && open.what() == what
        && open.transaction() == transaction
        && open.files() == files) {
      segments.set(at, new Segment(table, what, transaction, files, open.firstTime(), time));
    } else {
      segments.add(new Segment(table, what, transaction, files, time, time));
    }
  }

  private void loadOvertaken(long from, long to) {
    overtaken = new HashMap<>();
    Statement select = reader.statement(
        "SELECT t, cell, value FROM _sealift_overtaken WHERE t BETWEEN ? AND ? ORDER BY t, cell");
    select.bind(1, from).bind(2, to);
    try {
      while (select.next()) {
        overtaken
            .computeIfAbsent(select.integer(1), t -> new TreeMap<>())
            .put((int) select.integer(2), select.value(3));
      }
    } finally {
      select.reset();
    }
  }

  private void takeAll(List<Segment> segments) {
    for (Segment segment : segments) {
      if (runs.bytes() >= CHUNK_BYTES && segment.begins()) {
        return;
      }
      if (segment.transaction() != 0 && segment.begins()) {
        takeGuards(segment);
      }
      Statement select = reader.statement(sql(segment));
      select.bind(1, segment.firstTime()).bind(2, segment.lastTime());
      try {
        while ((segment.transaction() != 0 || runs.bytes() < CHUNK_BYTES) && select.next()) {
          take(segment, select);
        }
      } finally {
        select.reset();
      }
    }
  }

  private void takeGuards(Segment segment) {
    for (Guards.Kept guard : Guards.read(reader, segment.transaction())) {
      Shape shape = new Shape(
          RunKind.GUARD,
          table(guard.table()),
          0,
          List.of(),
          RunKind.GUARD_COLUMNS,
          segment.transaction());
      runs.add(shape, guard.event().key(), guard.event().time(), guard.event().values());
    }
  }

  private static String sql(Segment segment) {
    return switch (segment.what()) {
      case ROWS -> TableSql.journalled(segment.table());
      case LOSERS -> DISMISSALS;
      case PARTS -> TableSql.journalledParts(segment.table());
    };
  }

  private void take(Segment segment, Statement entry) {
    switch (segment.what()) {
      case ROWS -> takeEntry(segment, entry);
      case LOSERS -> takeDismissal(segment, entry);
      case PARTS -> takePart(segment, entry);
    }
  }

  /** What a later operation has in it is gone. */
  private void takePart(Segment segment, Statement entry) {
    TableInfo table = segment.table();
    HybridTime time = new HybridTime(entry.integer(1));
    List<String> column = List.of(table.column((int) entry.integer(5)).name());
    add(Journal.kind(entry.integer(2)), segment, entry, time, List.of(entry.value(6)), column);
    last = time.bits();
  }

  private void takeEntry(Segment segment, Statement entry) {
    TableInfo table = segment.table();
    HybridTime time = new HybridTime(entry.integer(1));
    RunKind kind = Journal.kind(entry.integer(2));
    byte[] meta = entry.blob(META);
    Map<Integer, Value> beaten = overtaken.getOrDefault(time.bits(), Map.of());
    if (kind == RunKind.PUT
        && beaten.isEmpty()
        && Arrays.equals(meta, RowMeta.uniform(table.cells(), time.bits(), Devices.SELF, 0))) {
      add(kind, segment, entry, time, wholeRow(table, entry), table.names());
    } else {
      takeRest(kind, segment, entry, time, Stored.state(meta), beaten);
    }
    last = time.bits();
  }

  private void takeDismissal(Segment segment, Statement entry) {
    TableInfo table = segment.table();
    HybridTime time = new HybridTime(entry.integer(1));
    int cell = (int) entry.integer(4);
    List<Value> loser = List.of(
        Value.of(cell == RowState.MARKER ? "" : table.column(cell).name()),
        Value.of(entry.integer(5)),
        Value.of(entry.blob(6)));
    runs.add(
        new Shape(
            RunKind.DISMISS,
            table,
            entry.integer(2),
            seenFiles(segment),
            RunKind.LOSER_COLUMNS,
            segment.transaction()),
        entry.text(3),
        time,
        loser);
    last = time.bits();
  }

  private static List<Value> wholeRow(TableInfo table, Statement entry) {
    List<Value> values = new ArrayList<>(table.columns().size());
    for (int cell = 1; cell < table.cells(); cell++) {
      values.add(entry.value(META + cell));
    }
    return values;
  }

  private void takeRest(
      RunKind kind,
      Segment segment,
      Statement entry,
      HybridTime time,
      RowState state,
      Map<Integer, Value> beaten) {
    Stamp own = Stamp.of(time, Devices.SELF, 0);
    if (kind == RunKind.REMOVE) {
      if (state.removal().filter(own::isOf).isPresent() || beaten.containsKey(Journal.REMOVAL)) {
        add(kind, segment, entry, time, List.of(), List.of());
      }
      return;
    }
    List<String> columns = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (ColumnInfo column : segment.table().columns()) {
      Value value = beaten.get(column.cell());
      if (value != null || state.cell(column.cell()).filter(own::isOf).isPresent()) {
        columns.add(column.name());
        values.add(value == null ? entry.value(META + column.cell()) : value);
      }
    }
    boolean marks = state.cell(RowState.MARKER).filter(own::isOf).isPresent()
        || beaten.containsKey(Journal.MARKER);
    if (marks || !columns.isEmpty()) {
      add(marks ? RunKind.PUT : RunKind.PATCH, segment, entry, time, values, columns);
    }
  }

  private void add(
      RunKind kind,
      Segment segment,
      Statement entry,
      HybridTime time,
      List<Value> values,
      List<String> columns) {
    Shape shape = new Shape(
        kind,
        segment.table(),
        entry.integer(3),
        seenFiles(segment),
        columns,
        segment.transaction());
    runs.add(shape, entry.text(KEY), time, values);
  }

  private List<DotRef> seenFiles(Segment segment) {
    return seenFiles.computeIfAbsent(segment.files(), set -> SeenFiles.dots(reader, set));
  }
}
