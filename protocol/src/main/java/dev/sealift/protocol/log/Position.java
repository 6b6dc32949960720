package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;

/**
 * That a device holds a space's log up to a sequence, and which log that is.
 *
 * <pre>
 * version       1 byte, 0x01
 * space        32 bytes
 * device       32 bytes
 * incarnation   4 bytes, unsigned, big-endian
 * sequence      8 bytes, unsigned, big-endian, 1 to 2^62 - 1
 * root         32 bytes
 * hybrid time   8 bytes, unsigned, big-endian
 * </pre>
 *
 * @param device whose it is
 * @param incarnation of the log, the newest that the device knows of; unsigned
 * @param sequence everything up to here is durable on the device
 * @param root the log's at that size
 * @param time when the device said so, by its own clock; above the one of every position that it signed before, but for those that a wrong clock put far ahead
 */
public record Position(
    SpaceId space, DeviceId device, int incarnation, long sequence, Hash root, HybridTime time) {
  public static final int BYTES =
      1 + SpaceId.BYTES + DeviceId.BYTES + Integer.BYTES + Long.BYTES + Hash.BYTES + Long.BYTES;
  private static final byte VERSION = 1;

  /**
   * @throws IllegalArgumentException when the sequence is out of bounds
   */
  public Position {
    if (sequence < 1 || sequence >= Limits.MAX_SEQUENCE) {
      throw new IllegalArgumentException("a position is a sequence from 1 to 2^62 - 1");
    }
  }

  /** The bytes that the device signs, {@value #BYTES} of them. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .put(space.toByteArray())
        .put(device.toByteArray())
        .putInt(incarnation)
        .putLong(sequence)
        .put(root.toByteArray())
        .putLong(time.bits())
        .array();
  }

  /** Reads the next {@value #BYTES} bytes, which must be there. */
  static Position read(ByteBuffer from) throws FormatException {
    if (from.get() != VERSION) {
      throw new FormatException("a position of an unknown version");
    }
    SpaceId space = SpaceId.of(take(from, SpaceId.BYTES));
    DeviceId device = DeviceId.of(take(from, DeviceId.BYTES));
    int incarnation = from.getInt();
    long sequence = from.getLong();
    Hash root = Hash.wrap(take(from, Hash.BYTES));
    HybridTime time = new HybridTime(from.getLong());
    try {
      return new Position(space, device, incarnation, sequence, root, time);
    } catch (IllegalArgumentException e) {
      throw new FormatException("a position out of bounds: " + e.getMessage(), e);
    }
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }
}
