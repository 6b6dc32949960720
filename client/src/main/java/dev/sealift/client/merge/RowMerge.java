package dev.sealift.client.merge;

import static dev.sealift.client.merge.RowState.MARKER;

import dev.sealift.client.merge.LoserChange.Reason;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies events to a row. Pure: what it returns depends on its arguments alone. The package
 * documentation has the laws and why they hold.
 *
 * <p>The caller keeps the values and the losers; this class says which of them change.
 */
public final class RowMerge {
  private static final boolean[] NOTHING = {};

  private final DeviceOrder devices;
  private final LongSupplier cutOffMillis;

  /** @param cutOffMillis how long after a removal a write still brings the row back whole */
  public RowMerge(DeviceOrder devices, LongSupplier cutOffMillis) {
    this.devices = devices;
    this.cutOffMillis = cutOffMillis;
  }

  /**
   * The row was written: its marker and the given cells.
   *
   * @param seen what the author had seen of what the row holds
   * @param cells which cells, from 1 on, each once
   * @param values their values, in the order of {@code cells}
   * @param current what the row holds now
   */
  public Merged put(
      RowState row,
      Stamp stamp,
      Seen seen,
      int[] cells,
      List<Value> values,
      CurrentValues current) {
    return new Writing(row, stamp, seen, current).write(true, cells, values);
  }

  /** Some cells of the row were written; parameters as for {@link #put}. */
  public Merged patch(
      RowState row,
      Stamp stamp,
      Seen seen,
      int[] cells,
      List<Value> values,
      CurrentValues current) {
    return new Writing(row, stamp, seen, current).write(false, cells, values);
  }

  /** The row was removed; parameters as for {@link #put}. */
  public Merged remove(RowState row, Stamp stamp, Seen seen, CurrentValues current) {
    List<LoserChange> losers = new ArrayList<>();
    Stamp above = highest(row);
    if (compare(stamp, above) < 0) {
      lose(losers, Reason.WRITE, MARKER, stamp, Value.NULL, above);
      return merged(row, row, NOTHING, losers);
    }
    if (isVisible(row)) {
      hide(row, stamp, seen, current, losers);
    }
    RowState after = RowState.owning(row.copyOfCells(0), later(row.removalStamp(), stamp));
    return merged(row, after, NOTHING, losers);
  }

  /** What the removal's author had not seen is lost with the row. */
  private static void hide(
      RowState row, Stamp removal, Seen seen, CurrentValues current, List<LoserChange> losers) {
    boolean hasCells = false;
    for (int cell = MARKER + 1; cell < row.cells(); cell++) {
      Stamp held = row.stampOf(cell);
      if (held != null) {
        hasCells = true;
        if (!seen.has(held)) {
          losers.add(new LoserChange.Lost(Reason.REMOVAL, cell, held, current.at(cell), removal));
        }
      }
    }
    Stamp marker = row.stampOf(MARKER);
    if (!hasCells && marker != null && !seen.has(marker)) {
      losers.add(new LoserChange.Lost(Reason.REMOVAL, MARKER, marker, Value.NULL, removal));
    }
  }

  /** Whether the row is there for people: something was written that outranks its removal. */
  public boolean isVisible(RowState row) {
    Stamp highest = highest(row);
    return highest != null && compare(highest, row.removalStamp()) > 0;
  }

  private @Nullable Stamp highest(RowState row) {
    Stamp highest = null;
    for (int cell = 0; cell < row.cells(); cell++) {
      highest = later(highest, row.stampOf(cell));
    }
    return highest;
  }

  /** One write that meets a row. */
  private final class Writing {
    private final RowState row;
    private final Stamp stamp;
    private final Seen seen;
    private final CurrentValues current;
    private final List<LoserChange> losers = new ArrayList<>();

    Writing(RowState row, Stamp stamp, Seen seen, CurrentValues current) {
      this.row = row;
      this.stamp = stamp;
      this.seen = seen;
      this.current = current;
    }

    Merged write(boolean marks, int[] cells, List<Value> values) {
      requireParallel(cells, values);
      Stamp removal = row.removalStamp();
      boolean hidden = removal != null && !isVisible(row);
      boolean above = compare(stamp, removal) > 0;
      if (removal == null || (!hidden && above)) {
        return join(row, row.removalStamp(), marks, cells, values);
      }
      if (above) {
        return bringBack(removal, marks, cells, values);
      }
      return hidden ? joinHidden(removal, marks, cells, values) : loseTo(removal, cells, values);
    }

    /** The write outranks the removal of a hidden row: within the cut-off it brings it back whole, later it begins a new one. */
    private Merged bringBack(Stamp removal, boolean marks, int[] cells, List<Value> values) {
      if (!isWithinCutOff(removal)) {
        return join(RowState.ABSENT, removal, marks, cells, values);
      }
      for (int cell = 0; cell < row.cells(); cell++) {
        Stamp held = row.stampOf(cell);
        if (held != null) {
          losers.add(new LoserChange.Restored(cell, held));
        }
      }
      if (!seen.has(removal)) {
        lose(losers, Reason.WRITE, MARKER, removal, Value.NULL, stamp);
      }
      return join(row, null, marks, cells, values);
    }

