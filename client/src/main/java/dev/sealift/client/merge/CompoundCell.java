package dev.sealift.client.merge;

import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A cell that holds several values at a time. Immutable.
 *
 * <p>What was taken away is not kept, but for the last event of each device of which that was so: a device's events reach the log in the order of
 * their times, so that one of them that comes again is known by being no later.
 *
 * @param parts in the order of their places, times, devices and hashes
 * @param dropped by device, its last event whose part was taken away
 */
public record CompoundCell(List<Part> parts, Map<Integer, Stamp> dropped) {
  /** A cell that has as many parts takes no more: what comes then is a loser. It bounds the work of one operation. */
  public static final int MAX_PARTS = 4_096;

  /** Nor one whose parts come to so many bytes, canonically: it is held in memory while something is done to it. */
  public static final int MAX_BYTES = 8 << 20;

  private static final Comparator<Part> ORDER = Comparator.<Part>comparingLong(
          part -> part.stamp().place())
      .thenComparing(Part::stamp, (a, b) -> Long.compareUnsigned(a.time(), b.time()))
      .thenComparing(part -> part.stamp().device())
      .thenComparing(part -> part.value().hash());

  public static final CompoundCell EMPTY = new CompoundCell(List.of(), Map.of());

  public CompoundCell {
    parts = parts.stream().sorted(ORDER).toList();
    dropped = Map.copyOf(dropped);
  }

  /** Whether nobody ever wrote to it. */
  public boolean isEmpty() {
    return parts.isEmpty() && dropped.isEmpty();
  }

  /**
   * What keeps an event from becoming a part: an event of the same device, for which it is too old; the event itself where there is no room; empty when it may.
   *
   * @param gone the parts that it would take away
   */
  Optional<Stamp> refusing(PartOp op, Stamp stamp, Value value, Collection<Part> gone) {
    if (!op.adds()) {
      return Optional.empty();
    }
    if (!hasRoom(value, gone)) {
      return Optional.of(stamp);
    }
    if (op == PartOp.COUNT) {
      return parts.stream()
          .filter(part -> op.replaces(part, stamp, value))
          .filter(part -> isBelow(stamp, value, part))
          .map(Part::stamp)
          .findAny();
    }
    return Optional.ofNullable(dropped.get(stamp.device()))
        .filter(last -> Long.compareUnsigned(stamp.time(), last.time()) <= 0);
  }

  /** Whether there is room for one more value, when some parts are gone. */
  public boolean hasRoom(Value value, Collection<Part> gone) {
    return parts.size() - gone.size() < MAX_PARTS
        && bytes(parts) - bytes(gone) + value.canonicalLength() <= MAX_BYTES;
  }

  private static long bytes(Collection<Part> some) {
    return some.stream().mapToLong(part -> part.value().canonicalLength()).sum();
  }

  private static boolean isBelow(Stamp stamp, Value value, Part part) {
    return ORDER.compare(new Part(stamp, value), part) < 0;
  }

  /** What is left of it when the events of some stamps are taken away, also of those that were dropped. */
  public CompoundCell without(Predicate<Stamp> gone) {
    Map<Integer, Stamp> last = new HashMap<>(dropped);
    last.values().removeIf(gone);
    return new CompoundCell(
        parts.stream().filter(part -> !gone.test(part.stamp())).toList(), last);
  }

  /** Whether the event is a part of it. */
  boolean holds(Stamp stamp, Value value) {
    return parts.stream()
        .anyMatch(part -> part.stamp().time() == stamp.time()
            && part.stamp().device() == stamp.device()
            && part.value().equals(value));
  }

  /**
   * What it is after an event that it does not refuse, and does not hold yet.
   *
   * @param gone the parts that the event's author had seen, and that it outranks
   */
  CompoundCell after(PartOp op, Stamp stamp, Value value, Collection<Part> gone) {
    List<Part> left = new ArrayList<>(parts);
    Map<Integer, Stamp> last = new HashMap<>(dropped);
    for (Part part : gone) {
      left.remove(part);
      if (op != PartOp.COUNT) {
        last.merge(part.stamp().device(), part.stamp(), CompoundCell::later);
      }
    }
    if (op.adds()) {
      left.add(new Part(stamp, value));
    }
    return new CompoundCell(left, last);
  }

  private static Stamp later(Stamp one, Stamp other) {
    return Long.compareUnsigned(other.time(), one.time()) > 0 ? other : one;
  }
}
