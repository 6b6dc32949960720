package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** L1 and L3, and that the code means what the model says. */
class RowMergeProperties {
  @Provide
  Arbitrary<List<Event>> histories() {
    return RowEvents.histories();
  }

  @Provide
  Arbitrary<Event> events() {
    return RowEvents.events();
  }

  @Property
  void a_replica_is_what_the_model_says_of_its_set_of_events(
      @ForAll("histories") List<Event> history) {
    assertThat(RowModel.actual(RowReplica.of(history))).isEqualTo(new RowModel(history).expected());
  }

  @Property
  void any_order_and_any_repetition_give_the_same_bytes(
      @ForAll("histories") List<Event> history, @ForAll Random random) {
    List<Event> other = new ArrayList<>(history);
    history.stream().filter(event -> random.nextBoolean()).forEach(other::add);
    Collections.shuffle(other, random);

    assertThat(RowReplica.of(other).everything())
        .isEqualTo(RowReplica.of(history).everything());
  }

  @Property
  void any_grouping_gives_the_same_bytes(
      @ForAll("histories") List<Event> history, @ForAll Random random) {
    List<RowReplica> groups = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      groups.add(
          RowReplica.of(history.stream().filter(event -> random.nextInt(3) == 0).toList()));
    }
    groups.add(RowReplica.of(history));
    Collections.shuffle(groups, random);
    RowReplica joined = new RowReplica(RowEvents.ORDER);
    groups.forEach(joined::join);

    assertThat(joined.everything()).isEqualTo(RowReplica.of(history).everything());
  }

  @Property
  void joining_is_associative_commutative_and_idempotent(
      @ForAll("histories") List<Event> a,
      @ForAll("histories") List<Event> b,
      @ForAll("histories") List<Event> c) {
    assertThat(joined(joined(a, b), RowReplica.of(c)))
        .isEqualTo(joined(RowReplica.of(a), joined(b, c)));
    assertThat(joined(a, b).everything()).isEqualTo(joined(b, a).everything());
    assertThat(joined(a, a).everything()).isEqualTo(RowReplica.of(a).everything());
  }

  private static RowReplica joined(List<Event> a, List<Event> b) {
    RowReplica joined = RowReplica.of(a);
    joined.join(RowReplica.of(b));
    return joined;
  }

  private static String joined(RowReplica a, RowReplica b) {
    a.join(b);
    return a.everything();
  }

  @Property
  void an_event_changes_the_state_once(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica replica = RowReplica.of(history);
    replica.apply(event);
    Merged again = replica.apply(event);

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
    Merged merged = replica.apply(event);

    assertThat(merged.changed())
        .isEqualTo(!merged.takesNone() || !merged.state().equals(before));
    assertThat(merged.wasVisible()).isEqualTo(wasVisible);
    assertThat(merged.isVisible()).isEqualTo(replica.isVisible());
  }

  /** L3: one more event makes a cell hold that event or what it held; no third event rises. */
  @Property
  void an_arriving_event_never_lets_an_older_loser_win(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) {
    RowReplica replica = RowReplica.of(history);
    RowReplica before = RowReplica.of(history);
    replica.apply(event);

    for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
      Value value = replica.value(cell);
      assertThat(value).isIn(before.value(cell), event.values().get(cell));
    }
  }

  @Property
  void bytes_of_a_state_come_back(@ForAll("histories") List<Event> history) throws Exception {
    RowState state = RowReplica.of(history).state();

    RowState parsed = RowState.parse(state.toBytes());

    assertThat(parsed).isEqualTo(state);
    assertThat(parsed.toBytes()).isEqualTo(state.toBytes());
  }

  @Property
  void the_short_cut_for_whole_puts_does_what_merging_does(
      @ForAll("histories") List<Event> history, @ForAll("events") Event event) throws Exception {
    RowReplica replica = RowReplica.of(history);
    byte[] before = replica.state().toBytes();
    int cells = event.values().size() + 1;
    boolean coversAll = !event.values().isEmpty() && event.values().lastKey() == cells - 1;
    if (event.kind() == Kind.PUT
        && coversAll
        && RowMeta.yieldsToPut(before, cells, event.stamp().time())) {
      Merged merged = replica.apply(event);

      assertThat(merged.takesAll() && merged.wasVisible() && merged.isVisible()).isTrue();
      assertThat(merged.state().toBytes()).isEqualTo(RowMeta.uniform(cells, event.stamp()));
    }
  }
}
