package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;

/**
 * A mesh's admission that it was restored from an older state and what it has of a space's log since: the last head that old and new
 * have in common. What devices brought back before is in front of it, in its old places; heads beyond it, of earlier incarnations, count
 * no more.
 *
 * <pre>
 * version       1 byte, 0x01
 * space        32 bytes
 * number        4 bytes, unsigned, big-endian, at least 1
 * size          8 bytes, unsigned, big-endian, below 2^62
 * root         32 bytes
 * known size    8 bytes, unsigned, big-endian, below 2^62, not below size
 * server time   8 bytes, unsigned, big-endian, Unix milliseconds, below 2^48
 * </pre>
 *
 * @param number an unsigned number, higher than that of the incarnation before
 * @param size of the log that is common to both
 * @param root of that log
 * @param knownSize of the longest log that a device proved to have been there; what lies between is lost, as far as the mesh knows
 * @param serverTimeMillis the mesh's time when it made this
 */
public record Incarnation(
    SpaceId space, int number, long size, Hash root, long knownSize, long serverTimeMillis) {
  public static final int BYTES =
      1 + SpaceId.BYTES + Integer.BYTES + Long.BYTES + Hash.BYTES + Long.BYTES + Long.BYTES;

  private static final byte VERSION = 1;

  /**
   * @throws IllegalArgumentException when a number is out of bounds
   */
  public Incarnation {
    check(number != 0, "incarnations after the first are numbered from 1");
    check(size >= 0 && size <= knownSize, "a log is no longer than it was known to be");
    check(knownSize < Limits.MAX_SEQUENCE, "a log has 0 to 2^62 - 1 leaves");
    check(
        serverTimeMillis >= 0 && serverTimeMillis <= HybridTime.MAX_MILLIS,
        "a server time fits 48 bits");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Files that were known to be there and were not brought back. */
  public long lost() {
    return knownSize - size;
  }

  /**
   * Whether what an author had seen may lie in the part of the log that was lost: beyond what is common, by a file from before this was
   * made. Nothing can be said then of whether it is true.
   *
   * @param madeMillis the file's hybrid time, Unix milliseconds
   * @param clockBoundMillis how far ahead of the mesh the space lets files be stamped
   */
  public boolean excuses(SeenLog seen, long madeMillis, long clockBoundMillis) {
    return seen.sequence() > size && mayHaveLost(madeMillis, clockBoundMillis);
  }

  /** Whether a file may be one that was lost: it is from before this was made, as far as its time can say. */
  public boolean mayHaveLost(long madeMillis, long clockBoundMillis) {
    return madeMillis <= serverTimeMillis + clockBoundMillis;
  }

  /** The bytes that the notary signs, {@value #BYTES} of them. */
  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .put(space.toByteArray())
        .putInt(number)
        .putLong(size)
        .put(root.toByteArray())
        .putLong(knownSize)
        .putLong(serverTimeMillis)
        .array();
  }

  /** Reads the next {@value #BYTES} bytes, which must be there. */
  static Incarnation read(ByteBuffer from) throws FormatException {
    if (from.get() != VERSION) {
      throw new FormatException("an incarnation of an unknown version");
    }
    SpaceId space = SpaceId.of(take(from, SpaceId.BYTES));
    int number = from.getInt();
    long size = from.getLong();
    Hash root = Hash.wrap(take(from, Hash.BYTES));
    try {
      return new Incarnation(space, number, size, root, from.getLong(), from.getLong());
    } catch (IllegalArgumentException e) {
      throw new FormatException("an incarnation out of bounds: " + e.getMessage(), e);
    }
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }
}
