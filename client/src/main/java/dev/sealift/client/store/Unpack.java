package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Puts the events of a packed file that no other device can have seen back into the journal. What later own writes replaced
 * meanwhile coalesces as if it had never been packed; what received events outranked is overtaken, and will be sent.
 */
final class Unpack {
  private final Catalog catalog;
  private final RowMerger rows;
  private final Journal journal;
  private final PartOps ops;
  private final LoserNames losers;
  private final SeenFiles files;

  Unpack(
      Catalog catalog,
      RowMerger rows,
      Journal journal,
      PartOps ops,
      LoserNames losers,
      SeenFiles files) {
    this.files = files;
    this.ops = ops;
    this.catalog = catalog;
    this.rows = rows;
    this.journal = journal;
    this.losers = losers;
  }

  /** The time of the last event of the transactions among some runs: what they wrote, and may have read, is sent again as it was. 0 when there is none. */
  static long lastOfTransactions(List<EventRun> runs) {
    return runs.stream()
        .filter(EventRun::isOfTransaction)
        .flatMap(run -> run.rows().stream())
        .mapToLong(event -> event.time().bits())
        .max()
        .orElse(0);
  }

  /** @param held up to this time all events are sent again, also what later own writes have replaced */
  void putBack(EventRun run, long held) {
    if (run.kind() == RunKind.GUARD) {
      return; // still noted, since it is not admitted
    }
    long seenFiles = files.of(run.seenFiles());
    if (run.kind() == RunKind.DISMISS) {
      TableInfo table = catalog.require(run.table());
      for (RowEvent event : run.rows()) {
        losers.named(table, event).stream()
            .findFirst()
            .ifPresent(loser -> journal.addDismissal(
                event.time(), table, loser, run.seenSequence(), run.transaction(), seenFiles));
      }
      return;
    }
    if (run.kind().isPart()) {
      putBackParts(run, seenFiles);
      return;
    }
    TableInfo table = catalog.require(run.table(), run.columns());
    for (RowEvent event : run.rows()) {
      RowMerger.Found found = rows.findKept(table, event.key());
      if (found != null && putBack(run, event, table, found, held)) {
        journal.add(
            event.time(),
            table,
            found.row(),
            run.kind(),
            run.seenSequence(),
            run.transaction(),
            seenFiles);
      }
    }
  }

  /** They are still noted, since they are not admitted. */
  private void putBackParts(EventRun run, long seenFiles) {
    CellKind kind = PartOps.op(run.kind()).cell();
    String name = run.columns().get(0);
    TableInfo table = catalog.require(run.table(), name, kind);
    ColumnInfo column = Objects.requireNonNull(table.compound(name, kind));
    for (RowEvent event : run.rows()) {
      RowMerger.Found found = rows.findKept(table, event.key());
      if (found != null) {
        long time = event.time().bits();
        ops.put(
            table,
            found.row(),
            time,
            column,
            run.kind(),
            run.seenSequence(),
            event.values().get(0),
            seenFiles);
        journal.add(
            event.time(),
            table,
            found.row(),
            run.kind(),
            run.seenSequence(),
            run.transaction(),
            seenFiles);
      }
    }
  }

  /** Whether anything of the event is still to be sent. */
  private boolean putBack(
      EventRun run, RowEvent event, TableInfo table, RowMerger.Found found, long held) {
    Stamp own = Stamp.of(event.time(), Devices.SELF, 0);
    RowState state = found.state();
    return run.kind() == RunKind.REMOVE
        ? keep(
            table,
            found.row(),
            own,
            latest(state.removal(), state.cell(RowState.MARKER)),
            Journal.REMOVAL,
            Value.NULL,
            held)
        : putBackCells(run, event, table, found, own, held);
  }

  private boolean putBackCells(
      EventRun run, RowEvent event, TableInfo table, RowMerger.Found found, Stamp own, long held) {
    RowState state = found.state();
    boolean kept = run.kind() == RunKind.PUT
        && keep(
            table, found.row(), own, state.cell(RowState.MARKER), Journal.MARKER, Value.NULL, held);
    for (int i = 0; i < run.columns().size(); i++) {
      ColumnInfo column = table.column(run.columns().get(i));
      if (column != null) {
        kept |= keep(
            table,
            found.row(),
            own,
            state.cell(column.cell()),
            column.cell(),
            event.values().get(i),
            held);
      }
    }
    return kept;
  }

  private static Optional<Stamp> latest(Optional<Stamp> one, Optional<Stamp> other) {
    return one.isPresent()
            && other.isPresent()
            && Long.compareUnsigned(one.get().time(), other.get().time()) < 0
        ? other
        : one.or(() -> other);
  }

  /** Keeps one cell of an event: it is where it was, or overtaken; or gone, when this device itself went on from it. */
  private boolean keep(
      TableInfo table,
      long row,
      Stamp own,
      Optional<Stamp> present,
      int cell,
      Value value,
      long held) {
    if (present.filter(own::isOf).isPresent()) {
      return true;
    }
    boolean replaced = present
        .filter(stamp -> stamp.device() == Devices.SELF
            && stamp.sequence() == 0
            && Long.compareUnsigned(stamp.time(), own.time()) > 0)
        .isPresent();
    if (replaced && own.time() > held && !journal.isOvertaken(table, row, own.time(), cell)) {
      return false;
    }
    journal.overtake(table, row, own, cell, value);
    return true;
  }
}
