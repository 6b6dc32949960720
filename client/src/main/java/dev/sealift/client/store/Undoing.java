package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.UndoLog.Cell;
import dev.sealift.client.store.UndoLog.Change;
import dev.sealift.client.store.UndoLog.RowChange;
import dev.sealift.client.store.UndoLog.Stack;
import dev.sealift.client.store.UndoResult.Left;
import dev.sealift.client.store.UndoResult.Outcome;
import dev.sealift.client.store.UndoResult.Reason;
import dev.sealift.client.store.UndoResult.Undone;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes back this device's last change, by new events: each cell that still stands by an event of the change gets what it held before, and what somebody else has written since stays.
 * A row that the change made is removed, unless somebody else has a part in it since, or another row needs it; one that it removed comes back whole.
 */
final class Undoing {
  private final Catalog catalog;
  private final RowMerger rows;
  private final LocalWriter local;
  private final UndoLog log;
  private final LocalTime time;
  private final RuleKeeper rules;
  private final OnlineTables online;

  Undoing(
      Catalog catalog,
      RowMerger rows,
      LocalWriter local,
      UndoLog log,
      LocalTime time,
      RuleKeeper rules,
      OnlineTables online) {
    this.catalog = catalog;
    this.rows = rows;
    this.local = local;
    this.log = log;
    this.time = time;
    this.rules = rules;
    this.online = online;
  }

  /** Takes back the last change. */
  UndoResult undo(long seen) {
    return log.isLastTooLarge()
        ? UndoResult.none(Outcome.TOO_LARGE)
        : takeBack(Stack.UNDO, Stack.REDO, seen);
  }

  /** Makes again what was taken back last. */
  UndoResult redo(long seen) {
    return takeBack(Stack.REDO, Stack.UNDO, seen);
  }

  private UndoResult takeBack(Stack from, Stack to, long seen) {
    Optional<Change> change = log.take(from);
    if (change.isEmpty()) {
      return UndoResult.none(Outcome.NOTHING);
    }
    change
        .get()
        .rows()
        .keySet()
        .forEach(row -> online.requireWritable(catalog.byId(row.table()).name()));
    log.beginAgain(to);
    List<Undone> undone = new ArrayList<>();
    List<Left> left = new ArrayList<>();
    change
        .get()
        .rows()
        .forEach((row, what) -> new Taking(change.get(), row, what, seen, undone, left).run());
    return new UndoResult(Outcome.DONE, undone, left);
  }

  /** One row of a change. */
  private final class Taking {
    private final Change change;
    private final UndoLog.Row row;
    private final RowChange what;
    private final long seen;
    private final List<Undone> undone;
    private final List<Left> left;
    private final TableInfo table;
    private final RowImage now;

    Taking(
        Change change,
        UndoLog.Row row,
        RowChange what,
        long seen,
        List<Undone> undone,
        List<Left> left) {
      this.change = change;
      this.row = row;
      this.what = what;
      this.seen = seen;
      this.undone = undone;
      this.left = left;
      this.table = catalog.byId(row.table());
      this.now = rows.held(table, row.key()).image();
    }

    void run() {
      boolean visible = rows.isVisible(now.state());
      if (what.is()) {
        if (!visible) {
          left("", Reason.REMOVED_SINCE);
        } else if (what.was()) {
          takeCells();
        } else {
          takeAppearance();
        }
      } else if (what.was()) {
        takeRemoval(visible);
      } else if (!visible && isRemovedByIt() && what.wasRemoved() != UndoLog.ABSENT) {
        takeUnseen();
      }
    }

    private boolean isRemovedByIt() {
      return now.state()
          .removal()
          .filter(stamp -> UndoLog.isOwn(stamp) && stamp.time() == what.time())
          .isPresent();
    }

    /** The row was hidden before and afterwards, and has something else in it now: nobody has seen that, but whoever brings it back would. */
    private void takeUnseen() {
      takeCells();
      boolean removes = local.remove(table, row.key()).run(seen);
      log.restamp(row, what, removes ? time.last().bits() : what.time());
    }

    /** The row was not there before. */
    private void takeAppearance() {
      Optional<Reason> reason = isOwn()
          ? Optional.of(Reason.REFERENCED).filter(referenced -> isNeeded())
          : Optional.of(Reason.WRITTEN_SINCE);
      if (reason.isPresent()) {
        left("", reason.get());
        takeCells();
        return;
      }
      if (what.wasRemoved() != UndoLog.ABSENT) {
        takeCells(); // whoever brings the row back finds it as it was
      }
      write(local.remove(table, row.key()));
      log.restamp(row, what, time.last().bits());
      undone("");
    }

    /** Whether nobody else has a part in the row that this device had not seen when it made the change. Own later changes are taken back before this one. */
    private boolean isOwn() {
      return !what.hasOthers()
          && !now.state().has(this::isNew)
          && now.compounds().values().stream()
              .flatMap(cell -> cell.parts().stream())
              .noneMatch(part -> isNew(part.stamp()));
    }

    /** Whether a row refers to it that this change did not make. */
    private boolean isNeeded() {
      Set<RowName> made = new HashSet<>();
      change.rows().forEach((other, how) -> {
        if (how.is() && !how.was()) {
          made.add(new RowName(catalog.byId(other.table()).name(), other.key()));
        }
      });
      return rules.isNeeded(new RowName(table.name(), row.key()), made);
    }

