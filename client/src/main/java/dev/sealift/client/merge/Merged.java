package dev.sealift.client.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a row became when an event was applied to it.
 *
 * <p>The caller writes the values of the positions that {@link #takes}, the {@link #state} where it
 * {@link #changed}, and tells watchers when the row came or went.
 */
public final class Merged {
  private final RowState state;
  private final boolean changed;
  private final boolean[] taken;
  private final List<LoserChange> losers;
  private final @Nullable Map<Integer, CompoundCell> compounds;
  private final boolean wasVisible;
  private final boolean visible;

  Merged(
      RowState state,
      boolean changed,
      boolean[] taken,
      List<LoserChange> losers,
      @Nullable Map<Integer, CompoundCell> compounds,
      boolean wasVisible,
      boolean visible) {
    this.state = state;
    this.changed = changed;
    this.taken = taken;
    this.losers = List.copyOf(losers);
    this.compounds = compounds == null ? null : Map.copyOf(compounds);
    this.wasVisible = wasVisible;
    this.visible = visible;
  }

  Merged withLosers(List<LoserChange> others) {
    return new Merged(state, changed, taken, others, compounds, wasVisible, visible);
  }

  /** The new state. */
  public RowState state() {
    return state;
  }

  /**
   * Whether anything of the row is to be written: its state, a value or a compound cell. The state can change without
   * a value being taken, when an event turns out to be in an earlier file; and a value can be taken
   * under the stamp that it replaces, when one file has two events of one time.
   */
  public boolean changed() {
    return changed;
  }

  /**
   * Whether the event's value at {@code position} is the cell's value from now on. Positions count
   * the event's values.
   */
  public boolean takes(int position) {
    return taken[position];
  }

  /** What becomes of the row's losers, in order. */
  public List<LoserChange> losers() {
    return losers;
  }

  /** The row's compound cells, by number, when the event changed them; empty when they stay as they are. */
  public Optional<Map<Integer, CompoundCell>> compounds() {
    return Optional.ofNullable(compounds);
  }

  /** Whether none of the event's values is taken. */
  public boolean takesNone() {
    for (boolean one : taken) {
      if (one) {
        return false;
      }
    }
    return true;
  }

  public boolean wasVisible() {
    return wasVisible;
  }

  public boolean isVisible() {
    return visible;
  }

  /** Whether the row came or went. */
  public boolean visibilityChanged() {
    return visible != wasVisible;
  }

  @Override
  public String toString() {
    return "Merged[" + state + ", taken=" + Arrays.toString(taken) + ", " + wasVisible + " → "
        + visible + "]";
  }
}
