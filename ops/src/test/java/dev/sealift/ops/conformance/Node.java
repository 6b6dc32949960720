package dev.sealift.ops.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs programs in Node.js, in the folder of the conformance client. */
final class Node {
  static final int OLDEST = 20;

  private static final Path CLIENT = Path.of("conformance").toAbsolutePath();
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*");

  private final Path outputs;

  /** What a program said and how it ended. */
  record Run(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }

    String lastLine() {
      return lines().isEmpty() ? "" : lines().get(lines().size() - 1);
    }
  }

  Node(Path outputs) {
    this.outputs = outputs;
  }

  /** Without Node.js these tests prove nothing, so its absence is a failure and says what to do. */
  void mustBeThere() throws IOException, InterruptedException {
    String version = version();
    Matcher major = VERSION.matcher(version);
    if (!major.matches() || Integer.parseInt(major.group(1)) < OLDEST) {
      throw new AssertionError("Node.js " + OLDEST
          + " or newer is needed on the PATH for the conformance tests; found "
          + (version.isEmpty() ? "none" : version)
          + ". See CONTRIBUTING.md.");
    }
  }

  private String version() throws InterruptedException {
    try {
      return run(Duration.ofSeconds(30), "--version").out().strip();
    } catch (IOException e) {
      return "";
    }
  }

  Run run(Duration deadline, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(outputs, "node", ".out");
    Path err = Files.createTempFile(outputs, "node", ".err");
    Process process = new ProcessBuilder(command)
        .directory(CLIENT.toFile())
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "node did not end within " + deadline + ":\n" + read(out) + read(err));
    }
    return new Run(process.exitValue(), read(out), read(err));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
