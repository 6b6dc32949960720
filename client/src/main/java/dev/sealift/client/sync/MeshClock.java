package dev.sealift.client.sync;

import java.util.function.LongSupplier;

/**
 * The device's estimate of the mesh's clock: its own, moved by the difference that the last connection showed. So a wrong wall
 * clock costs nothing while the device has ever been online. Thread-safe.
 */
public final class MeshClock implements LongSupplier {
  private final LongSupplier wallMillis;
  private volatile long offsetMillis;

  /**
   * @param wallMillis this device's clock, Unix milliseconds
   */
  public MeshClock(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
  }

  /** Takes up what an earlier run had learned. */
  public void restore(long keptOffsetMillis) {
    offsetMillis = keptOffsetMillis;
  }

  /** The mesh says that it is this late now. */
  void learn(long meshMillis) {
    offsetMillis = meshMillis - wallMillis.getAsLong();
  }

  /** How far the mesh's clock is ahead of this device's. */
  long offsetMillis() {
    return offsetMillis;
  }

  /** The estimate, Unix milliseconds. */
  @Override
  public long getAsLong() {
    return wallMillis.getAsLong() + offsetMillis;
  }
}