    private boolean isNew(Stamp stamp) {
      return !UndoLog.isOwn(stamp) && (stamp.sequence() == 0 || stamp.sequence() > change.seen());
    }

    /** The row was there before, and then it was not. */
    private void takeRemoval(boolean visible) {
      if (visible) {
        left("", Reason.WRITTEN_SINCE);
      } else if (now.state().removal().isEmpty()) {
        left("", Reason.TOO_OLD); // it is dead
      } else if (!isRemovedByIt()) {
        left("", Reason.REMOVED_SINCE);
      } else if (rows.beginsAnew(now.state(), local.nextStamp())) {
        left("", Reason.TOO_OLD);
      } else {
        write(local.mark(table, row.key()));
        undone("");
        takeCells();
      }
    }

    private void takeCells() {
      restore();
      for (int i = what.cells().size() - 1; i >= 0; i--) {
        Cell cell = what.cells().get(i);
        if (cell.op() != UndoLog.REGISTER) {
          takePart(cell);
        }
      }
    }

    /** Gives registers what they held, as far as they still hold what the change wrote. */
    private void restore() {
      Map<String, Value> values = new HashMap<>();
      List<Cell> restored = new ArrayList<>();
      for (Cell cell : what.cells()) {
        if (cell.op() == UndoLog.REGISTER) {
          ColumnInfo column = table.column(cell.cell());
          if (stands(now.state().cell(cell.cell()), cell)) {
            values.put(column.name(), cell.was());
            restored.add(cell);
            undone(table.labelOf(column));
          } else {
            left(table.labelOf(column), Reason.WRITTEN_SINCE);
          }
        }
      }
      if (!values.isEmpty()) {
        write(local.restore(table, row.key(), values));
        restored.forEach(this::restamp);
      }
    }

    private static boolean stands(Optional<Stamp> stamp, Cell cell) {
      return stamp
          .filter(held -> UndoLog.isOwn(held) && held.time() == cell.time())
          .isPresent();
    }

    private void restamp(Cell cell) {
      log.restamp(row, cell, time.last().bits());
    }

    private void takePart(Cell cell) {
      ColumnInfo column = table.column(cell.cell());
      String name = table.labelOf(column);
      Optional<Reason> kept = reasonToLeave(cell, column);
      if (kept.isPresent()) {
        left(name, kept.get());
        return;
      }
      try {
        if (Journal.kind(cell.op()) == RunKind.ADD && cell.wasOrigin() != UndoLog.ABSENT) {
          log.restamp(row, cell, cell.time()); // it was in the set of a row that was hidden
        } else if (inverse(cell, column).run(seen)) {
          restamp(cell);
        }
        undone(name);
      } catch (StoreException e) {
        if (e.code() != StoreException.Code.WRONG_TYPE) {
          throw e;
        }
        left(name, Reason.NO_ROOM);
      }
    }

    private Optional<Reason> reasonToLeave(Cell cell, ColumnInfo column) {
      CompoundCell held = rows.held(table, row.key()).image().compound(column.cell());
      List<Part> parts = held.parts();
      boolean stands = parts.stream().anyMatch(part -> stands(Optional.of(part.stamp()), cell));
      RunKind kind = Journal.kind(cell.op());
      boolean leaves = switch (kind) {
        case ASSIGN -> !stands || parts.size() > 1;
        case COUNT -> parts.stream().noneMatch(part -> UndoLog.isOwn(part.stamp()));
        case ADD -> !stands || equal(parts, cell) > 1;
        case DISCARD -> equal(parts, cell) > 0;
        default -> true;
      };
      boolean document = kind == RunKind.APPEND || kind == RunKind.COLLAPSE;
      return leaves
          ? Optional.of(document ? Reason.NO_INVERSE : Reason.WRITTEN_SINCE)
          : Optional.empty();
    }

    private static long equal(List<Part> parts, Cell cell) {
      return parts.stream().filter(part -> part.value().equals(cell.was())).count();
    }

    private LocalWriter.Write inverse(Cell cell, ColumnInfo column) {
      String key = row.key();
      return switch (Journal.kind(cell.op())) {
        case ASSIGN -> local.assign(table, key, column, cell.was());
        case COUNT -> local.count(table, key, column, negated(cell.was()));
        case ADD -> local.set(RunKind.DISCARD, table, key, column, cell.was());
        case DISCARD -> local.set(RunKind.ADD, table, key, column, cell.was());
        default -> throw new IllegalArgumentException("it has no inverse");
      };
    }

    private static long negated(Value by) {
      if (by instanceof Value.Int added && added.value() != Long.MIN_VALUE) {
        return -added.value();
      }
      throw new StoreException(
          StoreException.Code.WRONG_TYPE, "a counter cannot hold that much, or that little");
    }

    private void write(LocalWriter.Write write) {
      write.run(seen);
    }

    private void undone(String column) {
      undone.add(new Undone(table.label(), row.key(), column));
    }

    private void left(String column, Reason reason) {
      left.add(new Left(table.label(), row.key(), column, reason));
    }
  }
}
