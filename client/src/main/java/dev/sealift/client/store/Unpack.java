package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.Optional;

/**
 * Puts the events of a packed file that no other device can have seen back into the journal. What later own writes replaced
 * meanwhile coalesces as if it had never been packed; what received events outranked is overtaken, and will be sent.
 */
final class Unpack {
  private final Catalog catalog;
  private final RowMerger rows;
  private final Journal journal;

  Unpack(Catalog catalog, RowMerger rows, Journal journal) {
    this.catalog = catalog;
    this.rows = rows;
    this.journal = journal;
  }

  void putBack(EventRun run) {
    TableInfo table = catalog.require(run.table(), run.columns());
    for (RowEvent event : run.rows()) {
      RowMerger.Found found = rows.find(table, event.key());
      if (found != null && putBack(run, event, table, found.state())) {
        journal.add(event.time(), table, found.row(), run.kind(), run.seenSequence());
      }
    }
  }

  /** Whether anything of the event is still to be sent. */
  private boolean putBack(EventRun run, RowEvent event, TableInfo table, RowState state) {
    Stamp own = Stamp.of(event.time(), Devices.SELF, 0);
    return run.kind() == RunKind.REMOVE
        ? keep(
            own, state.removal().or(() -> state.cell(RowState.MARKER)), Journal.REMOVAL, Value.NULL)
        : putBackCells(run, event, table, state, own);
  }

  private boolean putBackCells(
      EventRun run, RowEvent event, TableInfo table, RowState state, Stamp own) {
    boolean kept = run.kind() == RunKind.PUT
        && keep(own, state.cell(RowState.MARKER), Journal.MARKER, Value.NULL);
    for (int i = 0; i < run.columns().size(); i++) {
      ColumnInfo column = table.column(run.columns().get(i));
      if (column != null) {
        kept |=
            keep(own, state.cell(column.cell()), column.cell(), event.values().get(i));
      }
    }
    return kept;
  }

  /** Keeps one cell of an event: it is where it was, or overtaken; or gone, when this device itself went on from it. */
  private boolean keep(Stamp own, Optional<Stamp> present, int cell, Value value) {
    if (present.filter(own::equals).isPresent()) {
      return true;
    }
    if (present
        .filter(stamp -> stamp.device() == Devices.SELF && stamp.sequence() == 0)
        .isPresent()) {
      return false;
    }
    journal.overtake(own, cell, value);
    return true;
  }
}
