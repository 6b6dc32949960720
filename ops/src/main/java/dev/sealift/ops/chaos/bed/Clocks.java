package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Wall clocks of single processes, by libfaketime: it asks a file every second how far off it is to be. Monotonic clocks stay true, as they
 * do when an operator or NTP sets a machine's time.
 */
public final class Clocks {
  private static final String TRUE = "+0";

  private final Optional<Path> library;
  private final Path folder;

  Clocks(Optional<Path> library, Path folder) {
    this.library = library;
    this.folder = folder;
  }

  /** What a process needs in its environment to have a clock of its own; nothing when it cannot have one. */
  Map<String, String> environment(Node node) throws ChaosFailedException {
    if (library.isEmpty()) {
      return Map.of();
    }
    write(node, TRUE);
    return Map.of(
        "LD_PRELOAD", library.get().toString(),
        "FAKETIME_TIMESTAMP_FILE", file(node).toString(),
        "FAKETIME_CACHE_DURATION", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        // Otherwise every Object.wait with a time-out returns at once (libfaketime 0.9.10, JDK 17).
        "FAKETIME_FORCE_MONOTONIC_FIX", "0");
  }

  /** Sets a node's clock off by so many seconds, ahead or behind. */
  public void skew(Node node, int seconds) throws ChaosFailedException {
    write(node, (seconds < 0 ? "" : "+") + seconds);
  }

  public void setRight(Node node) throws ChaosFailedException {
    write(node, TRUE);
  }

  private void write(Node node, String text) throws ChaosFailedException {
    try {
      Files.writeString(file(node), text + "\n");
    } catch (IOException e) {
      throw ChaosFailedException.failed("A clock could not be set: " + e.getMessage() + ".");
    }
  }

  private Path file(Node node) {
    return folder.resolve("clock-" + node.name());
  }
}
