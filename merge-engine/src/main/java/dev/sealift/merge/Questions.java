package dev.sealift.merge;

import java.util.Set;

/**
 * What the loaded state does not know and a request turns on.
 *
 * @param dots places in chains that are taken: by which file?
 * @param sizes of the log that authors claim to have seen: with which root?
 * @param bases files that new ones build on, in their chains or others: with which place, and as which part of a compaction?
 */
record Questions(Set<Dot> dots, Set<Long> sizes, Set<Dot> bases) {
  static final Questions NONE = new Questions(Set.of(), Set.of(), Set.of());

  static Questions ofRoot(long size) {
    return new Questions(Set.of(), Set.of(size), Set.of());
  }

  boolean isEmpty() {
    return dots.isEmpty() && sizes.isEmpty() && bases.isEmpty();
  }
}