    private boolean isWithinCutOff(Stamp removal) {
      return stamp.hybridTime().millis() - removal.hybridTime().millis()
          <= cutOffMillis.getAsLong();
    }

    /** Nothing of before the cut-off belongs to the row any more. */
    private Merged loseTo(Stamp removal, int[] cells, List<Value> values) {
      for (int i = 0; i < cells.length; i++) {
        lose(losers, Reason.REMOVAL, cells[i], stamp, values.get(i), removal);
      }
      if (cells.length == 0) {
        lose(losers, Reason.REMOVAL, MARKER, stamp, Value.NULL, removal);
      }
      return merged(row, row, new boolean[cells.length], losers);
    }

    /** What would show is lost with the row, until it comes back. */
    private Merged joinHidden(Stamp removal, boolean marks, int[] cells, List<Value> values) {
      Merged joined = join(row, removal, marks, cells, values);
      for (int i = 0; i < cells.length; i++) {
        if (joined.takes(i)) {
          lose(losers, Reason.REMOVAL, cells[i], stamp, values.get(i), removal);
        }
      }
      if (cells.length == 0 && compare(stamp, row.stampOf(MARKER)) > 0) {
        lose(losers, Reason.REMOVAL, MARKER, stamp, Value.NULL, removal);
      }
      return joined.withLosers(losers);
    }

    /** Cell by cell the higher rank; what it had not seen of the other is the loser. */
    private Merged join(
        RowState onto, @Nullable Stamp removal, boolean marks, int[] cells, List<Value> values) {
      @Nullable Stamp[] stamps = onto.copyOfCells(highestCell(cells) + 1);
      if (marks) {
        stamps[MARKER] = later(stamps[MARKER], stamp);
      }
      boolean[] taken = new boolean[cells.length];
      for (int i = 0; i < cells.length; i++) {
        int cell = cells[i];
        Stamp held = stamps[cell];
        int order = compareToCurrent(stamp, values.get(i), held, current, cell);
        stamps[cell] = chosen(order, stamp, held);
        taken[i] = order > 0;
        if (held != null && order != 0) {
          judge(cell, values.get(i), held, order);
        }
      }
      return merged(row, RowState.owning(stamps, removal), taken, losers);
    }

    private void judge(int cell, Value value, Stamp held, int order) {
      if (order > 0 && seen.has(held)) {
        return;
      }
      losers.add(new LoserChange.Dropped(cell, stamp.device()));
      Value mine = current.at(cell);
      if (mine.equals(value)) {
        return;
      }
      losers.add(
          order > 0
              ? new LoserChange.Lost(Reason.VALUE, cell, held, mine, stamp)
              : new LoserChange.Lost(Reason.VALUE, cell, stamp, value, held));
    }
  }

  private static void lose(
      List<LoserChange> losers, Reason reason, int cell, Stamp loser, Value value, Stamp rival) {
    losers.add(new LoserChange.Dropped(cell, loser.device()));
    losers.add(new LoserChange.Lost(reason, cell, loser, value, rival));
  }

  private static void requireParallel(int[] cells, List<Value> values) {
    if (cells.length != values.size()) {
      throw new IllegalArgumentException("an event has one value for each of its cells");
    }
    for (int cell : cells) {
      if (cell <= MARKER) {
        throw new IllegalArgumentException("an event writes cells from 1 on");
      }
    }
  }

  /** The rank of a cell's arriving value against the rank of the one it has. */
  private int compareToCurrent(
      Stamp arriving, Value value, @Nullable Stamp held, CurrentValues current, int cell) {
    int order = compare(arriving, held);
    return order != 0 ? order : compareByHash(value, current.at(cell));
  }

  private static int compareByHash(Value arriving, Value held) {
    return arriving.equals(held) ? 0 : arriving.hash().compareTo(held.hash());
  }

  /** The rank without the value; what was never written is below everything. */
  private int compare(Stamp arriving, @Nullable Stamp held) {
    if (held == null) {
      return 1;
    }
    int byPlace = Long.compare(arriving.place(), held.place());
    if (byPlace != 0) {
      return byPlace;
    }
    int byTime = Long.compareUnsigned(arriving.time(), held.time());
    return byTime != 0 || arriving.device() == held.device()
        ? byTime
        : devices.compare(arriving.device(), held.device());
  }

  /** Of two events of one rank, and so with one value, the one that came first counts. */
  private static Stamp chosen(int order, Stamp arriving, @Nullable Stamp held) {
    return order > 0 || held == null ? arriving : held;
  }

  /** The join of stamps that carry no value: of the marker, and of removals. */
  private @Nullable Stamp later(@Nullable Stamp held, @Nullable Stamp arriving) {
    return arriving == null ? held : chosen(compare(arriving, held), arriving, held);
  }

  private Merged merged(
      RowState before, RowState after, boolean[] taken, List<LoserChange> losers) {
    boolean changed = takesAny(taken) || !after.equals(before);
    return new Merged(after, changed, taken, losers, isVisible(before), isVisible(after));
  }

  private static boolean takesAny(boolean[] taken) {
    for (boolean one : taken) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  private static int highestCell(int[] cells) {
    int highest = MARKER;
    for (int cell : cells) {
      highest = Math.max(highest, cell);
    }
    return highest;
  }
}
