package dev.sealift.client.store;

import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;

/** The log's tree, as it grows while a step is taken: by who has checked what the tree comes to at the base. */
@FunctionalInterface
public interface StepRoots {
  /**
   * The root with this file as the last leaf. Asked for each file behind the store's position, in their order.
   *
   * @throws RuntimeException when the log cannot have this file there; the step ends with that
   */
  Hash with(long sequence, FileId file, long serverTimeMillis, long base);
}
