package dev.sealift.compactor;

import dev.sealift.protocol.compaction.Turns;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The devices of a space that are there, in the order in which it is their turn, with the number of live files from which on it is. */
record Line(List<Place> places) {
  /** @param files from so many live files on */
  record Place(Present present, long files) {
    DeviceId device() {
      return present.device();
    }
  }

  Line {
    places = List.copyOf(places);
  }

  /**
   * Those that would rather not come last, and not before half the way.
   *
   * @param base of the newest compaction that stands; 0 for none
   */
  static Line of(Collection<Present> present, long base, Thresholds thresholds) {
    Comparator<Present> sparedLast = Comparator.comparing(Present::isSpared);
    List<Present> order = present.stream()
        .sorted(sparedLast.thenComparing(Present::device, Turns.order(base)))
        .toList();
    List<Place> places = new ArrayList<>(order.size());
    for (Present one : order) {
      long even = thresholds.at(places.size(), order.size());
      places.add(new Place(one, one.isSpared() ? Math.max(even, thresholds.halfway()) : even));
    }
    return new Line(places);
  }

  /**
   * Whose turn it is: the first whose place is passed. Once somebody was asked in vain the next one need not wait for its own, unless it would rather not.
   *
   * @param asked those that were asked already
   */
  Optional<Place> next(Set<DeviceId> asked, long live) {
    return places.stream()
        .filter(place -> !asked.contains(place.device()))
        .filter(place ->
            place.files() <= live || !asked.isEmpty() && !place.present().isSpared())
        .findFirst();
  }
}
