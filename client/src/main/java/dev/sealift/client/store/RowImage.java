package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A row in memory: what merging knows of it, and what it holds. Immutable.
 *
 * @param values by cell, of each register that has a stamp
 * @param compounds by cell
 */
record RowImage(RowState state, Map<Integer, Value> values, Map<Integer, CompoundCell> compounds)
    implements CurrentValues {
  static final RowImage ABSENT = new RowImage(RowState.ABSENT, Map.of(), Map.of());

  RowImage {
    values = Map.copyOf(values);
    compounds = Map.copyOf(compounds);
  }

  /** The value of a register; null of one without a stamp. */
  @Override
  public Value at(int cell) {
    return values.getOrDefault(cell, Value.NULL);
  }

  CompoundCell compound(int cell) {
    return compounds.getOrDefault(cell, CompoundCell.EMPTY);
  }

  /** With what a state has of it; itself if that is its own. */
  RowImage as(RowState other) {
    if (other == state) {
      return this;
    }
    return of(other, values, other.touch().isPresent() ? compounds : Map.of());
  }

  /** What is left of it when what some stamps stand for is taken away. */
  RowImage without(Predicate<Stamp> gone) {
    Map<Integer, CompoundCell> left = new HashMap<>();
    compounds.forEach((cell, compound) -> {
      CompoundCell rest = compound.without(gone);
      if (!rest.isEmpty()) {
        left.put(cell, rest);
      }
    });
    return of(state.without(gone), values, left);
  }

  /** What it is after an event. */
  RowImage after(RowMerger.Event event, Merged merged) {
    Map<Integer, Value> changed = new HashMap<>(values);
    if (!event.kind().isPart()) {
      for (int i = 0; i < event.columns().size(); i++) {
        if (merged.takes(i)) {
          changed.put(event.columns().get(i).cell(), event.values().get(i));
        }
      }
    }
    return of(merged.state(), changed, merged.compounds().orElse(compounds));
  }

  /** Values of registers without a stamp are left out. */
  static RowImage of(
      RowState state, Map<Integer, Value> values, Map<Integer, CompoundCell> compounds) {
    Map<Integer, Value> stamped = new HashMap<>(values);
    stamped.keySet().removeIf(cell -> state.cell(cell).isEmpty());
    return new RowImage(state, stamped, compounds);
  }
}
