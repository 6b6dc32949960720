package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** L1, L3 and L5, and that the code means what the model says. */
class RowMergeProperties {
  @Provide
  Arbitrary<List<Event>> histories() {
    return RowEvents.histories();
  }

  @Provide
  Arbitrary<List<Event>> closeHistories() {
    return RowEvents.closeHistories();
  }

  @Provide
  Arbitrary<Event> events() {
    return RowEvents.events();
  }

  @Property(tries = 5000)
  void a_replica_is_what_the_model_says_of_its_log(@ForAll("histories") List<Event> history) {
    assertThat(RowModel.actual(RowReplica.of(history))).isEqualTo(new RowModel(history).expected());
  }

  /** Within the cut-off nothing that people see of registers depends on the log's order, on files or on repetition. */
  @Property
  void any_order_and_any_repetition_show_the_same(
      @ForAll("closeHistories") List<Event> all, @ForAll Random random) {
    List<Event> history = all.stream().filter(event -> !event.kind().isPart()).toList();
    List<Event> other = new ArrayList<>(history);
    history.stream().filter(event -> random.nextBoolean()).forEach(other::add);
    Collections.shuffle(other, random);

    assertThat(RowReplica.of(RowEvents.inFiles(other)).shown())
        .isEqualTo(RowReplica.of(history).shown());
  }

  /**
   * L1 for compound cells: whatever comes after what its author had seen, in any order that keeps that, and repeated as often as one likes, makes the same parts.
   */
  @Property
  void any_order_that_keeps_what_was_seen_shows_the_same_parts(
      @ForAll("closeHistories") List<Event> history, @ForAll Random random) {
    List<Event> written = inTheOrderOfTheirTimes(history);
    List<Event> other = new ArrayList<>();
    List<Event> left = new ArrayList<>(written);
    while (!left.isEmpty()) {
      List<Event> ready = left.stream()
          .filter(event -> left.stream().noneMatch(seen -> seen != event && hadSeen(event, seen)))
          .toList();
      Event next = ready.get(random.nextInt(ready.size()));
      left.remove(next);
      other.add(next);
      if (random.nextBoolean()) {
        other.add(other.get(random.nextInt(other.size())));
      }
    }

    assertThat(RowReplica.of(other).shown()).isEqualTo(RowReplica.of(written).shown());
  }

  /** As honest devices write: what an author had seen has lower times, and no higher places. Each event keeps its own sequence, in whatever order they are applied. */
  private static List<Event> inTheOrderOfTheirTimes(List<Event> history) {
    List<Event> written = new ArrayList<>();
    for (Event event : history) {
      int at = written.size() + 1;
      long place = event.stamp().place() == 0 ? 0 : 1 + at / 3; // some files came together
      Stamp stamp = new Stamp(place, at, event.stamp().device(), at);
      written.add(new Event(event.kind(), stamp, Math.min(event.seen(), at - 1L), event.values()));
    }
    return written;
  }

  private static boolean hadSeen(Event event, Event other) {
    return event.sees(other.stamp()) && other.stamp().sequence() < event.stamp().sequence();
  }

  @Property
  void an_event_changes_the_state_once(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica replica = RowReplica.of(history);
    Event next = event.at(history.size() + 1L);
    replica.apply(next);
    Merged again = replica.apply(next);

    assertThat(again.changed()).isFalse();
    assertThat(again.takesNone()).isTrue();
    assertThat(again.visibilityChanged()).isFalse();
  }

  @Property
  void what_is_reported_is_what_happened(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica replica = RowReplica.of(history);
    RowState before = replica.state();
    boolean wasVisible = replica.isVisible();
    Merged merged = replica.apply(event.at(history.size() + 1L));

    assertThat(merged.changed())
        .isEqualTo(!merged.takesNone()
            || merged.compounds().isPresent()
            || !merged.state().equals(before));
    assertThat(merged.wasVisible()).isEqualTo(wasVisible);
    assertThat(merged.isVisible()).isEqualTo(replica.isVisible());
  }

  /** L3: one more event makes a cell hold that event or what it held; no third event rises. */
  @Property
  void an_arriving_event_never_lets_an_older_loser_win(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica replica = RowReplica.of(history);
    RowReplica before = RowReplica.of(history);
    replica.apply(event.at(history.size() + 1L));

    for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
      Value value = replica.value(cell);
      assertThat(value).isIn(before.value(cell), event.values().get(cell));
    }
  }

  /** L5: a value that is not shown any more, and that the author of what came had not seen, is a loser. */
  @Property
  void nothing_disappears_silently(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica before = RowReplica.of(history);
    RowReplica replica = RowReplica.of(history);
    Event next = event.at(history.size() + 1L);
    replica.apply(next);

    for (int cell = 1; cell <= RowEvents.COLUMNS && before.isVisible(); cell++) {
      Stamp was = before.state().cell(cell).orElse(null);
      boolean shown = replica.isVisible()
          && before.value(cell) != null
          && before.value(cell).equals(replica.value(cell));
      if (was != null && !shown && !next.sees(was)) {
        assertThat(replica.losers()).containsKey(RowModel.name(cell, was));
      }
    }
  }

  @Property
  void bytes_of_a_state_come_back(@ForAll("histories") List<Event> history) throws Exception {
    RowState state = RowReplica.of(history).state();

    RowState parsed = RowState.parse(state.toBytes());

    assertThat(parsed).isEqualTo(state);
    assertThat(parsed.toBytes()).isEqualTo(state.toBytes());
  }
}
