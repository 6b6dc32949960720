package dev.sealift.compactor;

import dev.sealift.protocol.id.SpaceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The spaces that changed lately; beyond the bound the one without news for longest is forgotten. */
final class Watches {
  private final Watcher watcher;
  private final Timetable timetable;
  private final int most;
  private final Map<SpaceId, Watch> bySpace = new LinkedHashMap<>(16, 0.75f, true);

  Watches(Watcher watcher, Timetable timetable, int most) {
    this.watcher = watcher;
    this.timetable = timetable;
    this.most = most;
  }

  Optional<Watch> find(SpaceId space) {
    return Optional.ofNullable(bySpace.get(space));
  }

  Watch findOrMake(SpaceId space) {
    Watch found = bySpace.computeIfAbsent(space, id -> new Watch(id, watcher));
    if (bySpace.size() > most) {
      forget(bySpace.keySet().iterator().next());
    }
    return found;
  }

  void keepOnly(Predicate<SpaceId> wanted) {
    List.copyOf(bySpace.keySet()).stream().filter(wanted.negate()).forEach(this::forget);
  }

  private void forget(SpaceId space) {
    Watch forgotten = bySpace.remove(space);
    if (forgotten != null) {
      forgotten.reclaiming().forget();
      timetable.set(space, Watch.NEVER);
    }
  }

  int size() {
    return bySpace.size();
  }
}
