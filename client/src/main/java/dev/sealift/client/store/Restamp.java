package dev.sealift.client.store;

import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Moves the times of pending writes that a wrong clock set too far ahead. No other device has seen them, so nothing but this
 * store knows their times. Their order is kept, among themselves and above everything that the device has seen, so what they
 * won against they still win against.
 */
final class Restamp {
  /** Entries held in memory at a time. */
  private static final int CHUNK_ENTRIES = 512;

  /** Each cell is built once, from nothing, so no two values ever meet. */
  private static final CurrentValues NEVER_ASKED = cell -> {
    throw new IllegalStateException("a cell has one stamp");
  };

  private final Db db;
  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final RowMerge merge;

  Restamp(Db db, Catalog catalog, Tables tables, RowMerger rows, RowMerge merge) {
    this.db = db;
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.merge = merge;
  }

  private record Entry(long time, int table, long row) {}

  /** What moving came to: how many entries moved, and the highest time of this device afterwards. */
  record Moved(int entries, HybridTime last) {}

  /** Moves what is later than {@code latest} back by {@code shiftMillis}, but not below {@code seen} or what stays. */
  Moved move(HybridTime latest, long shiftMillis, HybridTime seen) {
    long previous = Math.max(seen.bits(), lastStaying(latest));
    long cursor = latest.bits();
    int moved = 0;
    for (List<Entry> chunk = after(cursor); !chunk.isEmpty(); chunk = after(cursor)) {
      for (Entry entry : chunk) {
        long shifted =
            Math.max(entry.time() - (shiftMillis << HybridTime.COUNTER_BITS), previous + 1);
        if (shifted < entry.time()) {
          move(entry, shifted);
          moved++;
        }
        previous = Math.min(shifted, entry.time());
        cursor = entry.time();
      }
    }
    return new Moved(moved, new HybridTime(previous));
  }

  private long lastStaying(HybridTime latest) {
    String sql = "SELECT max((SELECT coalesce(max(t), 0) FROM _sealift_journal WHERE t <= ?),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_outbox),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_chain))";
    try (Statement select = db.prepare(sql)) {
      return select.bind(1, latest.bits()).next() ? select.integer(1) : 0;
    }
  }

  private List<Entry> after(long time) {
    List<Entry> entries = new ArrayList<>();
    String sql =
        "SELECT t, tbl, row FROM _sealift_journal WHERE t > ? ORDER BY t LIMIT " + CHUNK_ENTRIES;
    try (Statement select = db.prepare(sql)) {
      select.bind(1, time);
      while (select.next()) {
        entries.add(new Entry(select.integer(1), (int) select.integer(2), select.integer(3)));
      }
    }
    return entries;
  }

  private void move(Entry entry, long shifted) {
    TableInfo table = catalog.byId(entry.table());
    Stamp from = new Stamp(entry.time(), Devices.SELF, 0);
    Stamp to = new Stamp(shifted, Devices.SELF, 0);
    rows.replaceState(table, entry.row(), replaced(state(table, entry.row()), from, to));
    for (String moving : List.of("_sealift_journal", "_sealift_overtaken")) {
      try (Statement update = db.prepare("UPDATE " + moving + " SET t = ? WHERE t = ?")) {
        update.bind(1, shifted).bind(2, entry.time()).run();
      }
    }
  }

  private RowState state(TableInfo table, long row) {
    Statement select = tables.of(table).selectByRow().bind(1, row);
    try {
      return select.next() ? Stored.state(select.blob(2)) : RowState.ABSENT;
    } finally {
      select.reset();
    }
  }

  private RowState replaced(RowState state, Stamp from, Stamp to) {
    RowState built = RowState.ABSENT;
    for (int cell = 0; cell < state.cells(); cell++) {
      Stamp stamp = state.cell(cell).orElse(null);
      if (stamp != null) {
        built = withCell(built, cell, stamp.equals(from) ? to : stamp);
      }
    }
    Stamp removal = state.removal().orElse(null);
    return removal == null
        ? built
        : merge.remove(built, removal.equals(from) ? to : removal).state();
  }

  private RowState withCell(RowState built, int cell, Stamp stamp) {
    return cell == RowState.MARKER
        ? merge.put(built, stamp, new int[0], List.of(), NEVER_ASKED).state()
        : merge
            .patch(
                built, stamp, new int[] {cell}, Collections.singletonList(Value.NULL), NEVER_ASKED)
            .state();
  }
}
