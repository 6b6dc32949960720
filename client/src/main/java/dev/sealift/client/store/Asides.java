package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Rows as the log has them, kept aside as long as the table shows something else: writes of this device that have no place in the log yet and stand on what
 * has one. Of a row that is not here, what the log has is what the table shows without such writes.
 */
final class Asides {
  /** Stands for the row's state among its cells. */
  private static final int STATE = -1;

  /** Rows looked up at a time. */
  private static final int CHUNK_ROWS = 512;

  private static final String ANY = "SELECT 1 FROM _sealift_aside LIMIT 1";
  private static final String SELECT =
      "SELECT cell, value FROM _sealift_aside WHERE tbl = ? AND row = ?";

  private final Statement any;
  private final Statement select;
  private final Statement insert;
  private final Statement delete;
  private final Statement selectAfter;
  private final Compounds compounds;
  private boolean empty;

  /** No removal is kept aside that is before this; 0 when that is not known. */
  private long firstRemovalMillis;

  Asides(Db db, Compounds compounds) {
    this.compounds = compounds;
    any = db.prepare(ANY);
    select = db.prepare(SELECT);
    insert = db.prepare("INSERT INTO _sealift_aside(tbl, row, cell, value) VALUES (?, ?, ?, ?)");
    delete = db.prepare("DELETE FROM _sealift_aside WHERE tbl = ? AND row = ?");
    selectAfter = db.prepare("SELECT tbl, row, value FROM _sealift_aside WHERE (tbl, row) > (?, ?)"
        + " AND cell = " + STATE + " ORDER BY tbl, row LIMIT " + CHUNK_ROWS);
    load();
  }

  /** As the database has it. */
  void load() {
    firstRemovalMillis = 0;
    look();
  }

  private void look() {
    try {
      empty = !any.next();
    } finally {
      any.reset();
    }
  }

  boolean isEmpty() {
    return empty;
  }

  /** Whether a removal may be kept aside that is before this. */
  boolean mayHaveRemovalBefore(long millis) {
    return !empty && firstRemovalMillis < millis;
  }

  /** All was looked through, and from now on matters what is not before {@code millis}. */
  void removalsFrom(long millis) {
    firstRemovalMillis = millis;
  }

  /** What the log has of a row that is kept aside. */
  record Kept(int table, long row, RowState state) {
    static final Kept FIRST = new Kept(0, 0, RowState.ABSENT);
  }

  /** Some of those rows, behind one in their order. */
  List<Kept> after(Kept last) {
    selectAfter.bind(1, last.table()).bind(2, last.row());
    List<Kept> found = new ArrayList<>();
    try {
      while (selectAfter.next()) {
        RowState state = Stored.state(selectAfter.blob(3));
        found.add(new Kept((int) selectAfter.integer(1), selectAfter.integer(2), state));
      }
      return found;
    } finally {
      selectAfter.reset();
    }
  }

  Optional<RowImage> get(TableInfo table, long row) {
    return empty
        ? Optional.empty()
        : read(select, table, row, () -> compounds.get(table, row, Side.ASIDE));
  }

  static boolean isEmpty(Reader reader) {
    Statement select = reader.statement(ANY);
    try {
      return !select.next();
    } finally {
      select.reset();
    }
  }

  static Optional<RowImage> read(Reader reader, TableInfo table, long row) {
    return read(
        reader.statement(SELECT), table, row, () -> Compounds.read(reader, table, row, Side.ASIDE));
  }

  private static Optional<RowImage> read(
      Statement select, TableInfo table, long row, Supplier<Map<Integer, CompoundCell>> compounds) {
    RowState state = null;
    Map<Integer, Value> values = new HashMap<>();
    select.bind(1, table.id()).bind(2, row);
    try {
      while (select.next()) {
        int cell = (int) select.integer(1);
        if (cell == STATE) {
          state = Stored.state(select.blob(2));
        } else {
          values.put(cell, select.value(2));
        }
      }
    } finally {
      select.reset();
    }
    return state == null
        ? Optional.empty()
        : Optional.of(
            new RowImage(state, values, state.touch().isPresent() ? compounds.get() : Map.of()));
  }

  void put(TableInfo table, long row, RowImage image) {
    remove(table, row);
    image
        .state()
        .removal()
        .map(removal -> removal.hybridTime().millis())
        .filter(millis -> millis < firstRemovalMillis)
        .ifPresent(this::removalsFrom);
    insert.bind(1, table.id()).bind(2, row);
    insert.bind(3, STATE).bind(4, image.state().toBytes()).run();
    image.values().forEach((cell, value) -> insert.bind(3, cell).bind(4, value).run());
    compounds.replace(table, row, Side.ASIDE, Map.of(), image.compounds());
    empty = false;
  }

  /** Keeps rows aside as if nobody had written them; which ones, says a table with their {@code tbl} and {@code row}. */
  void putAbsent(Db db, String rows) {
    db.execute(
        "DELETE FROM _sealift_aside WHERE (tbl, row) IN (SELECT tbl, row FROM " + rows + ")");
    compounds.removeAll(db, Side.ASIDE, rows);
    try (Statement insertAll = db.prepare(
        "INSERT INTO _sealift_aside(tbl, row, cell, value) SELECT tbl, row, ?, ? FROM " + rows)) {
      insertAll.bind(1, STATE).bind(2, RowState.ABSENT.toBytes()).run();
    }
    load();
  }

  void remove(TableInfo table, long row) {
    if (!empty) {
      int gone = delete.bind(1, table.id()).bind(2, row).run();
      compounds.remove(table, row, Side.ASIDE);
      if (gone > 0) {
        look();
      }
    }
  }
}
