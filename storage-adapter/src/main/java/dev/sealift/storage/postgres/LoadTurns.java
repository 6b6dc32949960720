package dev.sealift.storage.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which loads are next: many that may turn out to be light together, or a heavy one by itself, in turn. What a space weighs shows when it is
 * read: whoever has tried a load that is not light puts it back as a heavy one. Not thread-safe.
 *
 * @param <T> a load
 */
final class LoadTurns<T> {
  /** Served by one barrier. All their replies are in memory until it is replicated. */
  static final int MAX_GROUP_LOADS = 16;

  /**
   * Of headers of membership files, beyond which a load is heavy. A space of two thousand devices is light; a group of light ones has as much in
   * memory as two of the largest spaces that engines let grow.
   */
  static final long MAX_LIGHT_BYTES = 1L << 20;

  private final Deque<T> untried = new ArrayDeque<>();
  private final Deque<T> heavy = new ArrayDeque<>();
  private boolean heavyIsNext;

  /**
   * Loads that are sent together.
   *
   * @param maxBytes that each of them may have of such headers
   */
  record Group<T>(List<T> loads, long maxBytes) {}

  void add(T load) {
    untried.add(load);
  }

  void addHeavy(T load) {
    heavy.add(load);
  }

  boolean isEmpty() {
    return untried.isEmpty() && heavy.isEmpty();
  }

  /** Not empty, if there is any load. */
  Group<T> next() {
    boolean takesHeavy = !heavy.isEmpty() && (heavyIsNext || untried.isEmpty());
    heavyIsNext = !takesHeavy;
    if (takesHeavy) {
      return new Group<>(List.of(heavy.remove()), Long.MAX_VALUE);
    }
    List<T> group = new ArrayList<>();
    while (!untried.isEmpty() && group.size() < MAX_GROUP_LOADS) {
      group.add(untried.remove());
    }
    return new Group<>(group, MAX_LIGHT_BYTES);
  }

  /** Those in front of either line of whom this holds, taken away. */
  List<T> takeWhile(Predicate<T> condition) {
    List<T> taken = new ArrayList<>();
    for (Deque<T> line : List.of(untried, heavy)) {
      while (!line.isEmpty() && condition.test(line.element())) {
        taken.add(line.remove());
      }
    }
    return taken;
  }
}
