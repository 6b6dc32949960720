package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
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

  /** A store that is being made of a copy, until it gets this one's name. Left of one that was killed, it is worth nothing. */
  StoreFiles restoring() {
    return of(beside(".restoring"));
  }

  /** Where this store's files go when another is to have their place, until all are there. */
  private Path replacing() {
    return beside(".replacing");
  }

  /** Where a store is to be made must be none, nor anything of one. */
  void refuseAny() throws StoreOpenException {
    refuseDatabase();
    refuseRemains();
  }

  /** The same where it is to be made of a copy: what is left of another made so is made anew. */
  void refuseAnyButRestoring() throws StoreOpenException {
    refuseDatabase();
    refuseLeft(replacing());
    refuseCompanions();
  }

  /** To open what is left of a store would make an empty one in its place. */
  void refuseRemains() throws StoreOpenException {
    if (!Files.exists(database)) {
      refuseLeft(restoring().database());
      refuseLeft(replacing());
      refuseCompanions();
    }
  }

  private void refuseDatabase() throws StoreOpenException {
    if (Files.exists(database)) {
      throw new StoreOpenException.Exists(database.toString());
    }
  }

  private void refuseLeft(Path left) throws StoreOpenException {
    if (Files.exists(left)) {
      throw new StoreOpenException.HalfRestored(
          database.toString(), left.getFileName().toString());
    }
  }

  /** SQLite would delete the log of acknowledged files, or replay it into a store that it is not of. */
  private void refuseCompanions() throws StoreOpenException {
    for (Path companion : companions()) {
      if (Files.exists(companion)) {
        throw new StoreOpenException.Remains(
            database.toString(), companion.getFileName().toString());
      }
    }
  }

  /**
   * Moves away the store, or what is left of one, also after a move that was cut off. The database goes first, into a folder that keeps its present
   * name until another has its place ({@link #nameMoved}): until then what is left is refused by whoever opens it.
   */
  void moveAway() throws IOException {
    Files.createDirectories(replacing());
    for (Path file : all()) {
      if (Files.exists(file)) {
        Files.move(file, replacing().resolve(file.getFileName()));
      }
    }
  }

  /**
   * Gives what was moved away its lasting place.
   *
   * @param folder beside the store; must not be there
   * @return that folder; empty when nothing was moved, and then there is no folder
   */
  Optional<Path> nameMoved(Path folder) throws IOException {
    if (!Files.exists(replacing())) {
      return Optional.empty();
    }
    if (isEmpty(replacing())) {
      Files.delete(replacing());
      return Optional.empty();
    }
    return Optional.of(Files.move(replacing(), folder, StandardCopyOption.ATOMIC_MOVE));
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
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
    return COMPANIONS.stream().map(this::beside).toList();
  }

  private Path beside(String suffix) {
    return database.resolveSibling(database.getFileName() + suffix);
  }
}
