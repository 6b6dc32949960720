package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.store.RowMerger.Waiting;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Events of files by others that are held without a place in the log. They show on top of what the log makes of their rows, by rank among this device's own that have no
 * place yet, until {@link #forget}: their file has its place, or is given up. A row that has one is kept aside ({@link Asides}).
 */
final class Unplaced {
  /** Stands in their stamps for the sequence: above all that anybody can have seen, and the highest that a row's state has room for. */
  static final long SEQUENCE = (1L << 48) - 1;

  /** In the place of an operation, of an event that writes registers or removes the row. */
  private static final int REGISTERS = 0;

  private final Db db;
  private final Devices devices;
  private final SeenFiles files;
  private final Statement any;
  private final Statement insert;
  private final Statement select;
  private final Statement selectRows;
  private final Statement delete;
  private final Statement selectHighest;
  private boolean empty;
  private long highest;

  Unplaced(Db db, Devices devices, SeenFiles files) {
    this.db = db;
    this.devices = devices;
    this.files = files;
    any = db.prepare("SELECT 1 FROM _sealift_unplaced LIMIT 1");
    insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_unplaced(tbl, row, t, device, file, cell, op, seen, value, place, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    select = db.prepare(
        "SELECT t, device, file, cell, op, seen, value, place, files FROM _sealift_unplaced WHERE tbl = ? AND row = ? ORDER BY t, device, file, cell");
    selectRows = db.prepare("SELECT DISTINCT tbl, row FROM _sealift_unplaced WHERE file = ?");
    delete = db.prepare("DELETE FROM _sealift_unplaced WHERE file = ?");
    selectHighest = db.prepare("SELECT coalesce(max(place), 0) FROM _sealift_unplaced");
    load();
  }

  /** As the database has it. */
  void load() {
    try {
      empty = !any.next();
    } finally {
      any.reset();
    }
    highest = empty ? 0 : readHighest();
  }

  private long readHighest() {
    try {
      return selectHighest.next() ? selectHighest.integer(1) : 0;
    } finally {
      selectHighest.reset();
    }
  }

  /** The highest place of any. */
  long highest() {
    return highest;
  }

  boolean isEmpty() {
    return empty;
  }

  /** @param place where its file stood before */
  static Stamp stamp(long place, long time, int device) {
    return new Stamp(place, time, device, SEQUENCE);
  }

  /** Keeps an event; the file by its number among those that are displaced, what of the log that is left its author had seen, and the set of files beside it. */
  void add(long file, TableInfo table, long row, Event event, long seen, long seenFiles) {
    insert.bind(1, table.id()).bind(2, row);
    insert.bind(3, event.stamp().time()).bind(4, event.stamp().device()).bind(5, file);
    insert.bind(8, seen).bind(10, event.stamp().place()).bind(11, seenFiles);
    if (event.kind().isPart()) {
      insert
          .bind(6, event.columns().get(0).cell())
          .bind(7, Journal.code(event.kind()))
          .bind(9, event.values().get(0))
          .run();
    } else {
      insert.bind(7, REGISTERS);
      RowMerger.cells(event)
          .forEach((cell, value) -> insert.bind(6, cell).bind(9, value).run());
    }
    empty = false;
    highest = Math.max(highest, event.stamp().place());
  }

  /** What shows on top of what the log makes of a row, in the order of ranks: this device's own events, and those kept here. */
  List<Waiting> with(List<Waiting> own, TableInfo table, long row) {
    if (empty) {
      return own;
    }
    List<Waiting> all = new ArrayList<>(own);
    all.addAll(of(table, row));
    all.sort(Comparator.comparing(waiting -> waiting.event().stamp(), this::compare));
    return all;
  }

  private int compare(Stamp one, Stamp other) {
    int byPlace = Long.compare(one.place(), other.place());
    int byTime = byPlace != 0 ? byPlace : Long.compareUnsigned(one.time(), other.time());
    return byTime != 0 ? byTime : devices.compare(one.device(), other.device());
  }

  private List<Waiting> of(TableInfo table, long row) {
    List<Waiting> events = new ArrayList<>();
    select.bind(1, table.id()).bind(2, row);
    try {
      boolean more = select.next();
      while (more) {
        Stamp stamp = stamp(select.integer(8), select.integer(1), (int) select.integer(2));
        long file = select.integer(3);
        long op = select.integer(5);
        long seen = select.integer(6);
        long set = select.integer(9);
        SortedMap<Integer, Value> cells = new TreeMap<>();
        do {
          cells.put((int) select.integer(4), select.value(7));
          more = select.next();
        } while (more && isOf(stamp, file));
        Event event = op == REGISTERS
            ? RowMerger.event(table, stamp, cells)
            : PartOps.event(
                Journal.kind(op),
                stamp,
                table.column(cells.firstKey()),
                cells.get(cells.firstKey()));
        events.add(new Waiting(event, files.shown(stamp.device(), seen, set)));
      }
      return events;
    } finally {
      select.reset();
    }
  }

  private boolean isOf(Stamp stamp, long file) {
    return select.integer(1) == stamp.time()
        && select.integer(2) == stamp.device()
        && select.integer(3) == file;
  }

  /** A file's events do not stand below a place any more. Their rows, which are to be shown anew. */
  List<Row> raise(long file, long place) {
    try (Statement raise =
        db.prepare("UPDATE _sealift_unplaced SET place = ?1 WHERE file = ?2 AND place < ?1")) {
      raise.bind(1, place).bind(2, file).run();
    }
    highest = Math.max(highest, place);
    return rows(file);
  }

  private List<Row> rows(long file) {
    List<Row> rows = new ArrayList<>();
    selectRows.bind(1, file);
    try {
      while (selectRows.next()) {
        rows.add(new Row((int) selectRows.integer(1), selectRows.integer(2)));
      }
      return rows;
    } finally {
      selectRows.reset();
    }
  }

  /** A row of a table, by their numbers. */
  record Row(int table, long row) {}

  /** Forgets a file's events. Their rows, which are to be shown anew. */
  List<Row> forget(long file) {
    if (empty) {
      return List.of();
    }
    List<Row> rows = rows(file);
    if (delete.bind(1, file).run() > 0) {
      load();
    }
    return rows;
  }
}
