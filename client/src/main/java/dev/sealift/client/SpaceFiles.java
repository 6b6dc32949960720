package dev.sealift.client;

import dev.sealift.client.vault.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/** A space's files in its home. */
final class SpaceFiles {
  static final String DB = ".db";
  private static final String NEW_DB = ".db.part";
  private static final String KEYS = ".keys";

  /** What every SQLite file in clear begins with. */
  private static final byte[] IN_CLEAR = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final String name;

  SpaceFiles(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  Path db() {
    return folder.resolve(name + DB);
  }

  /** A store that is being made. */
  Path newDb() {
    return folder.resolve(name + NEW_DB);
  }

  Path keys() {
    return folder.resolve(name + KEYS);
  }

  boolean isDbInClear() throws IOException {
    try (InputStream in = Files.newInputStream(db())) {
      return Arrays.equals(in.readNBytes(IN_CLEAR.length), IN_CLEAR);
    }
  }

  void deleteDb() throws IOException {
    delete(DB);
  }

  void deleteNewDb() throws IOException {
    delete(NEW_DB);
  }

  /** A store, and what SQLite may have left beside it. */
  private void delete(String suffix) throws IOException {
    for (String file : List.of(suffix, suffix + "-wal", suffix + "-shm")) {
      Files.deleteIfExists(folder.resolve(name + file));
    }
  }

  /** The store that was made is the space's now, in the place of one that may have been there. On the disk when it returns. */
  void useNewDb() throws IOException {
    Files.move(newDb(), db(), StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.syncFolderOf(db());
  }
}
