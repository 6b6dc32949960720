package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;

/** The log's tree, as it grows while a step is taken: by who has checked what the tree comes to at the base. */
public interface StepRoots {
  /**
   * The tree in front of the first file that is told whole, by its right edge.
   *
   * @throws FormatException when it is none
   */
  void begin(long sequence, Bytes edge) throws FormatException;

  /**
   * The root with this file as the last leaf. Asked for each file from that one on, in their order.
   *
   * @throws RuntimeException when the log cannot have this file there; the step ends with that
   */
  Hash with(long sequence, FileId file, long serverTimeMillis, long base);
}
