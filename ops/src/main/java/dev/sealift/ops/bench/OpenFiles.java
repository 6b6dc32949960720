package dev.sealift.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How many files and sockets a process may have open, which a JVM uses up to the hard limit. */
final class OpenFiles {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LINE = "Max open files";

  /** Jars, libraries, the other members and the store. */
  private static final int BESIDE = 1_000;

  private OpenFiles() {}

  /** Refuses what would fail in the middle. */
  static void requireFor(int connections) throws BenchFailedException {
    OptionalLong most = most();
    if (most.isPresent() && most.getAsLong() < connections + BESIDE) {
      throw BenchFailedException.notEquipped(
          "A process may have %d files open here, and %d connections need %d. Raise the limit (ulimit -Hn), or take fewer --connections."
              .formatted(most.getAsLong(), connections, connections + BESIDE));
    }
  }

  private static OptionalLong most() {
    try {
      return Files.readAllLines(LIMITS).stream()
          .filter(line -> line.startsWith(LINE))
          .map(line -> line.substring(LINE.length()).strip().split("\\s+"))
          .filter(columns -> columns.length > 1 && columns[1].matches("\\d+"))
          .mapToLong(columns -> Long.parseLong(columns[1]))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty(); // another system than Linux: it says so when it is too many
    }
  }
}
