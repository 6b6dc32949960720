package dev.sealift.ops.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs on this machine.
 *
 * @param folder where they are
 */
public record PostgresPrograms(Path folder) {
  /** Where Debian keeps them, a folder for each version. */
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

  /**
   * Looks for them; empty when they are not there.
   *
   * @param named where they are; empty for the newest that are installed
   */
  public static Optional<PostgresPrograms> find(Optional<Path> named) {
    return named
        .or(PostgresPrograms::newest)
        .filter(PostgresPrograms::holdsServer)
        .map(PostgresPrograms::new);
  }

  String program(String name) {
    return folder.resolve(name).toString();
  }

  private static boolean holdsServer(Path folder) {
    return Files.isExecutable(folder.resolve("postgres"))
        && Files.isExecutable(folder.resolve("initdb"));
  }

  private static Optional<Path> newest() {
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      Optional<Path> newest = versions
          .map(version -> version.resolve("bin"))
          .filter(PostgresPrograms::holdsServer)
          .max(Comparator.comparing(PostgresPrograms::version));
      return newest.or(PostgresPrograms::onPath);
    } catch (IOException e) {
      return onPath();
    }
  }

  private static Integer version(Path bin) {
    String digits = String.valueOf(bin.getParent().getFileName()).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Integer.valueOf(digits);
  }

  private static Optional<Path> onPath() {
    return Program.find("postgres").map(Path::getParent);
  }
}
