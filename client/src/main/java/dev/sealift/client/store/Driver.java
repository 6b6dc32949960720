package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.nio.file.Path;

/**
 * Opens connections; a second implementation serves Android. One that has a key ({@link #withKey}) knows only files that are
 * encrypted under it, and one that has none only files in clear.
 */
public interface Driver {
  /** The one connection that writes; makes the file if there is none. Write-ahead log, every commit synced to disk. */
  Db openWriter(Path file);

  /** A connection that cannot write. */
  Db openReader(Path file);

  /** Whether its SQLite can encrypt. Without that {@link #withKey} and {@link #encrypt} fail. */
  default boolean encrypts() {
    return false;
  }

  /**
   * This driver for files under a key. It is used as it is, without stretching; each page is encrypted and authenticated with its
   * number, and nothing of one stands in clear in the write-ahead log, in a journal or in a temporary file: what cannot be encrypted
   * stays in memory. A file that is in clear, damaged or under another key is {@link Code#CORRUPT}. The key gets into no message, no
   * log and no exception.
   *
   * <p>On Android it is SQLCipher's raw key, {@code x'…'}.
   *
   * @throws StoreException {@link Code#NO_ENCRYPTION}
   */
  default Driver withKey(StoreKey key) {
    throw new StoreException(
        Code.NO_ENCRYPTION,
        "the SQLite of this program cannot encrypt; put one with SQLite3 Multiple Ciphers in its place");
  }

  /**
   * Makes an encrypted copy, under this driver's key, of a file in clear that nobody else has open. It is whole, checked and on the disk when
   * this returns, holds no page that was free, and has the rows of the write-ahead log, which is gone then.
   *
   * @param copy there is none yet, or an empty file
   * @throws StoreException {@link Code#BUSY} when another program has the file open; what is there of the copy is to be deleted
   */
  default void encrypt(Path clear, Path copy) {
    throw new StoreException(Code.NO_ENCRYPTION, "this driver has no key to encrypt with");
  }
}
