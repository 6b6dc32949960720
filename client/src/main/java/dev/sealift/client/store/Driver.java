package dev.sealift.client.store;

import java.nio.file.Path;

/** Opens connections; a second implementation serves Android. */
public interface Driver {
  /** The one connection that writes; makes the file if there is none. Write-ahead log, every commit synced to disk. */
  Db openWriter(Path file);

  /** A connection that cannot write. */
  Db openReader(Path file);
}
