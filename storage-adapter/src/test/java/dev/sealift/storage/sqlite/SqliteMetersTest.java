package dev.sealift.storage.sqlite;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreMetersContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class SqliteMetersTest extends StoreMetersContract {
  @TempDir
  Path directory;

  @Override
  protected FileStore open(SimpleMeterRegistry meters) throws Exception {
    return SqliteFileStore.open(
        directory.resolve("store.db"), SqliteOptions.defaults(), InstantSource.system(), meters);
  }

  @Override
  protected Set<String> ownNames() {
    return Set.of("sealift.storage.checkpoint");
  }

  @Override
  protected List<String> reasons() {
    return List.of("disk_full", "input_output", "damaged", "locked", "constraint", "other");
  }
}
