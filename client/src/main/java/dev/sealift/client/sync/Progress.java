package dev.sealift.client.sync;

import dev.sealift.protocol.clock.HybridTime;

/** Hears what became durable, from the sync loop's thread. Must not block. */
public interface Progress {
  /** Everything up to this sequence is held. */
  void applied(long position);

  /** A file of this device has its receipt: its events up to this time are durable in the mesh. */
  void durable(HybridTime upTo);
}
