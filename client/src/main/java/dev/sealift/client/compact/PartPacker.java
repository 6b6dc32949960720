package dev.sealift.client.compact;

import dev.sealift.client.pack.ByteWriter;
import dev.sealift.client.pack.Deflated;
import dev.sealift.client.pack.PayloadLimits;
import dev.sealift.protocol.Limits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Puts blocks into the plaintexts of parts, as many into each as fit. Holds those of about one part.
 *
 * <pre>
 * plaintext = as that of events, of ( length of a block ‖ block )*
 * </pre>
 */
public final class PartPacker {
  /** The length in front of a block takes no more. */
  private static final int FRAME_BYTES = 5;

  private final Consumer<byte[]> out;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private long deflatedBytes;
  private long bytes;

  /** @param out takes the plaintexts, in their order */
  public PartPacker(Consumer<byte[]> out) {
    this.out = out;
  }

  public void add(Block block) {
    byte[] encoded = BlockCodec.encode(block);
    int deflated = Deflated.wrap(framed(encoded)).length;
    boolean fits = deflatedBytes + deflated <= PayloadLimits.MAX_PLAINTEXT_BYTES
        && bytes + encoded.length + FRAME_BYTES <= Limits.MAX_UNPACKED_PAYLOAD_BYTES;
    if (!fits && !waiting.isEmpty()) {
      pack();
    }
    waiting.add(encoded);
    deflatedBytes += deflated;
    bytes += encoded.length + FRAME_BYTES;
  }

  private static byte[] framed(byte[]... blocks) {
    ByteWriter content = new ByteWriter(1 << 16);
    for (byte[] block : blocks) {
      content.writeVarint(block.length);
      content.write(block);
    }
    return content.toByteArray();
  }

  /** What deflated to so much by itself does not come to more beside others, or hardly; if it does, the last of them has to wait. */
  private void pack() {
    Deque<byte[]> left = new ArrayDeque<>();
    byte[] plaintext = Deflated.wrap(framed(waiting.toArray(byte[][]::new)));
    while (plaintext.length > PayloadLimits.MAX_PLAINTEXT_BYTES && waiting.size() > 1) {
      left.addFirst(waiting.removeLast());
      plaintext = Deflated.wrap(framed(waiting.toArray(byte[][]::new)));
    }
    if (plaintext.length > PayloadLimits.MAX_PLAINTEXT_BYTES) {
      throw new IllegalStateException("a block within its limits fits into a part");
    }
    waiting.clear();
    deflatedBytes = 0;
    bytes = 0;
    out.accept(plaintext);
    for (byte[] block : left) {
      waiting.add(block);
      deflatedBytes += Deflated.wrap(framed(block)).length;
      bytes += block.length + FRAME_BYTES;
    }
  }

  public void finish() {
    while (!waiting.isEmpty()) {
      pack();
    }
  }
}
