package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a run keeps everything: homes, notes, logs, the disk. */
final class RunFolder {
  private final Path path;
  private final RunId run;
  private final boolean keep;

  RunFolder(Path parent, RunId run, boolean keep) {
    this.run = run;
    this.path = parent.resolve(run.text());
    this.keep = keep;
  }

  RunId run() {
    return run;
  }

  Path make() throws ChaosFailedException {
    try {
      return Files.createDirectories(path).toAbsolutePath();
    } catch (IOException e) {
      throw ChaosFailedException.failed(
          "The folder %s cannot be made. Choose another --dir.".formatted(path));
    }
  }

  /** Deletes it, unless it is wanted: as asked for, or because what went wrong can be seen in it. Answers where it is if it is kept. */
  Optional<Path> end(boolean good) {
    if (keep || !good) {
      return Optional.of(path);
    }
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(path);
    }
  }
}
