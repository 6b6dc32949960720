package dev.sealift.ops.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs programs in Node.js: in the folder of the conformance client, unless another is named. */
public final class Node {
  static final int OLDEST = 20;

  private static final Path CLIENT = Path.of("conformance").toAbsolutePath();
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*");

  private final Path folder;
  private final Map<String, String> environment;
  private final Path outputs;

  /** What a program said and how it ended. */
  public record Run(int exitCode, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }

    String lastLine() {
      return lines().isEmpty() ? "" : lines().get(lines().size() - 1);
    }
  }

  Node(Path outputs) {
    this(CLIENT, Map.of(), outputs);
  }

  /**
   * Programs of a folder.
   *
   * @param environment added to this process's own
   * @param outputs where to keep what programs say
   */
  public Node(Path folder, Map<String, String> environment, Path outputs) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    this.outputs = outputs;
  }

  /** Without Node.js these tests prove nothing, so its absence is a failure and says what to do. */
  public void mustBeThere() throws IOException, InterruptedException {
    String version = version();
    Matcher major = VERSION.matcher(version);
    if (!major.matches() || Integer.parseInt(major.group(1)) < OLDEST) {
      throw new AssertionError("Node.js " + OLDEST
          + " or newer is needed on the PATH for this test; found "
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

  public Run run(Duration deadline, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(outputs, "node", ".out");
    Path err = Files.createTempFile(outputs, "node", ".err");
    ProcessBuilder builder = new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out.toFile())
        .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
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
