package dev.sealift.storage.sqlite;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.FileStoreContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileStoreTest extends FileStoreContract {
  @TempDir
  Path directory;

  @Override
  protected FileStore open() throws Exception {
    return SqliteFileStore.open(
        directory.resolve("store.db"),
        SqliteOptions.defaults(),
        InstantSource.system(),
        new SimpleMeterRegistry());
  }

  @Override
  protected void markRestored(InstantSource clock) throws Exception {
    SqliteBackup.markRestored(directory.resolve("store.db"), clock);
  }
}
