package dev.sealift.protocol.mesh;

import java.util.Collection;
import java.util.List;

/**
 * Who is there: what one process knows of the mesh's members now. Looked at anew for each question; members may differ about it
 * for a moment, which costs a retry. Any thread.
 */
public interface Roster {
  /** Ids of the merge-engines that take requests. */
  Collection<String> engines();

  /** Ids of the storage-adapters that take requests. */
  Collection<String> stores();

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
