package dev.sealift.client.merge;

import static dev.sealift.client.merge.RowState.MARKER;

import dev.sealift.client.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies events to a row, and joins two states of one row. Pure: what it returns depends on its
 * arguments alone. The package documentation has the laws and why they hold.
 *
 * <p>The caller keeps the values; this class says which of them change.
 */
public final class RowMerge {
  private static final boolean[] NOTHING = {};

  private final DeviceOrder devices;

  public RowMerge(DeviceOrder devices) {
    this.devices = devices;
  }

  /**
   * The row was written: its marker and the given cells.
   *
   * @param cells which cells, from 1 on, each once
   * @param values their values, in the order of {@code cells}
   * @param current what the row holds now
   */
  public Merged put(
      RowState row, Stamp stamp, int[] cells, List<Value> values, CurrentValues current) {
    return write(row, stamp, true, cells, values, current);
  }

  /** Some cells of the row were written; parameters as for {@link #put}. */
  public Merged patch(
      RowState row, Stamp stamp, int[] cells, List<Value> values, CurrentValues current) {
    return write(row, stamp, false, cells, values, current);
  }

  /** The row was removed. */
  public Merged remove(RowState row, Stamp stamp) {
    Stamp removal = later(row.removalStamp(), stamp);
    return merged(row, row.copyOfCells(0), removal, NOTHING);
  }

  /**
   * Joins two states of one row: the state that has seen the events of both.
   *
   * @return what the row becomes for the holder of {@code mine}; its positions are the cell numbers
   *     of {@code theirs}
   */
  public Merged join(
      RowState mine, CurrentValues myValues, RowState theirs, CurrentValues theirValues) {
    @Nullable Stamp[] cells = mine.copyOfCells(theirs.cells());
    boolean[] taken = new boolean[theirs.cells()];
    if (theirs.cells() > MARKER) {
      cells[MARKER] = later(cells[MARKER], theirs.stampOf(MARKER));
    }
    for (int cell = MARKER + 1; cell < theirs.cells(); cell++) {
      Stamp arriving = theirs.stampOf(cell);
      if (arriving != null) {
        int order = compareCells(arriving, theirValues, cells[cell], myValues, cell);
        cells[cell] = chosen(order, arriving, cells[cell]);
        taken[cell] = order > 0;
      }
    }
    return merged(mine, cells, later(mine.removalStamp(), theirs.removalStamp()), taken);
  }

  /** Whether the row is there for people: something was written that outranks every removal. */
  public boolean isVisible(RowState row) {
    Stamp removal = row.removalStamp();
    for (int cell = 0; cell < row.cells(); cell++) {
      Stamp written = row.stampOf(cell);
      if (written != null && compare(written, removal) > 0) {
        return true;
      }
    }
    return false;
  }

  private Merged write(
      RowState row,
      Stamp stamp,
      boolean marks,
      int[] cells,
      List<Value> values,
      CurrentValues current) {
    if (cells.length != values.size()) {
      throw new IllegalArgumentException("an event has one value for each of its cells");
    }
    @Nullable Stamp[] stamps = row.copyOfCells(highest(cells) + 1);
    if (marks) {
      stamps[MARKER] = later(stamps[MARKER], stamp);
    }
    boolean[] taken = new boolean[cells.length];
    for (int i = 0; i < cells.length; i++) {
      int cell = cells[i];
      if (cell <= MARKER) {
        throw new IllegalArgumentException("an event writes cells from 1 on");
      }
      int order = compareToCurrent(stamp, values.get(i), stamps[cell], current, cell);
      stamps[cell] = chosen(order, stamp, stamps[cell]);
      taken[i] = order > 0;
    }
    return merged(row, stamps, row.removalStamp(), taken);
  }

  /** The rank of a cell's arriving value against the rank of the one it has. */
  private int compareToCurrent(
      Stamp arriving, Value value, @Nullable Stamp held, CurrentValues current, int cell) {
    int order = compare(arriving, held);
    return order != 0 ? order : compareByHash(value, current.at(cell));
  }

  private int compareCells(
      Stamp arriving, CurrentValues theirs, @Nullable Stamp held, CurrentValues mine, int cell) {
    int order = compare(arriving, held);
    return order != 0 ? order : compareByHash(theirs.at(cell), mine.at(cell));
  }

  private static int compareByHash(Value arriving, Value held) {
    return arriving.equals(held) ? 0 : arriving.hash().compareTo(held.hash());
  }

  /** The first two parts of the rank; what was never written is below everything. */
  private int compare(Stamp arriving, @Nullable Stamp held) {
    if (held == null) {
      return 1;
    }
    int byTime = Long.compareUnsigned(arriving.time(), held.time());
    return byTime != 0 || arriving.device() == held.device()
        ? byTime
        : devices.compare(arriving.device(), held.device());
  }

  /** Of two events of one rank, and so with one value, the file that came first counts. */
  private static @Nullable Stamp chosen(int order, Stamp arriving, @Nullable Stamp held) {
    if (order > 0 || held == null) {
      return arriving;
    }
    return order == 0 && arriving.sequence() < held.sequence() ? arriving : held;
  }

  /** The join of stamps that carry no value: of the marker, and of removals. */
  private @Nullable Stamp later(@Nullable Stamp held, @Nullable Stamp arriving) {
    return arriving == null ? held : chosen(compare(arriving, held), arriving, held);
  }

  private Merged merged(
      RowState before, @Nullable Stamp[] cells, @Nullable Stamp removal, boolean[] taken) {
    Stamp marker = cells.length > MARKER ? cells[MARKER] : null;
    boolean outranked = marker != null && compare(marker, removal) > 0;
    RowState after = RowState.owning(cells, outranked ? null : removal);
    boolean changed = takesAny(taken) || !after.equals(before);
    return new Merged(after, changed, taken, isVisible(before), isVisible(after));
  }

  private static boolean takesAny(boolean[] taken) {
    for (boolean one : taken) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  private static int highest(int[] cells) {
    int highest = MARKER;
    for (int cell : cells) {
      highest = Math.max(highest, cell);
    }
    return highest;
  }
}
