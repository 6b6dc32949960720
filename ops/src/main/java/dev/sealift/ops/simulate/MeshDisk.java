package dev.sealift.ops.simulate;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.sqlite.SqliteBackup;
import dev.sealift.storage.sqlite.SqliteFileStore;
import dev.sealift.storage.sqlite.SqliteOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;

/** Where the mesh has its store, and the copy that its operator made of it. */
final class MeshDisk {
  private final Path store;
  private final Path copy;
  private final InstantSource clock;
  private long restored;

  MeshDisk(Path folder, Scheduler scheduler) {
    this.store = folder.resolve("mesh.db");
    this.copy = folder.resolve("mesh.copy");
    this.clock = () -> Instant.ofEpochMilli(scheduler.nowMillis());
  }

  FileStore open() {
    try {
      return SqliteFileStore.open(
          store, SqliteOptions.defaults().withReaders(1), clock, new SimpleMeterRegistry());
    } catch (StoreOpenException e) {
      throw new IllegalStateException("the mesh's store does not open", e);
    }
  }

  /** Copies the store as it is, in use or not; in the place of an earlier copy. */
  void backUp() {
    try {
      Files.deleteIfExists(copy);
      SqliteBackup.backUp(store, copy);
    } catch (StoreOpenException e) {
      throw new IllegalStateException("the mesh's store cannot be copied", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies the store, which nobody has open, as whoever has the disk can. */
  void copy(Path to) {
    try {
      Files.copy(store, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Exchanges the store, which nobody has open, for a {@link #copy}. */
  void exchange(Path other) {
    try {
      Files.copy(other, store, StandardCopyOption.REPLACE_EXISTING);
      for (String suffix : new String[] {"-wal", "-shm"}) {
        Files.deleteIfExists(store.resolveSibling(store.getFileName() + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isBackedUp() {
    return Files.exists(copy);
  }

  /** Exchanges the store, which nobody has open, for one that is made of the copy and says so. */
  void restore() {
    restored++;
    try {
      SqliteBackup.replace(copy, store, "lost" + restored, clock);
    } catch (StoreOpenException e) {
      throw new IllegalStateException("no store can be made of the copy", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
