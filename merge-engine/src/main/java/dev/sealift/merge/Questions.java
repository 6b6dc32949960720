package dev.sealift.merge;

import dev.sealift.protocol.id.DeviceId;
import java.util.Set;

/**
 * What the loaded state does not know and a request turns on.
 *
 * @param dots places in chains that are taken: by which file?
 * @param sizes of the log that authors claim to have seen: with which root?
 * @param bases files that new ones build on, in their chains or others: with which place, and as which part of a compaction?
 * @param sayings what devices say of compactions: is there such a one, and what have they said of it before?
 * @param beginners devices that begin a compaction: how many others have they begun that neither stand nor are superseded?
 */
record Questions(
    Set<Dot> dots, Set<Long> sizes, Set<Dot> bases, Set<Saying> sayings, Set<DeviceId> beginners) {
  static final Questions NONE = new Questions(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  static Questions ofRoot(long size) {
    return new Questions(Set.of(), Set.of(size), Set.of(), Set.of(), Set.of());
  }

  boolean isEmpty() {
    return dots.isEmpty()
        && sizes.isEmpty()
        && bases.isEmpty()
        && sayings.isEmpty()
        && beginners.isEmpty();
  }
}
