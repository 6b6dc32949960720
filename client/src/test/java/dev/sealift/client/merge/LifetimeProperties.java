package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the log makes of a row, less what is over, is what it makes of it without the events that are over. */
class LifetimeProperties {
  private static final int MILLIS_A_FILE = 2;

  @Provide
  Arbitrary<List<Event>> histories() {
    return RowEvents.events()
        .filter(event -> !event.kind().isPart())
        .list()
        .ofMaxSize(14)
        .map(RowEvents::inFiles);
  }

  @Provide
  Arbitrary<Long> floors() {
    return Arbitraries.longs().between(0, 2 * RowEvents.CUT_OFF_MILLIS + 2);
  }

  @Property(tries = 5000)
  void who_never_had_what_is_over_has_the_same(
      @ForAll("histories") List<Event> history, @ForAll("floors") long floorMillis) {
    Predicate<Stamp> over = stamp -> stamp.hybridTime().millis() <= floorMillis;
    List<Event> left =
        history.stream().filter(event -> !over.test(event.stamp())).toList();

    assertThat(new ExpiringRow(left).less(over)).isEqualTo(new ExpiringRow(history).less(over));
  }

  /** A row of a table with a lifetime, in the log. */
  private static final class ExpiringRow extends RowReplica {
    ExpiringRow(List<Event> log) {
      super(RowEvents.ORDER);
      log.forEach(this::admit);
    }

    private void admit(Event event) {
      long serverTimeMillis = MILLIS_A_FILE * event.stamp().sequence();
      if (event.stamp().hybridTime().millis() + RowEvents.CUT_OFF_MILLIS < serverTimeMillis) {
        event.values().forEach((cell, value) -> lose(cell, event, value));
        if (event.values().isEmpty()) {
          lose(RowState.MARKER, event, Value.NULL);
        }
        return;
      }
      forgetDead(serverTimeMillis);
      apply(event);
    }

    private void lose(int cell, Event event, Value value) {
      String reason = event.kind() == Kind.REMOVE ? "LATE_REMOVAL" : "LATE";
      losers().put(RowModel.name(cell, event), reason + "=" + value.hash());
    }

    @Override
    Written written(Event event, int[] cells, List<Value> values) {
      return Written.forALifetime(cells, values);
    }

    String less(Predicate<Stamp> over) {
      RowState state = state().without(over);
      Map<Integer, Value> shown = new TreeMap<>();
      for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
        if (state.cell(cell).isPresent()) {
          shown.put(cell, value(cell));
        }
      }
      losers().keySet().removeIf(name -> over.test(stamp(name)));
      return state + RowEvents.describe(shown) + losers();
    }

    private static Stamp stamp(String loser) {
      return new Stamp(RowModel.time(loser), 0, 0);
    }
  }
}
