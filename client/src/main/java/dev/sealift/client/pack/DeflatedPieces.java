package dev.sealift.client.pack;

import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * A plaintext as {@link Deflated} lays it out, of content that comes piece by piece, as much as fits. Each piece is deflated once, up to a whole byte, so that it is known what it takes, and a plaintext can end in front of it.
 */
public final class DeflatedPieces implements AutoCloseable {
  /** A last block with nothing in it: fixed codes, and the code for its end. */
  private static final byte[] END = {3, 0};

  /** What is like others takes no less than that share of what these take. */
  private static final double LIKELY = 0.9;

  private static final int MOST = PayloadLimits.MAX_PLAINTEXT_BYTES - END.length;

  private final Deflater deflater = new Deflater(Deflated.LEVEL, true);
  private byte[] bytes = new byte[1 << 16];
  private int end = Deflated.LENGTH_BYTES;
  private long taken;
  private boolean isFull;

  /**
   * Adds what a plaintext has room for.
   *
   * @return whether it is in; if not, nothing more fits
   */
  public boolean add(byte[] piece) {
    if (isFull) {
      return false;
    }
    int after = deflate(piece);
    isFull = after > MOST;
    end = isFull ? end : after;
    taken += isFull ? 0 : piece.length;
    return !isFull;
  }

  /** Whether it is worth trying to add so many bytes: that they do not fit is known only when they are deflated. Pieces are mostly like those before. */
  public boolean mayFit(int bytes) {
    return taken == 0 || end + LIKELY * end / taken * bytes <= MOST;
  }

  private int deflate(byte[] piece) {
    deflater.setInput(piece);
    int at = end;
    int room;
    int written;
    do {
      if (at == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
      }
      room = bytes.length - at;
      written = deflater.deflate(bytes, at, room, Deflater.SYNC_FLUSH);
      at += written;
    } while (written == room && at <= MOST);
    return at;
  }

  /** The plaintext of the pieces that are in. */
  public byte[] plaintext() {
    byte[] whole = Arrays.copyOf(bytes, end + END.length);
    System.arraycopy(END, 0, whole, end, END.length);
    return Deflated.laidOut(whole, whole.length);
  }

  @Override
  public void close() {
    deflater.end();
  }
}
