package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that are one store together. SQLite finds the others by the name of the first, and replays what is in them into whatever has that name: so
 * they come, go and move together, under the {@link StoreLock}, which is none of them.
 */
record StoreFiles(Path database) {
  private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  static StoreFiles of(Path database) {
    return new StoreFiles(database);
  }

  /** Where a store is to be made must be none, nor anything of one. */
  void refuseAny() throws StoreOpenException {
    if (Files.exists(database)) {
      throw new StoreOpenException.Exists(database.toString());
    }
    refuseRemains();
  }

  /** SQLite would delete the log of acknowledged files, or replay it into a store that it is not of. */
  void refuseRemains() throws StoreOpenException {
    for (Path companion : companions()) {
      if (!Files.exists(database) && Files.exists(companion)) {
        throw new StoreOpenException.Remains(
            database.toString(), companion.getFileName().toString());
      }
    }
  }

  /** The database goes first: what is left if this ends half-way is refused by whoever comes. */
  void moveTo(Path folder) throws IOException {
    Files.createDirectory(folder);
    for (Path file : all()) {
      if (Files.exists(file)) {
        Files.move(file, folder.resolve(file.getFileName()));
      }
    }
  }

  void delete() throws IOException {
    for (Path file : all()) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> all() {
    return Stream.concat(Stream.of(database), companions().stream()).toList();
  }

  private List<Path> companions() {
    return COMPANIONS.stream()
        .map(suffix -> database.resolveSibling(database.getFileName() + suffix))
        .toList();
  }
}
