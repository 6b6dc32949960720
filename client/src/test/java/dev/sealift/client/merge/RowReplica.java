package dev.sealift.client.merge;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.value.Value;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row as a store keeps it: the state and the values, changed as {@link RowMerge} says. Its parts
 * can be broken on purpose.
 */
class RowReplica {
  private final RowMerge merge;
  private RowState state = RowState.ABSENT;
  private final Map<Integer, Value> values = new TreeMap<>();

  RowReplica(DeviceOrder order) {
    this.merge = new RowMerge(order);
  }

  static RowReplica of(List<Event> events) {
    RowReplica replica = new RowReplica(RowEvents.ORDER);
    events.forEach(replica::apply);
    return replica;
  }

  /** As a store does with what arrives. */
  void receive(Event event) {
    apply(event);
  }

  Merged apply(Event event) {
    int[] cells = event.values().keySet().stream().mapToInt(cell -> cell).toArray();
    List<Value> arriving = List.copyOf(event.values().values());
    Merged merged = switch (event.kind()) {
      case PUT -> merge.put(state, event.stamp(), cells, arriving, this::current);
      case PATCH -> merge.patch(state, event.stamp(), cells, arriving, this::current);
      case REMOVE -> merge.remove(state, event.stamp());
    };
    for (int i = 0; merged.changed() && i < cells.length; i++) {
      if (merged.takes(i)) {
        values.put(cells[i], arriving.get(i));
      }
    }
    state = merged.state();
    return merged;
  }

  /** Takes in everything that another replica knows of the row. */
  void join(RowReplica other) {
    Merged merged = merge.join(state, this::current, other.state, other::current);
    for (int cell = 1; merged.changed() && cell < other.state.cells(); cell++) {
      if (merged.takes(cell)) {
        values.put(cell, other.values.get(cell));
      }
    }
    state = merged.state();
  }

  /** What the replica tells merging that it holds. */
  Value current(int cell) {
    return value(cell);
  }

  Value value(int cell) {
    return values.get(cell);
  }

  RowState state() {
    return state;
  }

  boolean isVisible() {
    return merge.isVisible(state);
  }

  /** Everything there is to know, byte for byte. */
  String everything() {
    return HexFormat.of().formatHex(state.toBytes())
        + " "
        + RowEvents.describe(values)
        + (isVisible() ? " visible" : " hidden");
  }
}
