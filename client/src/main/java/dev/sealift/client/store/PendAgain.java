package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes this device's writes pending again by what the tables still show of them: for own files that a mesh has lost and that are from before
 * files were kept. A write that another one has replaced since is in no table, and outranked wherever it was seen; everything that shows goes
 * again, with its times.
 */
final class PendAgain {
  /** What its author had seen is not known any more; nothing is said too much by saying nothing. */
  private static final long NOTHING_SEEN = 0;

  private final Db db;
  private final Catalog catalog;
  private final Journal journal;

  PendAgain(Db db, Catalog catalog, Journal journal) {
    this.db = db;
    this.catalog = catalog;
    this.journal = journal;
  }

  void pend(List<FileLog.Times> times) {
    for (TableInfo table : catalog.tables().values()) {
      try (Statement select = db.prepare(TableSql.scanStates(table))) {
        while (select.next()) {
          pend(table, select.integer(1), Stored.state(select.blob(2)), times);
        }
      }
    }
    journal.flush();
    journal.load();
  }

  private void pend(TableInfo table, long row, RowState state, List<FileLog.Times> times) {
    Map<Long, RunKind> writes = new TreeMap<>();
    for (int cell = 0; cell < state.cells(); cell++) {
      RunKind kind = cell == RowState.MARKER ? RunKind.PUT : RunKind.PATCH;
      ownTime(state.cell(cell), times).ifPresent(time -> writes.putIfAbsent(time, kind));
    }
    ownTime(state.removal(), times).ifPresent(time -> writes.put(time, RunKind.REMOVE));
    writes.forEach(
        (time, kind) -> journal.add(new HybridTime(time), table, row, kind, NOTHING_SEEN));
  }

  private static Optional<Long> ownTime(Optional<Stamp> stamp, List<FileLog.Times> times) {
    return stamp
        .filter(own -> own.device() == Devices.SELF && own.sequence() == 0)
        .map(Stamp::time)
        .filter(time -> times.stream().anyMatch(range -> range.cover(time)));
  }
}
