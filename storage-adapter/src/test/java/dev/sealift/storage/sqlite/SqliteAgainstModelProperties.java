package dev.sealift.storage.sqlite;

import dev.sealift.storage.AgainstModelProperties;
import dev.sealift.storage.FileStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

class SqliteAgainstModelProperties extends AgainstModelProperties {
  private final Path directory;

  SqliteAgainstModelProperties() throws IOException {
    directory = Files.createTempDirectory("sealift-store");
  }

  @Override
  protected FileStore open() throws Exception {
    return SqliteFileStore.open(
        directory.resolve("store.db"),
        SqliteOptions.defaults(),
        InstantSource.system(),
        new SimpleMeterRegistry());
  }

  @Override
  protected void remove() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }
}
