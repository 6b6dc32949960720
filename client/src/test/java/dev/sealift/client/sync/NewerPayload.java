package dev.sealift.client.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A plaintext around a few bytes of content, stored and not deflated (RFC 1951, section 3.2.4). */
final class NewerPayload {
  private static final int PADDED = 16;

  private NewerPayload() {}

  static byte[] of(byte[] content) {
    int deflated = 5 + content.length;
    if (deflated + Integer.BYTES < PADDED - 5 || deflated + Integer.BYTES > PADDED) {
      throw new IllegalArgumentException("not of the size that this is for");
    }
    ByteBuffer block = ByteBuffer.allocate(deflated).order(ByteOrder.LITTLE_ENDIAN);
    block
        .put((byte) 1)
        .putShort((short) content.length)
        .putShort((short) ~content.length)
        .put(content);
    return ByteBuffer.allocate(deflated + Integer.BYTES + 1)
        .putInt(deflated)
        .put(block.array())
        .array();
  }
}
