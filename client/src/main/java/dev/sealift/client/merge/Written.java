package dev.sealift.client.merge;

import dev.sealift.client.value.Value;
import java.util.List;

/** What a put or a patch writes to registers. */
public final class Written {
  private static final int[] BY_THEMSELVES = {};
  private static final boolean FOR_GOOD = false;
  private static final boolean FOR_A_LIFETIME = true;

  private final int[] cells;
  private final int[] groups;
  private final List<Value> values;
  private final boolean forALifetime;

  private Written(int[] cells, int[] groups, List<Value> values, boolean forALifetime) {
    if (cells.length != values.size() || (groups.length != 0 && groups.length != cells.length)) {
      throw new IllegalArgumentException("an event has one value for each of its cells");
    }
    for (int cell : cells) {
      if (cell <= RowState.MARKER) {
        throw new IllegalArgumentException("an event writes cells from 1 on");
      }
    }
    this.cells = cells;
    this.groups = groups;
    this.values = values;
    this.forALifetime = forALifetime;
  }

  /**
   * Each cell by itself. The caller does not change the arguments any more.
   *
   * @param cells from 1 on, each once
   * @param values in the order of {@code cells}
   */
  public static Written of(int[] cells, List<Value> values) {
    return new Written(cells, BY_THEMSELVES, values, FOR_GOOD);
  }

  /**
   * As above.
   *
   * @param groups in the order of {@code cells}: those of one number are judged as one, those of 0 by themselves
   */
  public static Written of(int[] cells, int[] groups, List<Value> values) {
    return new Written(cells, groups, values, FOR_GOOD);
  }

  /**
   * As {@link #of(int[], List)}, to a table with a lifetime. The author goes on from all of his losers in those cells, whatever they hold: so what becomes of a loser does not depend on what is over before it is.
   */
  public static Written forALifetime(int[] cells, List<Value> values) {
    return new Written(cells, BY_THEMSELVES, values, FOR_A_LIFETIME);
  }

  boolean isForALifetime() {
    return forALifetime;
  }

  int size() {
    return cells.length;
  }

  int cell(int at) {
    return cells[at];
  }

  Value value(int at) {
    return values.get(at);
  }

  /** 0 of a cell by itself. */
  int group(int at) {
    return groups.length == 0 ? 0 : groups[at];
  }

  int highestCell() {
    int highest = RowState.MARKER;
    for (int cell : cells) {
      highest = Math.max(highest, cell);
    }
    return highest;
  }
}
