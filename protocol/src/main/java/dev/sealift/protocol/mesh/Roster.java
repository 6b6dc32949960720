package dev.sealift.protocol.mesh;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is there: what one process knows of the mesh's members now. Looked at anew for each question; members may differ about it
 * for a moment, which costs a retry. Any thread.
 */
public interface Roster {
  /** Ids of the merge-engines that take requests: one of them is asked. */
  Collection<String> engines();

  /** Ids of the storage-adapters that take requests: one of them is asked. */
  Collection<String> stores();

  /** Ids of the compactors that share the spaces among them. */
  default Collection<String> compactors() {
    return List.of();
  }

  /**
   * Ids of the merge-engines and storage-adapters that may still answer: also those that are about to stop, take nothing new and finish what they have. What is
   * awaited of any other is given up.
   */
  default Collection<String> present() {
    Set<String> present = new HashSet<>(engines());
    present.addAll(stores());
    return present;
  }

  /** A mesh of one engine and one storage-adapter, which never changes. */
  static Roster of(String engine, String store) {
    return new Roster() {
      @Override
      public Collection<String> engines() {
        return List.of(engine);
      }

      @Override
      public Collection<String> stores() {
        return List.of(store);
      }
    };
  }
}
