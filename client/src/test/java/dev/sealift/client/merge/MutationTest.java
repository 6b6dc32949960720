package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
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
  private static final int HISTORIES = 600;
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

  @Example
  void a_loser_that_is_dropped_is_found() {
    assertThat(findsFault(LosersDropped::new)).isTrue();
  }

  @Example
  void what_was_seen_when_packing_instead_of_when_writing_is_found() {
    assertThat(findsFault(SeenAtPacking::new)).isTrue();
  }

  @Example
  void a_loser_that_its_author_went_on_from_and_that_stays_is_found() {
    assertThat(findsFault(LosersKeptForEver::new)).isTrue();
  }

  @Example
  void an_addition_that_a_removal_takes_away_unseen_is_found() {
    assertThat(findsFault(RemovalsWin::new)).isTrue();
  }

  @Example
  void a_counter_that_adds_up_what_came_twice_is_found() {
    assertThat(findsFault(CountsTwice::new)).isTrue();
  }

  @Example
  void a_part_that_rises_again_is_found() {
    assertThat(findsFault(DroppedForgotten::new)).isTrue();
  }

  private static boolean findsFault(Supplier<RowReplica> replicas) {
    return histories().stream().anyMatch(history -> disagrees(replicas.get(), history));
  }

  private static List<List<Event>> histories() {
    return RowEvents.histories().generator(1000).stream(new Random(SEED))
        .limit(HISTORIES)
        .map(shrinkable -> shrinkable.value())
        .toList();
  }

  private static boolean disagrees(RowReplica replica, List<Event> history) {
    history.forEach(replica::receive);
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
    public Value at(int cell) {
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

  /** Forgets what lost to another value. */
  private static final class LosersDropped extends RowReplica {
    LosersDropped() {
      super(RowEvents.ORDER);
    }

    @Override
    void change(LoserChange change) {
      if (!(change instanceof LoserChange.Lost lost && lost.reason() == LoserChange.Reason.VALUE)) {
        super.change(change);
      }
    }
  }

  /** Thinks that an author had seen everything that stood in the log before the file. */
  private static final class SeenAtPacking extends RowReplica {
    SeenAtPacking() {
      super(RowEvents.ORDER);
    }

    @Override
    boolean sees(Event event, Stamp stamp) {
      return stamp.sequence() < event.stamp().sequence() || super.sees(event, stamp);
    }
  }

  /** Thinks that who takes a value out of a set means all of them. */
  private static final class RemovalsWin extends RowReplica {
    RemovalsWin() {
      super(RowEvents.ORDER);
    }

    @Override
    boolean sees(Event event, Stamp stamp) {
      return event.kind() == Kind.DISCARD || super.sees(event, stamp);
    }
  }

  /** Thinks that each count of a device is to be added to the one before. */
  private static final class CountsTwice extends RowReplica {
    CountsTwice() {
      super(RowEvents.ORDER);
    }

    @Override
    boolean sees(Event event, Stamp stamp) {
      return event.kind() != Kind.COUNT && super.sees(event, stamp);
    }
  }

  /** Forgets what was taken away, so that it is new when it comes again. */
  private static final class DroppedForgotten extends RowReplica {
    DroppedForgotten() {
      super(RowEvents.ORDER);
    }

    @Override
    public Map<Integer, CompoundCell> compounds() {
      Map<Integer, CompoundCell> forgetful = new TreeMap<>(super.compounds());
      forgetful.replaceAll((number, cell) -> new CompoundCell(cell.parts(), Map.of()));
      return forgetful;
    }
  }

  /** Keeps a loser although its author has written again. */
  private static final class LosersKeptForEver extends RowReplica {
    LosersKeptForEver() {
      super(RowEvents.ORDER);
    }

    @Override
    void change(LoserChange change) {
      if (!(change instanceof LoserChange.Dropped)) {
        super.change(change);
      }
    }
  }
}
