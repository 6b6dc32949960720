package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;

/**
 * A space's whole log at one size, in one hash.
 *
 * <pre>
 * version       1 byte, 0x01
 * space        32 bytes
 * incarnation   4 bytes, unsigned, big-endian
 * size          8 bytes, unsigned, big-endian, below 2^62
 * root         32 bytes
 * server time   8 bytes, unsigned, big-endian, Unix milliseconds, below 2^48
 * </pre>
 *
 * @param incarnation an unsigned number that rises when a mesh is restored from an older state
 * @param size leaves in the log
 * @param serverTimeMillis the mesh's time when it made this head
 */
public record TreeHead(
    SpaceId space, int incarnation, long size, Hash root, long serverTimeMillis) {
  public static final int BYTES =
      1 + SpaceId.BYTES + Integer.BYTES + Long.BYTES + Hash.BYTES + Long.BYTES;
  private static final byte VERSION = 1;

  /**
   * @throws IllegalArgumentException when size or server time is out of bounds
   */
  public TreeHead {
    if (size < 0 || size >= Limits.MAX_SEQUENCE) {
      throw new IllegalArgumentException("a log has 0 to 2^62 - 1 leaves");
    }
    if (serverTimeMillis < 0 || serverTimeMillis > HybridTime.MAX_MILLIS) {
      throw new IllegalArgumentException("a server time fits 48 bits");
    }
  }

  /** The bytes that the notary signs, {@value #BYTES} of them. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .put(space.toByteArray())
        .putInt(incarnation)
        .putLong(size)
        .put(root.toByteArray())
        .putLong(serverTimeMillis)
        .array();
  }

  /** Reads the next {@value #BYTES} bytes, which must be there. */
  static TreeHead read(ByteBuffer from) throws FormatException {
    if (from.get() != VERSION) {
      throw new FormatException("a tree head of an unknown version");
    }
    SpaceId space = SpaceId.of(take(from, SpaceId.BYTES));
    int incarnation = from.getInt();
    long size = from.getLong();
    Hash root = Hash.wrap(take(from, Hash.BYTES));
    long serverTimeMillis = from.getLong();
    try {
      return new TreeHead(space, incarnation, size, root, serverTimeMillis);
    } catch (IllegalArgumentException e) {
      throw new FormatException("a tree head out of bounds: " + e.getMessage(), e);
    }
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }
}
