package dev.sealift.merge;

import dev.sealift.protocol.id.Hash;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tree's roots at the latest sizes that devices can have seen, so that few need a look-up. */
final class RecentRoots {
  /**
   * Heads remembered for one space. Connected devices follow within a few commits; one that was away
   * longer costs a look-up. At about 120 bytes each this stays below 8 KiB a space.
   */
  static final int CAPACITY = 64;

  private final Map<Long, Hash> roots = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Hash> eldest) {
      return size() > CAPACITY;
    }
  };

  void add(long size, Hash root) {
    roots.put(size, root);
  }

  Optional<Hash> at(long size) {
    return Optional.ofNullable(roots.get(size));
  }
}
