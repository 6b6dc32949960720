package dev.sealift.client.sync;

import dev.sealift.protocol.clock.HybridTime;

/** Hears what became durable, and says what somebody wants to know, on the sync loop's thread. Must not block. */
public interface Progress {
  /** Everything up to this sequence is held; or others have shown to hold more than before. */
  void applied(long position);

  /** A file of this device has its receipt: its events up to this time are durable in the mesh. */
  void durable(HybridTime upTo);

  /** Whether somebody wants to know what other devices hold: only then the mesh is asked for that. */
  default boolean wantsPositions() {
    return false;
  }
}
