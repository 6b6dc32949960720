package dev.sealift.protocol.compaction;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.util.Comparator;

/** In which order it is devices' turn to compact: another one after each compaction, so that the chore goes round. */
public final class Turns {
  private Turns() {}

  /** @param base of the newest compaction that stands; 0 for none */
  public static Comparator<DeviceId> order(long base) {
    return Comparator.comparing(device -> draw(device, base), Hash::compareTo);
  }

  private static Hash draw(DeviceId device, long base) {
    return Hash.of(
        device.toByteArray(), ByteBuffer.allocate(Long.BYTES).putLong(base).array());
  }
}
