package dev.sealift.protocol.log;

import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;

/**
 * What the mesh says of an admitted file: its place in a space's log and its server time. With its
 * path to a signed head it is the file's receipt.
 *
 * <pre>
 * version       1 byte, 0x01
 * space        32 bytes
 * sequence      8 bytes, unsigned, big-endian
 * server time   8 bytes, unsigned, big-endian, Unix milliseconds
 * base          8 bytes, unsigned, big-endian
 * file         32 bytes
 * </pre>
 *
 * <p>A leaf claims; only its path proves. So any number is taken, and a wrong one shows as a path
 * that does not verify.
 *
 * @param sequence the file's place in the log, from 1
 * @param base the highest place among the files it builds on, under the arrival rule; otherwise 0
 */
public record Leaf(SpaceId space, long sequence, long serverTimeMillis, long base, FileId file) {
  public static final int BYTES = 1 + SpaceId.BYTES + 3 * Long.BYTES + FileId.BYTES;
  private static final byte VERSION = 1;

  /** The entry that the tree covers, {@value #BYTES} bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .put(space.toByteArray())
        .putLong(sequence)
        .putLong(serverTimeMillis)
        .putLong(base)
        .put(file.toByteArray())
        .array();
  }

  /** The leaf hash: SHA-256 of 0x00 and the {@linkplain #bytes entry} (RFC 9162, section 2.1.1). */
  public Hash hash() {
    return TreeHasher.leaf(bytes());
  }
}
