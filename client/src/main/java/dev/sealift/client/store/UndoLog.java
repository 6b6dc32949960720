package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This device's last changes, each with what was there before it, and those that were taken back, each with what was there before that. Never sent. A change is what one batch
 * wrote; it is recorded in memory, within bounds, and kept with the batch.
 *
 * <p>What a change wrote is known by its stamps. They are the journal's times, so they move with those; and when what was there before is written again, it has another
 * stamp, which {@link #restamp} tells whoever wrote it first.
 */
final class UndoLog {
  /** Bounds of each of the two stacks: the oldest go. */
  static final int MAX_CHANGES = 100;

  static final long MAX_BYTES = 4 << 20;

  /** About what a line takes beside its key and value. */
  private static final int LINE_BYTES = 64;

  /** Where what was there before came from: nobody. Below that, somebody else; above, this device, and when. */
  static final long ABSENT = 0;

  /** Somebody else, by a file of sequence 0: as also of what was noted when it was not yet noted where in the log that stood. */
  private static final long OTHERS = -1;

  /** In the place of an operation on a compound cell. */
  static final int REGISTER = 0;

  // Lines that are no cells, by the same column. Of a change: its stack in tbl, its first time in
  // t,
  // what of the log
  // it had seen in was_t, its bytes in was.
  private static final int CHANGE = -1;
  private static final int TOO_LARGE = -2;
  private static final int ROW = -3;

  private static final int WAS = 1;
  private static final int IS = 2;
  private static final int HAS_OTHERS = 4;

  enum Stack {
    UNDO,
    REDO
  }

  /** A row of a table, by its number. */
  record Row(int table, String key) {}

  /**
   * A cell that was written.
   *
   * @param op {@link #REGISTER}, or the operation as in the {@link Journal}
   * @param time of the event that wrote it
   * @param wasOrigin of what was there before, as of {@link #origin}
   * @param was what was there before; of an operation on a set or a counter its value
   */
  record Cell(int cell, int op, long time, long wasOrigin, Value was) {
    private boolean isSameAs(Cell other) {
      boolean replaces = op == REGISTER || op == Journal.FIRST_PART;
      return replaces && op == other.op && cell == other.cell;
    }
  }

  /** A row that a change wrote to. */
  static final class RowChange {
    private boolean was;
    private boolean is;
    private boolean hasOthers;
    private long time;
    private long wasRemoved;
    private final List<Cell> cells = new ArrayList<>();

    /** Whether people saw it before. */
    boolean was() {
      return was;
    }

    /** Whether people saw it afterwards. */
    boolean is() {
      return is;
    }

    /** Whether it has, by an event of this device, what somebody else wrote since: a later change had replaced it, and was taken back. */
    boolean hasOthers() {
      return hasOthers;
    }

    /** Of the last event on it. */
    long time() {
      return time;
    }

    /** Of the removal that hid it before, as of {@link #origin}. */
    long wasRemoved() {
      return wasRemoved;
    }

    /** In the order in which they were written; of a register once, as it was at first. */
    List<Cell> cells() {
      return cells;
    }

    private void add(Cell cell) {
      for (int i = 0; i < cells.size(); i++) {
        Cell first = cells.get(i);
        if (first.isSameAs(cell)) {
          cells.set(
              i, new Cell(cell.cell(), cell.op(), cell.time(), first.wasOrigin(), first.was()));
          return;
        }
      }
      cells.add(cell);
    }
  }

  /** What one batch changed. */
  static final class Change {
    private final long step;
    private long seen;
    private final Map<Row, RowChange> rows = new LinkedHashMap<>();

    private Change(long step) {
      this.step = step;
    }

    long step() {
      return step;
    }

    /** How much of the log this device had when it was made. */
    long seen() {
      return seen;
    }

    Map<Row, RowChange> rows() {
      return rows;
    }
  }

  /** A change in the database. */
  private record Kept(long step, Stack stack, boolean tooLarge, long bytes) {}

  private final Db db;
  private final Statement insert;
  private final Statement select;
  private final Statement delete;
  private final List<Kept> kept = new ArrayList<>();
  private @Nullable Set<Long> times;

  // What is being recorded
  private @Nullable Change recording;
  private Stack target = Stack.UNDO;
  private boolean anew;
  private long bytes;
  private int most;
  private int writes;
  private boolean tooLarge;

  UndoLog(Db db) {
    this.db = db;
    insert = db.prepare(
        "INSERT INTO _sealift_undo(step, place, tbl, key, cell, op, t, was_t, was) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    select = db.prepare(
        "SELECT tbl, key, cell, op, t, was_t, was FROM _sealift_undo WHERE step = ? ORDER BY place");
    delete = db.prepare("DELETE FROM _sealift_undo WHERE step = ?");
    load();
  }

  /** As the database has it; what is being recorded is dropped. */
  void load() {
    recording = null;
    times = null;
    kept.clear();
    try (Statement changes =
        db.prepare("SELECT step, tbl, op, was FROM _sealift_undo WHERE place = 0 ORDER BY step")) {
      while (changes.next()) {
        kept.add(new Kept(
            changes.integer(1),
            Stack.values()[(int) changes.integer(2)],
            changes.integer(3) == TOO_LARGE,
            changes.integer(4)));
      }
    }
  }

  static boolean isOwn(Stamp stamp) {
    return stamp.device() == Devices.SELF && stamp.sequence() == 0;
  }

  /** Where what has this stamp came from: the time of what this device wrote, {@link #ABSENT}, or which sequence in the log somebody else's file has, as a number below that. */
  static long origin(Optional<Stamp> stamp) {
    return stamp
        .map(held -> isOwn(held) ? held.time() : OTHERS - held.sequence())
        .orElse(ABSENT);
  }

  // Recording

  /** What is written from now on until {@link #keep} is one change, unless there are more than {@code mostWrites}. Once more within one changes nothing. */
  void begin(int mostWrites) {
    if (recording == null) {
      begin(Stack.UNDO, mostWrites, true);
    }
  }

  /** The same, of taking a change back, or making it again. */
  void beginAgain(Stack stack) {
    begin(stack, Integer.MAX_VALUE, false);
  }

  private void begin(Stack stack, int mostWrites, boolean forgetsRedo) {
    recording = new Change(1 + kept.stream().mapToLong(Kept::step).max().orElse(0));
    target = stack;
    anew = forgetsRedo;
    most = mostWrites;
    bytes = 0;
    writes = 0;
    tooLarge = false;
  }

  boolean isRecording() {
    return recording != null && !tooLarge;
  }

  /** A row was written to; to be followed by its cells. */
  void noteRow(Row row, boolean was, long wasRemoved, boolean is, long time, long seen) {
    Change change = recording;
    writes++;
    bytes += LINE_BYTES + row.key().length();
    if (change == null || isTooLarge()) {
      return;
    }
    if (change.rows.isEmpty()) {
      change.seen = seen;
    }
    RowChange known = change.rows.get(row);
    if (known == null) {
      known = new RowChange();
      known.was = was;
      known.wasRemoved = wasRemoved;
      change.rows.put(row, known);
    }
    known.is = is;
    known.time = time;
  }

  void noteCell(Row row, Cell cell) {
    Change change = recording;
    bytes += LINE_BYTES + row.key().length() + cell.was().canonicalLength();
    if (change != null && !isTooLarge()) {
      change.rows.get(row).add(cell);
    }
  }

  private boolean isTooLarge() {
    if (writes > most || bytes > MAX_BYTES) {
      tooLarge = true;
    }
    return tooLarge;
  }

  /** Keeps what was recorded, if anything; before each commit. What had nothing to take back is kept too: each undo has its redo, in order. */
  void keep() {
    Change change = recording;
    recording = null;
    if (change == null || (anew && change.rows.isEmpty() && !tooLarge)) {
      return;
    }
    times = null;
    if (anew) {
      forget(Stack.REDO);
    }
    if (tooLarge) {
      forget(Stack.UNDO); // what is before it can only be taken back after it
      forget(Stack.REDO);
      head(change, TOO_LARGE, 0);
    } else {
      write(change);
      trim();
    }
  }

  /** What is written from now on is not recorded. */
  void end() {
    recording = null;
  }

  private void head(Change change, int op, long size) {
    Stack stack = op == TOO_LARGE ? Stack.UNDO : target;
    Cell cell = new Cell(0, op, 0, change.seen, Value.of(size));
    line(change.step, 0, new Row(stack.ordinal(), ""), cell);
    kept.add(new Kept(change.step, stack, op == TOO_LARGE, size));
  }

  private void write(Change change) {
    dropTooLarge();
    head(change, CHANGE, bytes);
    int place = 1;
    for (Map.Entry<Row, RowChange> row : change.rows.entrySet()) {
      RowChange what = row.getValue();
      int flags = (what.was ? WAS : 0) | (what.is ? IS : 0);
      line(
          change.step,
          place,
          row.getKey(),
          new Cell(flags, ROW, what.time, what.wasRemoved, Value.NULL));
      place++;
      for (Cell cell : what.cells) {
        line(change.step, place, row.getKey(), cell);
        place++;
      }
    }
  }

  private void line(long step, int place, Row row, Cell cell) {
    insert.bind(1, step).bind(2, place).bind(3, row.table()).bind(4, row.key());
    insert.bind(5, cell.cell()).bind(6, cell.op()).bind(7, cell.time());
    insert.bind(8, cell.wasOrigin()).bind(9, cell.was()).run();
  }

  private void forget(Stack stack) {
    forgetAll(stack, kept.size());
  }

  /** The oldest of a stack. */
  private void forgetAll(Stack stack, int number) {
    Iterator<Kept> oldest = kept.iterator();
    for (int left = number; oldest.hasNext() && left > 0; ) {
      Kept change = oldest.next();
      if (change.stack() == stack) {
        delete.bind(1, change.step()).run();
        oldest.remove();
        left--;
      }
    }
  }

  /** It is not the last one any more. */
  private void dropTooLarge() {
    if (!kept.isEmpty() && kept.get(0).tooLarge()) {
      delete.bind(1, kept.remove(0).step()).run();
    }
  }

  private void trim() {
    List<Kept> all = kept.stream().filter(change -> change.stack() == target).toList();
    long total = all.stream().mapToLong(Kept::bytes).sum();
    int tooMany = 0;
    while (all.size() - tooMany > MAX_CHANGES || total > MAX_BYTES) {
      total -= all.get(tooMany).bytes();
      tooMany++;
    }
    forgetAll(target, tooMany);
  }

  // Taking back

  /** Whether the last change was too large to be recorded. */
  boolean isLastTooLarge() {
    return last(Stack.UNDO).filter(Kept::tooLarge).isPresent();
  }

  private Optional<Kept> last(Stack stack) {
    return kept.stream().filter(change -> change.stack() == stack).reduce((one, next) -> next);
  }

  /** The last change of a stack, which is not there any more. */
  Optional<Change> take(Stack stack) {
    Optional<Kept> last = last(stack).filter(change -> !change.tooLarge());
    return last.map(change -> {
      Change taken = read(change.step());
      delete.bind(1, change.step()).run();
      kept.remove(change);
      times = null;
      return taken;
    });
  }

  private Change read(long step) {
    Change change = new Change(step);
    select.bind(1, step);
    try {
      while (select.next()) {
        Row row = new Row((int) select.integer(1), select.text(2));
        long flags = select.integer(3);
        int op = (int) select.integer(4);
        long time = select.integer(5);
        if (op == CHANGE) {
          change.seen = select.integer(6);
        } else if (op == ROW) {
          RowChange what = new RowChange();
          what.was = (flags & WAS) != 0;
          what.is = (flags & IS) != 0;
          what.hasOthers = (flags & HAS_OTHERS) != 0;
          what.time = time;
          what.wasRemoved = select.integer(6);
          change.rows.put(row, what);
        } else {
          Cell cell = new Cell((int) flags, op, time, select.integer(6), select.value(7));
          change.rows.get(row).cells.add(cell);
        }
      }
      return change;
    } finally {
      select.reset();
    }
  }

  /**
   * What a cell held before {@code undone} was written again, by an event of time {@code now}: for whatever change wrote that first, this is what it wrote; and where somebody else did, the row has that for all changes
   * that had not seen it.
   */
  void restamp(Row row, Cell undone, long now) {
    if (undone.wasOrigin() > ABSENT) {
      try (Statement update = db.prepare(
          "UPDATE _sealift_undo SET t = ? WHERE tbl = ? AND key = ? AND cell = ? AND t = ? AND op >= 0")) {
        update.bind(1, now).bind(2, row.table()).bind(3, row.key()).bind(4, undone.cell());
        update.bind(5, undone.wasOrigin()).run();
      }
    } else if (undone.wasOrigin() < ABSENT) {
      hasOthers(row, OTHERS - undone.wasOrigin());
    }
    times = null;
  }

  private void hasOthers(Row row, long sequence) {
    try (Statement update = db.prepare("UPDATE _sealift_undo SET cell = cell | " + HAS_OTHERS
        + " WHERE tbl = ?1 AND key = ?2 AND op = " + ROW + " AND (?3 = 0 OR step IN"
        + " (SELECT step FROM _sealift_undo WHERE place = 0 AND was_t < ?3))")) {
      update.bind(1, row.table()).bind(2, row.key()).bind(3, sequence).run();
    }
  }

  /** A row is removed once more, as it was before {@code undone}. */
  void restamp(Row row, RowChange undone, long now) {
    if (undone.wasRemoved > ABSENT) {
      try (Statement update = db.prepare(
          "UPDATE _sealift_undo SET t = ? WHERE tbl = ? AND key = ? AND t = ? AND op = " + ROW)) {
        update.bind(1, now).bind(2, row.table()).bind(3, row.key());
        update.bind(4, undone.wasRemoved).run();
      }
    }
    times = null;
  }

  // What moves

  /** A pending write has another time. */
  void move(long from, long to) {
    if (kept.isEmpty() || !times().remove(from)) {
      return;
    }
    times().add(to);
    for (String column : List.of("t", "was_t")) {
      try (Statement update =
          db.prepare("UPDATE _sealift_undo SET " + column + " = ? WHERE " + column + " = ?")) {
        update.bind(1, to).bind(2, from).run();
      }
    }
  }

  private Set<Long> times() {
    Set<Long> known = times;
    if (known == null) {
      known = new HashSet<>();
      try (Statement all =
          db.prepare("SELECT t FROM _sealift_undo UNION SELECT was_t FROM _sealift_undo")) {
        while (all.next()) {
          known.add(all.integer(1));
        }
      }
      times = known;
    }
    return known;
  }

  /** Nothing has seen more than the log's first {@code size} files: what comes back from the others is new. */
  void rewind(long size) {
    try (Statement update =
        db.prepare("UPDATE _sealift_undo SET was_t = ?1 WHERE place = 0 AND was_t > ?1")) {
      update.bind(1, size).run();
    }
  }
}
