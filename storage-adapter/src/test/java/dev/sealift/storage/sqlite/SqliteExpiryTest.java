package dev.sealift.storage.sqlite;

import dev.sealift.storage.ExpiryContract;
import dev.sealift.storage.FileStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteExpiryTest extends ExpiryContract {
  @TempDir
  Path directory;

  private Path file() {
    return directory.resolve("store.db");
  }

  @Override
  protected FileStore open() throws Exception {
    return SqliteFileStore.open(
        file(), SqliteOptions.defaults(), InstantSource.system(), new SimpleMeterRegistry());
  }

  @Override
  protected void markRestored(InstantSource clock) throws Exception {
    SqliteBackup.markRestored(file(), clock);
  }
}
