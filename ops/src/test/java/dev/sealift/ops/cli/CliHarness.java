package dev.sealift.ops.cli;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs commands in this JVM, as a person whose home is a folder of the test. */
public final class CliHarness {
  private final Path userHome;

  /** What a command said and how it ended. */
  public record Run(int exitCode, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }

    /** The last line of standard output as an object. */
    public JsonObject json() {
      return new JsonObject(lines().get(lines().size() - 1));
    }
  }

  public CliHarness(Path userHome) {
    this.userHome = userHome;
  }

  public Run run(String... arguments) {
    return runIn(Map.of(), arguments);
  }

  public Run runIn(Map<String, String> environment, String... arguments) {
    return run(environment, new byte[0], arguments);
  }

  /** With these bytes on standard input. */
  public Run runWith(byte[] input, String... arguments) {
    return run(Map.of(), input, arguments);
  }

  private Run run(Map<String, String> environment, byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = new Cli(new Surroundings(
            environment,
            userHome,
            new ByteArrayInputStream(input),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false))
        .run(arguments);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
