package dev.sealift.compactor;

import dev.sealift.protocol.id.SpaceId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** When something is due of which space: each at most once. Finding the next one costs the logarithm of how many there are. */
final class Timetable {
  private record Entry(long at, SpaceId space) {}

  private final TreeSet<Entry> entries =
      new TreeSet<>(Comparator.comparingLong(Entry::at).thenComparing(Entry::space));
  private final Map<SpaceId, Entry> bySpace = new HashMap<>();

  /** @param at {@link Watch#NEVER} for nothing */
  void set(SpaceId space, long at) {
    Entry before =
        at == Watch.NEVER ? bySpace.remove(space) : bySpace.put(space, new Entry(at, space));
    if (before != null) {
      entries.remove(before);
    }
    if (at != Watch.NEVER) {
      entries.add(new Entry(at, space));
    }
  }

  Optional<SpaceId> firstDue(long now) {
    return entries.isEmpty() || entries.first().at() > now
        ? Optional.empty()
        : Optional.of(entries.first().space());
  }

  /** How many are due. Costs as much as there are. */
  int due(long now) {
    return (int) entries.stream().takeWhile(entry -> entry.at() <= now).count();
  }

  int size() {
    return entries.size();
  }
}
