package dev.sealift.client.store;

import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * A row in memory: what merging knows of it, and the value of each cell that has a stamp. Immutable.
 *
 * @param values by cell
 */
record RowImage(RowState state, Map<Integer, Value> values) {
  RowImage {
    values = Map.copyOf(values);
  }

  /** The value of a cell that has a stamp. */
  Value value(int cell) {
    return values.getOrDefault(cell, Value.NULL);
  }

  /** What it is after an event. */
  RowImage after(RowMerger.Event event, Merged merged) {
    Map<Integer, Value> changed = new HashMap<>(values);
    for (int i = 0; i < event.columns().size(); i++) {
      if (merged.takes(i)) {
        changed.put(event.columns().get(i).cell(), event.values().get(i));
      }
    }
    return of(merged.state(), changed);
  }

  /** Values of cells without a stamp are left out. */
  static RowImage of(RowState state, Map<Integer, Value> values) {
    Map<Integer, Value> stamped = new HashMap<>(values);
    stamped.keySet().removeIf(cell -> state.cell(cell).isEmpty());
    return new RowImage(state, stamped);
  }
}
