package dev.sealift.client.merge;

import static dev.sealift.client.merge.RowState.MARKER;

import dev.sealift.client.merge.LoserChange.Reason;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
   * @param current what the row holds now
   */
  public Merged put(RowState row, Stamp stamp, Seen seen, Written written, CurrentValues current) {
    return new RegisterWriting(row, stamp, seen, current, true, written).write();
  }

  /** Some registers of the row were written; parameters as for {@link #put}. */
  public Merged patch(
      RowState row, Stamp stamp, Seen seen, Written written, CurrentValues current) {
    return new RegisterWriting(row, stamp, seen, current, false, written).write();
  }

  /**
   * Something was done to a compound cell of the row.
   *
   * @param cell its number, which is negative
   * @param value one that suits {@code op}
   */
  public Merged apply(
      RowState row,
      Stamp stamp,
      Seen seen,
      int cell,
      PartOp op,
      Value value,
      CurrentValues current) {
    if (cell >= MARKER) {
      throw new IllegalArgumentException("compound cells have negative numbers");
    }
    return new PartWriting(row, stamp, seen, current, cell, op, value).write();
  }

  /** The row was removed; parameters as for {@link #put}. */
  public Merged remove(RowState row, Stamp stamp, Seen seen, CurrentValues current) {
    List<LoserChange> losers = new ArrayList<>();
    Stamp above = highest(row);
    if (compare(stamp, above) < 0) {
      lose(losers, Reason.WRITE, MARKER, stamp, Value.NULL, above);
      return merged(row, row, NOTHING, losers, null);
    }
    if (isVisible(row)) {
      hide(row, stamp, seen, current, losers);
    }
    RowState after =
        RowState.owning(row.copyOfCells(0), later(row.removalStamp(), stamp), row.touchStamp());
    return merged(row, after, NOTHING, losers, null);
  }

  /** What the removal's author had not seen is lost with the row. Of its marker that is said only where nothing as high stands in the row: what was put there says it. */
  private void hide(
      RowState row, Stamp removal, Seen seen, CurrentValues current, List<LoserChange> losers) {
    Stamp marker = row.stampOf(MARKER);
    boolean saysMarker = marker != null && !seen.has(marker);
    for (int cell = MARKER + 1; cell < row.cells(); cell++) {
      Stamp held = row.stampOf(cell);
      if (held != null) {
        saysMarker &= compare(held, marker) < 0;
        if (!seen.has(held)) {
          losers.add(new LoserChange.Lost(Reason.REMOVAL, cell, held, current.at(cell), removal));
        }
      }
    }
    for (Map.Entry<Integer, CompoundCell> compound : compounds(row, current).entrySet()) {
      for (Part part : compound.getValue().parts()) {
        saysMarker &= compare(part.stamp(), marker) < 0;
        if (!seen.has(part.stamp())) {
          losers.add(new LoserChange.Lost(
              Reason.REMOVAL, compound.getKey(), part.stamp(), part.value(), removal));
        }
      }
    }
    if (saysMarker) {
      losers.add(new LoserChange.Lost(Reason.REMOVAL, MARKER, marker, Value.NULL, removal));
    }
  }

  private static Map<Integer, CompoundCell> compounds(RowState row, CurrentValues current) {
    return row.touchStamp() == null ? Map.of() : current.compounds();
  }

  /**
   * What is left of a row where a server time is: a removal that is dead there is forgotten, with all that it hides; or alone, if a new row has begun after it. The row itself if nothing of it is dead.
   *
   * <p>Before an event of a file of that server time is applied, and before the row is compared with anything. To have done it at an earlier server time, or never, makes no difference.
   */
  public RowState asOf(RowState row, long serverTimeMillis) {
    Stamp removal = row.removalStamp();
    if (removal == null || !isDead(removal, serverTimeMillis)) {
      return row;
    }
    return isVisible(row)
        ? RowState.owning(row.copyOfCells(0), null, row.touchStamp())
        : RowState.ABSENT;
  }

  /** Before this, what was removed is dead where a server time is. */
  public long deadBeforeMillis(long serverTimeMillis) {
    return serverTimeMillis - 2 * cutOffMillis.getAsLong();
  }

  private boolean isDead(Stamp removal, long serverTimeMillis) {
    return removal.hybridTime().millis() < deadBeforeMillis(serverTimeMillis);
  }

  /** Whether the row is there for people: something was written that outranks its removal. */
  public boolean isVisible(RowState row) {
    Stamp highest = highest(row);
    return highest != null && compare(highest, row.removalStamp()) > 0;
  }

  /** Whether a write of this stamp makes a new row of one that was removed, instead of bringing it back. */
  public boolean beginsAnew(RowState row, Stamp stamp) {
    Stamp removal = row.removalStamp();
    return removal != null
        && !isVisible(row)
        && compare(stamp, removal) > 0
        && !isWithinCutOff(stamp, removal);
  }

  /**
   * The row after times in it have moved, their order as it was: a removal that was so long before the first write after it that this began the row anew, and is not any more, was
   * undone by it.
   *
   * @param parts of the row's compound cells
   */
  public RowState afterMoving(RowState row, Collection<Part> parts) {
    Stamp removal = row.removalStamp();
    Stamp first = firstAbove(null, removal, row.touchStamp());
    for (int cell = 0; cell < row.cells(); cell++) {
      first = firstAbove(first, removal, row.stampOf(cell));
    }
    for (Part part : parts) {
      first = firstAbove(first, removal, part.stamp());
    }
    return removal != null && first != null && isWithinCutOff(first, removal)
        ? RowState.owning(row.copyOfCells(0), null, row.touchStamp())
        : row;
  }

  /** The lower one of two that are above a removal. */
  private @Nullable Stamp firstAbove(
      @Nullable Stamp first, @Nullable Stamp removal, @Nullable Stamp held) {
    boolean isAbove = held != null && compare(held, removal) > 0;
    return isAbove && (first == null || compare(held, first) < 0) ? held : first;
  }

  private boolean isWithinCutOff(Stamp write, Stamp removal) {
    return write.hybridTime().millis() - removal.hybridTime().millis() <= cutOffMillis.getAsLong();
  }

  private @Nullable Stamp highest(RowState row) {
    Stamp highest = row.touchStamp();
    for (int cell = 0; cell < row.cells(); cell++) {
      highest = later(highest, row.stampOf(cell));
    }
    return highest;
  }

  /** One write that meets a row. */
  private abstract class Writing {
    final RowState row;
    final Stamp stamp;
    final Seen seen;
    final CurrentValues current;
    final List<LoserChange> losers = new ArrayList<>();

    Writing(RowState row, Stamp stamp, Seen seen, CurrentValues current) {
      this.row = row;
      this.stamp = stamp;
      this.seen = seen;
      this.current = current;
    }

    /** What the write makes of {@code onto}, which is the row, or what is left of it. */
    abstract Merged join(RowState onto, @Nullable Stamp removal);

    /** Nothing of the write is merged, since something outranks it. */
    abstract void loseTo(Stamp removal);

    abstract Merged unchanged();

    /** Of what was joined to a hidden row, what would show is lost with it. */
    abstract void loseHidden(Merged joined, Stamp removal);

    Merged write() {
      Stamp removal = row.removalStamp();
      boolean hidden = removal != null && !isVisible(row);
      boolean above = compare(stamp, removal) > 0;
      if (removal == null || (!hidden && above)) {
        return join(row, removal);
      }
      if (above) {
        return bringBack(removal);
      }
      if (hidden) {
        return joinHidden(removal);
      }
      loseTo(removal); // what is from before the new row does not belong to it
      return unchanged();
    }

    /** The write outranks the removal of a hidden row: within the cut-off it brings it back whole, later it begins a new one. */
    private Merged bringBack(Stamp removal) {
      if (!isWithinCutOff(stamp, removal)) {
        return join(RowState.ABSENT, removal);
      }
      for (int cell = 0; cell < row.cells(); cell++) {
        Stamp held = row.stampOf(cell);
        if (held != null) {
          losers.add(new LoserChange.Restored(cell, held));
        }
      }
      compounds(row, current)
          .forEach((cell, compound) -> compound
              .parts()
              .forEach(part -> losers.add(new LoserChange.Restored(cell, part.stamp()))));
      if (!seen.has(removal)) {
        lose(losers, Reason.WRITE, MARKER, removal, Value.NULL, stamp);
      }
      return join(row, null);
    }

    private Merged joinHidden(Stamp removal) {
      Merged joined = join(row, removal);
      loseHidden(joined, removal);
      return joined.withLosers(losers);
    }

    /** The compound cells of {@code onto}. */
    final Map<Integer, CompoundCell> compoundsOf(RowState onto) {
      return compounds(onto, current);
    }

    /** Those of {@code onto}, when they are not the row's: a new row has none of them. */
    final @Nullable Map<Integer, CompoundCell> left(RowState onto) {
      return Objects.equals(onto.touchStamp(), row.touchStamp()) ? null : compoundsOf(onto);
    }
  }

  /** A put or a patch. */
  private final class RegisterWriting extends Writing {
    private final boolean marks;
    private final Written written;

    RegisterWriting(
        RowState row,
        Stamp stamp,
        Seen seen,
        CurrentValues current,
        boolean marks,
        Written written) {
      super(row, stamp, seen, current);
      this.marks = marks;
      this.written = written;
    }

    @Override
    Merged unchanged() {
      return merged(row, row, new boolean[written.size()], losers, null);
    }

    @Override
    void loseTo(Stamp removal) {
      for (int i = 0; i < written.size(); i++) {
        lose(losers, Reason.REMOVAL, written.cell(i), stamp, written.value(i), removal);
      }
      if (written.size() == 0) {
        lose(losers, Reason.REMOVAL, MARKER, stamp, Value.NULL, removal);
      }
    }

    @Override
    void loseHidden(Merged joined, Stamp removal) {
      for (int i = 0; i < written.size(); i++) {
        if (joined.takes(i)) {
          lose(losers, Reason.REMOVAL, written.cell(i), stamp, written.value(i), removal);
        }
      }
      if (written.size() == 0 && compare(stamp, row.stampOf(MARKER)) > 0) {
        lose(losers, Reason.REMOVAL, MARKER, stamp, Value.NULL, removal);
      }
    }

    /** Cell by cell the higher rank; what it had not seen of the other is the loser. */
    @Override
    Merged join(RowState onto, @Nullable Stamp removal) {
      @Nullable Stamp[] stamps = onto.copyOfCells(written.highestCell() + 1);
      if (marks) {
        stamps[MARKER] = later(stamps[MARKER], stamp);
      }
      boolean[] taken = new boolean[written.size()];
      for (int i = 0; i < written.size(); i++) {
        int cell = written.cell(i);
        Stamp held = stamps[cell];
        int order = compare(stamp, held);
        if (order == 0) {
          order = compareByHash(written.value(i), current.at(cell));
        }
        stamps[cell] = chosen(order, stamp, held);
        taken[i] = order > 0;
        if (written.isForALifetime()) {
          losers.add(new LoserChange.Dropped(cell, stamp));
        }
        if (held != null && order != 0) {
          judge(onto, i, held, order);
        }
      }
      RowState after = RowState.owning(stamps, removal, onto.touchStamp());
      return merged(row, after, taken, losers, left(onto));
    }

    private void judge(RowState onto, int i, Stamp held, int order) {
      if (order > 0 && seen.has(held)) {
        return;
      }
      losers.add(new LoserChange.Dropped(written.cell(i), stamp));
      if (isHeld(onto, i)) {
        return;
      }
      losers.add(
          order > 0
              ? new LoserChange.Lost(
                  Reason.VALUE, written.cell(i), held, current.at(written.cell(i)), stamp)
              : new LoserChange.Lost(Reason.VALUE, written.cell(i), stamp, written.value(i), held));
    }

    /** Whether the row has the very value, of the whole group. */
    private boolean isHeld(RowState onto, int i) {
      if (written.group(i) == 0) {
        return written.value(i).equals(current.at(written.cell(i)));
      }
      for (int j = 0; j < written.size(); j++) {
        if (written.group(j) == written.group(i) && !written.value(j).equals(held(onto, j))) {
          return false;
        }
      }
      return true;
    }

    /** What a cell that was never written is said to hold. */
    private Value held(RowState onto, int i) {
      return onto.stampOf(written.cell(i)) == null ? Value.NULL : current.at(written.cell(i));
    }
  }

  /** An operation on a compound cell. */
  private final class PartWriting extends Writing {
    private final int cell;
    private final PartOp op;
    private final Value value;

    PartWriting(
        RowState row,
        Stamp stamp,
        Seen seen,
        CurrentValues current,
        int cell,
        PartOp op,
        Value value) {
      super(row, stamp, seen, current);
      this.cell = cell;
      this.op = op;
      this.value = value;
    }

    @Override
    Merged unchanged() {
      return merged(row, row, NOTHING, losers, null);
    }

    /** A discarding that is not merged leaves nothing to look at: what it was about is dead too. */
    @Override
    void loseTo(Stamp removal) {
      if (op.goesOn()) {
        lose(losers, Reason.REMOVAL, cell, stamp, value, removal);
      } else if (op.adds()) {
        losers.add(new LoserChange.Lost(Reason.REMOVAL, cell, stamp, value, removal));
      }
    }

    @Override
    void loseHidden(Merged joined, Stamp removal) {
      boolean added = joined
          .compounds()
          .map(cells -> cells.getOrDefault(cell, CompoundCell.EMPTY))
          .filter(compound -> compound.parts().contains(new Part(stamp, value)))
          .isPresent();
      if (added) {
        loseTo(removal);
      }
    }

    @Override
    Merged join(RowState onto, @Nullable Stamp removal) {
      Map<Integer, CompoundCell> cells = new HashMap<>(compoundsOf(onto));
      CompoundCell held = cells.getOrDefault(cell, CompoundCell.EMPTY);
      if (!op.adds() || !held.holds(stamp, value)) {
        cells.put(cell, met(held, removal));
        cells.values().removeIf(CompoundCell::isEmpty);
      }
      RowState after =
          RowState.owning(onto.copyOfCells(0), removal, later(onto.touchStamp(), stamp));
      boolean same = cells.equals(compoundsOf(row));
      return merged(row, after, NOTHING, losers, same ? null : cells);
    }

    /** The cell after an operation that it has not had yet. */
    private CompoundCell met(CompoundCell held, @Nullable Stamp removal) {
      List<Part> gone = gone(held);
      Optional<Stamp> refusing = held.refusing(op, stamp, value, gone);
      if (refusing.isPresent()) {
        lose(losers, Reason.VALUE, cell, stamp, value, refusing.get());
        return held;
      }
      if (op == PartOp.COUNT && removal == null) {
        losers.add(new LoserChange.Dropped(cell, stamp)); // what came too late is in it
      }
      return held.after(op, stamp, value, gone);
    }

    private List<Part> gone(CompoundCell held) {
      return held.parts().stream()
          .filter(part -> op.replaces(part, stamp, value))
          .filter(part -> outranks(part) && seen.has(part.stamp()))
          .toList();
    }

    private boolean outranks(Part part) {
      int order = compare(stamp, part.stamp());
      return order > 0
          || (order == 0 && op == PartOp.COUNT && compareByHash(value, part.value()) > 0);
    }
  }

  private static void lose(
      List<LoserChange> losers, Reason reason, int cell, Stamp loser, Value value, Stamp rival) {
    losers.add(new LoserChange.Dropped(cell, loser));
    losers.add(new LoserChange.Lost(reason, cell, loser, value, rival));
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
      RowState before,
      RowState after,
      boolean[] taken,
      List<LoserChange> losers,
      @Nullable Map<Integer, CompoundCell> compounds) {
    boolean changed = takesAny(taken) || compounds != null || !after.equals(before);
    return new Merged(
        after, changed, taken, losers, compounds, isVisible(before), isVisible(after));
  }

  private static boolean takesAny(boolean[] taken) {
    for (boolean one : taken) {
      if (one) {
        return true;
      }
    }
    return false;
  }
}
