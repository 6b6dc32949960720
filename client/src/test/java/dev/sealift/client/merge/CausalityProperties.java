package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * L2 and L4 over devices that stamp by their clocks: some write by clocks that are days off, hear
 * of one another in any order, and never lose what they knew.
 */
class CausalityProperties {
  private static final long NOW = 1_760_000_000_000L;
  private static final long BOUND = 300_000;
  private static final int CELL = 1;
  private static final List<Kind> KINDS = List.of(Kind.PUT, Kind.PATCH, Kind.REMOVE);

  /** A device with one row: its clock, what it has seen, and what it makes of it. */
  /** Nothing here is about what is old. */
  private static final long CUT_OFF = 1L << 50;

  private static final class Device {
    private final int number;
    private final long wall;
    private final RowReplica row = new RowReplica(RowEvents.ORDER, CUT_OFF);
    private final List<Event> seen = new ArrayList<>();
    private HybridClock clock = HybridClock.starting(BOUND);

    Device(int number, long wall) {
      this.number = number;
      this.wall = wall;
    }

    Event write(Kind kind, long value) {
      clock = clock.tick(wall);
      Stamp stamp = Stamp.of(clock.last(), number, 0);
      Map<Integer, Value> values = kind == Kind.REMOVE ? Map.of() : Map.of(CELL, Value.of(value));
      Event event = new Event(kind, stamp, 0, new TreeMap<>(values));
      take(event);
      return event;
    }

    void hear(Event event) {
      if (!clock.isAhead(event.stamp().hybridTime(), NOW)) {
        clock = clock.observe(event.stamp().hybridTime(), NOW);
        take(event);
      }
    }

    private void take(Event event) {
      seen.add(event);
      row.apply(event);
    }
  }

  @Property
  void an_event_outranks_all_that_its_author_had_seen_and_shows_at_once(
      @ForAll Random random, @ForAll @IntRange(min = 1, max = 60) int steps) {
    List<Device> devices = devices(random);
    List<Event> written = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      Device device = devices.get(random.nextInt(devices.size()));
      if (!written.isEmpty() && random.nextBoolean()) {
        device.hear(written.get(random.nextInt(written.size())));
      } else {
        List<Event> before = List.copyOf(device.seen);
        Event event = device.write(KINDS.get(random.nextInt(KINDS.size())), step);
        written.add(event);

        assertOutranks(event, before);
        assertShows(device, event);
      }
    }
  }

  private static List<Device> devices(Random random) {
    List<Device> devices = new ArrayList<>();
    for (int number = 0; number < RowEvents.DEVICES.size(); number++) {
      devices.add(
          new Device(number, NOW - random.nextInt(1_000_000) + random.nextInt((int) BOUND)));
    }
    return devices;
  }

  private static void assertOutranks(Event event, List<Event> seen) {
    HybridTime time = event.stamp().hybridTime();
    assertThat(seen).allMatch(other -> time.isAfter(other.stamp().hybridTime()));

    List<Event> all = new ArrayList<>(seen);
    all.add(event);
    Collections.shuffle(all, new Random(event.stamp().time()));
    RowReplica elsewhere = new RowReplica(RowEvents.ORDER, CUT_OFF);
    all.forEach(elsewhere::apply);
    assertThat(elsewhere.isVisible()).isEqualTo(event.kind() != Kind.REMOVE);
    event.values().forEach((cell, value) -> assertThat(elsewhere.value(cell)).isEqualTo(value));
  }

  private static void assertShows(Device device, Event event) {
    assertThat(device.row.isVisible()).isEqualTo(event.kind() != Kind.REMOVE);
    event.values().forEach((cell, value) -> assertThat(device.row.value(cell)).isEqualTo(value));
  }

  /** L4, second half: nothing but what outranks it takes a local write away. */
  @Property
  void a_local_write_stays_until_something_outranks_it(@ForAll Random random) {
    List<Device> devices = devices(random);
    Event mine = devices.get(0).write(Kind.PUT, 0);
    for (int i = 1; i < 20; i++) {
      Event other = devices.get(1 + random.nextInt(devices.size() - 1)).write(Kind.PATCH, i);
      Value before = devices.get(0).row.value(CELL);
      devices.get(0).hear(other);

      Value after = devices.get(0).row.value(CELL);
      if (before.equals(Value.of(0)) && !after.equals(before)) {
        assertThat(RowEvents.rank(other)).isGreaterThan(RowEvents.rank(mine));
      }
    }
  }
}
