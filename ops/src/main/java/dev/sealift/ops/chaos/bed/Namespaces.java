package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Network namespaces by name: which processes live in them, and how they go. */
final class Namespaces {
  private static final Path FOLDER = Path.of("/run/netns");

  private Namespaces() {}

  /** The namespaces of all runs, this one's and those that were left behind. */
  static List<String> ofRuns() {
    if (!Files.isDirectory(FOLDER)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> RunId.in(name).isPresent())
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  static List<String> of(RunId run) {
    return ofRuns().stream()
        .filter(name -> RunId.in(name).equals(Optional.of(run)))
        .toList();
  }

  static List<String> pids(String namespace) throws InterruptedException {
    try {
      return Shell.run("ip", "netns", "pids", namespace)
          .lines()
          .map(String::strip)
          .toList();
    } catch (ChaosFailedException e) {
      return List.of(); // it is gone, and so are they
    }
  }

  static void signal(String namespace, String signal) throws InterruptedException {
    List<String> pids = pids(namespace);
    if (!pids.isEmpty()) {
      String kill = "kill -s " + signal + " " + String.join(" ", pids); // the shell's own
      Shell.runAnyway("sh", "-c", kill); // one may have ended meanwhile
    }
  }

  static void delete(String namespace) throws InterruptedException {
    Shell.runAnyway("ip", "netns", "del", namespace);
  }
}
