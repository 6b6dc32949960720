package dev.sealift.client.compact;

import dev.sealift.client.pack.ByteWriter;
import dev.sealift.client.pack.DeflatedPieces;
import dev.sealift.protocol.Limits;
import java.util.function.Consumer;

/**
 * Puts blocks into the plaintexts of parts, as many into each as fit. Holds one part.
 *
 * <pre>
 * plaintext = as that of events, of ( length of a block ‖ block )*
 * </pre>
 */
public final class PartPacker {
  /** The length in front of a block takes no more. */
  private static final int FRAME_BYTES = 5;

  private final Consumer<byte[]> out;
  private DeflatedPieces part = new DeflatedPieces();
  private long bytes;

  /** @param out takes the plaintexts, in their order */
  public PartPacker(Consumer<byte[]> out) {
    this.out = out;
  }

  public void add(Block block) {
    byte[] framed = framed(BlockCodec.encode(block));
    boolean unfolds = bytes + framed.length <= Limits.MAX_UNPACKED_PAYLOAD_BYTES;
    if (!unfolds || !part.mayFit(framed.length) || !part.add(framed)) {
      pack();
      if (!part.add(framed)) {
        throw new IllegalStateException("a block within its limits fits into a part");
      }
    }
    bytes += framed.length;
  }

  private static byte[] framed(byte[] block) {
    ByteWriter framed = new ByteWriter(FRAME_BYTES + block.length);
    framed.writeVarint(block.length);
    framed.write(block);
    return framed.toByteArray();
  }

  private void pack() {
    if (bytes > 0) {
      out.accept(part.plaintext());
    }
    part.close();
    part = new DeflatedPieces();
    bytes = 0;
  }

  /** Gives out the last part. */
  public void finish() {
    pack();
    part.close();
  }
}
