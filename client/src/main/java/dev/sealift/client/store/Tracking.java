package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.LocalWriter.Write;
import dev.sealift.client.value.Value;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a row before and after a write of this device, where somebody has to know: for undo, what was there before; and of a table that keeps everything, what the write
 * replaces of writes that have no place in the log yet, which is to be sent all the same. Nowhere else does it cost anything.
 */
final class Tracking {
  private final RowMerger rows;
  private final Rendering rendering;
  private final FileLog log;
  private final Journal journal;
  private final KeepPolicies policies;
  private final UndoLog undo;
  private final LocalTime time;
  private final Places places;

  Tracking(
      RowMerger rows,
      Rendering rendering,
      FileLog log,
      Journal journal,
      KeepPolicies policies,
      UndoLog undo,
      LocalTime time,
      Places places) {
    this.rows = rows;
    this.rendering = rendering;
    this.log = log;
    this.journal = journal;
    this.policies = policies;
    this.undo = undo;
    this.time = time;
    this.places = places;
  }

  /** Something done to a compound cell; of a counter by how much. */
  record Part(RunKind kind, ColumnInfo column, Value value) {}

  /** A write to registers, or of the row as such. */
  Write of(TableInfo table, String key, Write write) {
    return seen -> run(table, key, null, write, seen);
  }

  /** A write to a compound cell. */
  Write of(TableInfo table, String key, Part part, Write write) {
    return seen -> run(table, key, part, write, seen);
  }

  private boolean run(TableInfo table, String key, @Nullable Part part, Write write, long seen) {
    Keep keep = policies.of(table.name());
    boolean undoable = undo.isRecording() && keep != Keep.FEED; // what is appended stays
    if (!undoable && !keep.isComplete()) {
      return write.run(seen);
    }
    RowMerger.Held before = rows.held(table, key);
    boolean anew = rows.beginsAnew(before.image().state(), LocalWriter.nextStamp(places, time));
    boolean did = write.run(seen);
    if (did) {
      RowState after = rows.held(table, key).image().state();
      if (keep.isComplete()) {
        keepReplaced(table, before, after);
      }
      if (undoable) {
        note(table, key, part, before.image(), anew, after, seen);
      }
    }
    return did;
  }

  private void keepReplaced(TableInfo table, RowMerger.Held before, RowState after) {
    RowImage was = before.image();
    for (int cell = 0; cell < was.state().cells(); cell++) {
      keepReplaced(
          table, before.row(), was.state().cell(cell), after.cell(cell), cell, was.at(cell));
    }
    keepReplaced(
        table, before.row(), was.state().removal(), after.removal(), Journal.REMOVAL, Value.NULL);
  }

  private void keepReplaced(
      TableInfo table, long row, Optional<Stamp> was, Optional<Stamp> is, int cell, Value value) {
    was.filter(log::isUnadmitted)
        .filter(stamp -> is.filter(stamp::isOf).isEmpty())
        .ifPresent(stamp -> journal.overtake(table, row, stamp, cell, value));
  }

  private void note(
      TableInfo table,
      String key,
      @Nullable Part part,
      RowImage before,
      boolean anew,
      RowState after,
      long seen) {
    long now = time.last().bits();
    UndoLog.Row row = new UndoLog.Row(table.id(), key);
    RowState state = before.state();
    undo.noteRow(
        row,
        rows.isVisible(state),
        UndoLog.origin(state.removal()),
        rows.isVisible(after),
        now,
        seen);
    RowImage was = anew ? RowImage.ABSENT : before;
    if (part != null) {
      undo.noteCell(row, cell(part, was.compound(part.column().cell()), now));
      return;
    }
    Stamp own = Stamp.of(time.last(), Devices.SELF, 0);
    for (ColumnInfo column : table.columns()) {
      if (after.cell(column.cell()).filter(own::isOf).isPresent()) {
        Optional<Stamp> stamp = was.state().cell(column.cell());
        undo.noteCell(
            row,
            new UndoLog.Cell(
                column.cell(),
                UndoLog.REGISTER,
                now,
                UndoLog.origin(stamp),
                was.at(column.cell())));
      }
    }
  }

  private UndoLog.Cell cell(Part part, CompoundCell was, long now) {
    Value value = switch (part.kind()) {
      case ASSIGN -> rendering.winner(was);
      case APPEND, COLLAPSE -> Value.NULL; // they have no inverse
      default -> part.value();
    };
    return new UndoLog.Cell(
        part.column().cell(),
        Journal.code(part.kind()),
        now,
        UndoLog.origin(given(part, was)),
        value);
  }

  /** Where that came from which is written again if the write is taken back. Of a set's value that several have added somebody else's is what counts. */
  private Optional<Stamp> given(Part part, CompoundCell was) {
    return switch (part.kind()) {
      case ASSIGN -> rendering.winning(was).map(dev.sealift.client.merge.Part::stamp);
      case COUNT -> stamps(was).filter(UndoLog::isOwn).findFirst();
      default ->
        was.parts().stream()
            .filter(other -> other.value().equals(part.value()))
            .map(dev.sealift.client.merge.Part::stamp)
            .min(Comparator.comparingLong(stamp -> UndoLog.origin(Optional.of(stamp))));
    };
  }

  private static Stream<Stamp> stamps(CompoundCell cell) {
    return cell.parts().stream().map(dev.sealift.client.merge.Part::stamp);
  }
}
