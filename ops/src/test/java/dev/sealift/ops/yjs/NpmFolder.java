package dev.sealift.ops.yjs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The test in Node.js with the packages that it asks for, whose versions and hashes its lock file fixes: npm brings them, once, into {@code target}. */
final class NpmFolder {
  private static final Path SOURCES = Path.of("src", "test", "yjs");
  private static final Path FOLDER = Path.of("target", "yjs").toAbsolutePath();
  private static final String LOCK = "package-lock.json";

  /** npm writes it last. */
  private static final Path INSTALLED = FOLDER.resolve("node_modules/.package-lock.json");

  private static final int FETCHING_SECONDS = 120;

  private NpmFolder() {}

  /** The folder. Without npm the test proves nothing, so its absence is a failure and says what to do. */
  static Path installed() throws IOException, InterruptedException {
    boolean there =
        Files.exists(INSTALLED) && Files.mismatch(SOURCES.resolve(LOCK), FOLDER.resolve(LOCK)) < 0;
    copySources();
    assertThat(there || install())
        .as(
            "npm must bring the packages of %s, once: it comes with Node.js and needs the network; see %s/npm.log",
            SOURCES.resolve(LOCK), FOLDER)
        .isTrue();
    return FOLDER;
  }

  private static void copySources() throws IOException {
    Files.createDirectories(FOLDER);
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        Files.copy(
            source,
            FOLDER.resolve(source.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static boolean install() throws InterruptedException {
    List<String> command =
        List.of("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
    try {
      Process npm = new ProcessBuilder(command)
          .directory(FOLDER.toFile())
          .redirectErrorStream(true)
          .redirectOutput(FOLDER.resolve("npm.log").toFile())
          .start();
      boolean ended = npm.waitFor(FETCHING_SECONDS, TimeUnit.SECONDS);
      npm.destroyForcibly();
      return ended && npm.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no npm
    }
  }
}
