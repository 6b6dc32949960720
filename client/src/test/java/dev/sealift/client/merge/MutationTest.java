package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import net.jqwik.api.Example;

/**
 * The properties bite: merging that is broken on purpose disagrees with the model within a few
 * hundred histories.
 */
class MutationTest {
  private static final int HISTORIES = 300;
  private static final long SEED = 20_240_229;

  @Example
  void merging_as_it_is_agrees_with_the_model() {
    assertThat(findsFault(() -> new RowReplica(RowEvents.ORDER))).isFalse();
  }

  @Example
  void a_rank_without_the_device_is_found() {
    assertThat(findsFault(() -> new RowReplica((a, b) -> 0))).isTrue();
  }

  @Example
  void devices_ranked_by_local_number_are_found() {
    assertThat(findsFault(() -> new RowReplica(Integer::compare))).isTrue();
  }

  @Example
  void a_tie_broken_by_arrival_is_found() {
    assertThat(findsFault(TiesByArrival::new)).isTrue();
  }

  @Example
  void a_removal_dropped_early_is_found() {
    assertThat(findsFault(RemovalsOfHiddenRowsDropped::new)).isTrue();
  }

  private static boolean findsFault(Supplier<RowReplica> replicas) {
    Random random = new Random(SEED);
    List<List<Event>> histories = histories();
    return histories.stream().anyMatch(history -> disagrees(replicas.get(), history, random));
  }

  private static List<List<Event>> histories() {
    return RowEvents.histories().generator(1000).stream(new Random(SEED))
        .limit(HISTORIES)
        .map(shrinkable -> shrinkable.value())
        .toList();
  }

  private static boolean disagrees(RowReplica replica, List<Event> history, Random random) {
    List<Event> shuffled = new ArrayList<>(history);
    Collections.shuffle(shuffled, random);
    shuffled.forEach(replica::receive);
    return !RowModel.actual(replica).equals(new RowModel(history).expected());
  }

  /** Thinks that what arrives under the rank that it has is what it has. */
  private static final class TiesByArrival extends RowReplica {
    private SortedMap<Integer, Value> arriving = new TreeMap<>();

    TiesByArrival() {
      super(RowEvents.ORDER);
    }

    @Override
    void receive(Event event) {
      arriving = event.values();
      apply(event);
    }

    @Override
    Value current(int cell) {
      return arriving.getOrDefault(cell, value(cell));
    }
  }

  /** Thinks that a removal that hides nothing has nothing to do. */
  private static final class RemovalsOfHiddenRowsDropped extends RowReplica {
    RemovalsOfHiddenRowsDropped() {
      super(RowEvents.ORDER);
    }

    @Override
    void receive(Event event) {
      if (event.kind() != Kind.REMOVE || isVisible()) {
        apply(event);
      }
    }
  }
}
