package dev.sealift.client.merge;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Random histories of one row, dense enough that times, devices and values collide all the time.
 */
final class RowEvents {
  static final int COLUMNS = 3;

  /** Numbered so that the order of the numbers is not the order of the ids. */
  static final List<DeviceId> DEVICES = IntStream.range(0, 4)
      .mapToObj(i -> DeviceId.of(Hash.of(new byte[] {(byte) i})))
      .toList();

  static final DeviceOrder ORDER = (a, b) -> DEVICES.get(a).compareTo(DEVICES.get(b));

  enum Kind {
    PUT,
    PATCH,
    REMOVE
  }

  /** One event; {@code values} by cell, empty in a removal. */
  record Event(Kind kind, Stamp stamp, SortedMap<Integer, Value> values) {
    @Override
    public String toString() {
      return kind + "@" + stamp.hybridTime() + "/" + stamp.device() + "#" + stamp.sequence()
          + values;
    }
  }

  private RowEvents() {}

  static Arbitrary<List<Event>> histories() {
    return events().list().ofMaxSize(12);
  }

  static Arbitrary<Event> events() {
    return Combinators.combine(Arbitraries.of(Kind.class), stamps(), values())
        .as((kind, stamp, values) ->
            new Event(kind, stamp, kind == Kind.REMOVE ? new TreeMap<>() : values));
  }

  /**
   * Some times have the highest bit set: they are after the others, although they look negative.
   */
  static Arbitrary<Stamp> stamps() {
    Arbitrary<Long> times = Arbitraries.oneOf(
        Arbitraries.longs().between(1, 6),
        Arbitraries.longs()
            .between(1, 3)
            .map(i -> HybridTime.of(HybridTime.MAX_MILLIS, 0).bits() + i));
    return Combinators.combine(
            times,
            Arbitraries.integers().between(0, DEVICES.size() - 1),
            Arbitraries.longs().between(0, 4))
        .as(Stamp::new);
  }

  private static Arbitrary<SortedMap<Integer, Value>> values() {
    Arbitrary<Value> value =
        Arbitraries.of(Value.NULL, Value.of(1), Value.of(1.0), Value.of("1"), Value.of("b"));
    return Arbitraries.maps(Arbitraries.integers().between(1, COLUMNS), value)
        .ofMinSize(1)
        .map(TreeMap::new);
  }

  /** Time and device as text that compares as ranks do. */
  static String rank(Event event) {
    return String.format("%016x ", event.stamp().time())
        + DEVICES.get(event.stamp().device());
  }

  static String describe(Map<Integer, Value> values) {
    return values.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue().hash())
        .collect(Collectors.joining(","));
  }
}
