package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The part of an encrypted file that SQLite goes by before it has authenticated a page: the size of pages, and what is kept free in each for
 * nonce and tag. Opened with a key, SQLite takes a file that keeps nothing free for one whose pages are not authenticated, and one that
 * has not a whole page for a new one.
 *
 * <pre>
 * salt (16) ‖ page size u16 (1: 65,536) ‖ versions (2) ‖ bytes kept free in a page u8 ‖ …
 * </pre>
 */
final class EncryptedHeader {
  private static final int BYTES = 21;
  private static final int PAGE_BYTES_AT = 16;
  private static final int FREE_BYTES_AT = 20;

  /** A nonce and a Poly1305 tag. */
  private static final int NONCE_AND_TAG = 32;

  private EncryptedHeader() {}

  /**
   * @throws StoreException {@code CORRUPT} when the file is not new, and not of authenticated pages
   */
  static void require(Path file) {
    try {
      if (Files.notExists(file) || Files.size(file) == 0) {
        return;
      }
      ByteBuffer header = ByteBuffer.wrap(first(file));
      if (header.capacity() < BYTES
          || header.get(FREE_BYTES_AT) != NONCE_AND_TAG
          || Files.size(file) < pageBytes(header)) {
        throw damaged(null);
      }
    } catch (IOException e) {
      throw new StoreException(
          Code.IO, "the space's database cannot be read; check disk and permissions", e);
    }
  }

  private static byte[] first(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(BYTES);
    }
  }

  private static int pageBytes(ByteBuffer header) {
    int pageBytes = Short.toUnsignedInt(header.getShort(PAGE_BYTES_AT));
    return pageBytes == 1 ? 1 << 16 : pageBytes;
  }

  static StoreException damaged(@Nullable Throwable cause) {
    return new StoreException(
        Code.CORRUPT,
        "the space's database does not open with its key: it is damaged, or not the one that was there; restore the home from a backup",
        cause);
  }
}
