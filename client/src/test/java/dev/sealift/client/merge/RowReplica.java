package dev.sealift.client.merge;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A row as a store keeps it: the state, the values and the losers, changed as {@link RowMerge} says. Its parts
 * can be broken on purpose.
 */
class RowReplica implements CurrentValues {
  private final RowMerge merge;
  private RowState state = RowState.ABSENT;
  private final Map<Integer, Value> values = new TreeMap<>();
  private Map<Integer, CompoundCell> compounds = Map.of();
  private final SortedMap<String, String> losers = new TreeMap<>();

  RowReplica(DeviceOrder order) {
    this(order, RowEvents.CUT_OFF_MILLIS);
  }

  RowReplica(DeviceOrder order, long cutOffMillis) {
    this.merge = new RowMerge(order, () -> cutOffMillis);
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
    Seen seen = stamp -> sees(event, stamp);
    Merged merged = switch (event.kind()) {
      case PUT -> merge.put(state, event.stamp(), seen, written(event, cells, arriving), this);
      case PATCH -> merge.patch(state, event.stamp(), seen, written(event, cells, arriving), this);
      case REMOVE -> merge.remove(state, event.stamp(), seen, this);
      default ->
        merge.apply(state, event.stamp(), seen, cells[0], event.kind().op(), arriving.get(0), this);
    };
    merged.compounds().ifPresent(changed -> compounds = changed);
    for (int i = 0; !event.kind().isPart() && merged.changed() && i < cells.length; i++) {
      if (merged.takes(i)) {
        values.put(cells[i], arriving.get(i));
      }
    }
    merged.losers().forEach(this::change);
    state = merged.state();
    return merged;
  }

  Written written(Event event, int[] cells, List<Value> values) {
    int[] groups = new int[cells.length];
    Arrays.fill(groups, 7);
    return event.isTogether() ? Written.of(cells, groups, values) : Written.of(cells, values);
  }

  /** What is dead where a server time is goes, before the next event. */
  void forgetDead(long serverTimeMillis) {
    RowState left = merge.asOf(state, serverTimeMillis);
    if (left.touch().isEmpty()) {
      compounds = Map.of();
    }
    state = left;
  }

  boolean sees(Event event, Stamp stamp) {
    return event.sees(stamp);
  }

  void change(LoserChange change) {
    if (change instanceof LoserChange.Dropped dropped) {
      losers.keySet().removeIf(name -> RowModel.isEarlier(name, dropped.cell(), dropped.by()));
    } else if (change instanceof LoserChange.Restored restored) {
      losers.remove(RowModel.name(restored.cell(), restored.loser()));
    } else if (change instanceof LoserChange.Lost lost) {
      losers.put(
          RowModel.name(lost.cell(), lost.loser()),
          lost.reason() + "=" + lost.value().hash());
    }
  }

  /** What the replica tells merging that it holds. */
  @Override
  public Value at(int cell) {
    return value(cell);
  }

  @Override
  public Map<Integer, CompoundCell> compounds() {
    return compounds;
  }

  Value value(int cell) {
    return values.get(cell);
  }

  RowState state() {
    return state;
  }

  SortedMap<String, String> losers() {
    return losers;
  }

  boolean isVisible() {
    return merge.isVisible(state);
  }

  /** What people see. */
  String shown() {
    Map<Integer, Value> shown = new TreeMap<>(values);
    shown.keySet().removeIf(cell -> state.cell(cell).isEmpty());
    return isVisible() ? RowEvents.describe(shown) + RowModel.describeParts(compounds) : "hidden";
  }
}
