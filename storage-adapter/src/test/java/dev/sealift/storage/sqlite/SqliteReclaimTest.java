package dev.sealift.storage.sqlite;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.ReclaimContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteReclaimTest extends ReclaimContract {
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
  protected void age(long millis) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE device SET seen_at = seen_at - " + millis);
    }
  }

  @Override
  protected void markRestored(InstantSource clock) throws Exception {
    SqliteBackup.markRestored(file(), clock);
  }
}
