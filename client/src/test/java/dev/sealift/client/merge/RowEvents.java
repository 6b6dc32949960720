package dev.sealift.client.merge;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * Random histories of one row, in the order of the log, dense enough that times, devices and values collide all the time, and that
 * removals come before and after the cut-off.
 */
final class RowEvents {
  static final int COLUMNS = 3;
  static final long CUT_OFF_MILLIS = 5;

  /** Numbered so that the order of the numbers is not the order of the ids. */
  static final List<DeviceId> DEVICES = IntStream.range(0, 4)
      .mapToObj(i -> DeviceId.of(Hash.of(new byte[] {(byte) i})))
      .toList();

  static final DeviceOrder ORDER = (a, b) -> DEVICES.get(a).compareTo(DEVICES.get(b));

  enum Kind {
    PUT(null),
    PATCH(null),
    REMOVE(null),
    ASSIGN(PartOp.ASSIGN),
    COUNT(PartOp.COUNT),
    ADD(PartOp.ADD),
    DISCARD(PartOp.DISCARD),
    APPEND(PartOp.APPEND),
    COLLAPSE(PartOp.COLLAPSE);

    private final @Nullable PartOp op;

    Kind(@Nullable PartOp op) {
      this.op = op;
    }

    boolean isPart() {
      return op != null;
    }

    PartOp op() {
      return Objects.requireNonNull(op);
    }

    /** One compound cell of each kind. */
    int cell() {
      return -2 - op().cell().ordinal();
    }
  }

  /**
   * One event; {@code values} by cell, empty in a removal; {@code seen} as its author had the log when writing it.
   */
  record Event(Kind kind, Stamp stamp, long seen, SortedMap<Integer, Value> values) {
    /** Of an event on a compound cell. */
    Value part() {
      return values.get(kind.cell());
    }

    /** Whether what it writes is one group. */
    boolean isTogether() {
      return (stamp.time() + stamp.device()) % 3 == 0;
    }

    boolean sees(Stamp other) {
      return other.device() == stamp.device() || other.sequence() <= seen;
    }

    Event at(long sequence) {
      Stamp placed = new Stamp(stamp.place(), stamp.time(), stamp.device(), sequence);
      return new Event(kind, placed, seen, values);
    }

    @Override
    public String toString() {
      return kind + "@" + stamp.hybridTime() + "/" + stamp.device() + "#" + stamp.sequence() + "("
          + seen + ")" + values;
    }
  }

  private RowEvents() {}

  /** Some files have several events. By hybrid time, or by arrival. */
  static Arbitrary<List<Event>> histories() {
    return byEitherRule(events().list().ofMaxSize(14).map(RowEvents::inFiles));
  }

  /** Without what depends on the order of the log: everything happens within the cut-off. */
  static Arbitrary<List<Event>> closeHistories() {
    return byEitherRule(events(closeTimes()).list().ofMaxSize(12).map(RowEvents::inFiles));
  }

  private static Arbitrary<List<Event>> byEitherRule(Arbitrary<List<Event>> logs) {
    Arbitrary<List<Event>> byArrival = Combinators.combine(
            logs, Arbitraries.longs().between(1, 5).list().ofSize(20))
        .as(RowEvents::placed);
    return Arbitraries.oneOf(logs, byArrival);
  }

  /** Files at places, which may be anywhere, but do not fall in the order of a device's chain. */
  private static List<Event> placed(List<Event> log, List<Long> places) {
    Map<Integer, Long> highest = new TreeMap<>();
    List<Event> placed = new ArrayList<>();
    for (Event event : log) {
      Stamp stamp = event.stamp();
      long place = highest.merge(
          stamp.device(), places.get((int) stamp.sequence() % places.size()), Math::max);
      Stamp at = new Stamp(place, stamp.time(), stamp.device(), stamp.sequence());
      placed.add(new Event(event.kind(), at, event.seen(), event.values()));
    }
    return placed;
  }

  static Arbitrary<Event> events() {
    return events(Arbitraries.oneOf(closeTimes(), times()));
  }

  /** Each in a file of its own, but for those whose time ends in certain bits: they share the one before. */
  static List<Event> inFiles(List<Event> events) {
    List<Event> log = new ArrayList<>();
    long sequence = 1;
    for (Event event : events) {
      sequence += log.isEmpty() || event.stamp().time() % 5 == 0 ? 0 : 1;
      log.add(event.at(sequence));
    }
    return log;
  }

  private static Arbitrary<Event> events(Arbitrary<Long> times) {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            times,
            Arbitraries.integers().between(0, DEVICES.size() - 1),
            Arbitraries.longs().between(0, 12),
            values())
        .as((kind, time, device, seen, values) -> new Event(
            kind,
            new Stamp(time, device, 1),
            seen,
            kind.isPart() ? part(kind, values) : whole(kind, time, values)));
  }

  private static SortedMap<Integer, Value> whole(
      Kind kind, long time, SortedMap<Integer, Value> values) {
    return kind == Kind.REMOVE || (kind == Kind.PUT && time % 7 == 0) ? new TreeMap<>() : values;
  }

  /** Few values, so that sets meet. */
  private static SortedMap<Integer, Value> part(Kind kind, SortedMap<Integer, Value> values) {
    int some = values.firstKey() + 2 * values.size();
    Value first = values.get(values.firstKey());
    Value value = switch (kind.op()) {
      case ASSIGN -> first;
      case COUNT -> Value.of(some);
      case ADD, DISCARD -> first == Value.NULL ? Value.of(2) : first;
      case APPEND, COLLAPSE -> Value.of(new byte[] {(byte) some});
    };
    return new TreeMap<>(Map.of(kind.cell(), value));
  }

  private static Arbitrary<Long> closeTimes() {
    return Arbitraries.longs().between(1, 6);
  }

  /** Around and beyond the cut-off; some have the highest bit set: they are after the others, although they look negative. */
  private static Arbitrary<Long> times() {
    Arbitrary<Long> millis = Arbitraries.oneOf(
        Arbitraries.longs().between(0, 2 * CUT_OFF_MILLIS + 2),
        Arbitraries.longs().between(HybridTime.MAX_MILLIS - 2, HybridTime.MAX_MILLIS));
    return Combinators.combine(millis, Arbitraries.integers().between(1, 2))
        .as((at, counter) -> HybridTime.of(at, counter).bits());
  }

  private static Arbitrary<SortedMap<Integer, Value>> values() {
    Arbitrary<Value> value =
        Arbitraries.of(Value.NULL, Value.of(1), Value.of(1.0), Value.of("1"), Value.of("b"));
    return Arbitraries.maps(Arbitraries.integers().between(1, COLUMNS), value)
        .ofMinSize(1)
        .map(TreeMap::new);
  }

  /** Place, time and device as text that compares as ranks do. */
  static String rank(Event event) {
    return String.format("%016x %016x ", event.stamp().place(), event.stamp().time())
        + DEVICES.get(event.stamp().device());
  }

  static String describe(Map<Integer, Value> values) {
    return values.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue().hash())
        .collect(Collectors.joining(","));
  }
}
