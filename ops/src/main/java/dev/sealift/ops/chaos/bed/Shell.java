package dev.sealift.ops.chaos.bed;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the system's own programs, shortly and with a bound. */
public final class Shell {
  /** initdb takes seconds on a loaded machine; nothing here takes a minute. */
  private static final long LONGEST_SECONDS = 120;

  /** Where Debian keeps what root uses, which is not on everybody's PATH. */
  private static final String SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";

  private Shell() {}

  /** Runs one program and answers with what it printed; its failure is this call's. */
  public static String run(List<String> command) throws ChaosFailedException, InterruptedException {
    try {
      Path said = Files.createTempFile("sealift-chaos", ".out");
      try {
        return run(command, said.toFile());
      } finally {
        Files.delete(said);
      }
    } catch (IOException e) {
      throw ChaosFailedException.failed(
          "The program %s could not be run: %s.".formatted(command.get(0), e.getMessage()));
    }
  }

  public static String run(String... command) throws ChaosFailedException, InterruptedException {
    return run(Arrays.asList(command));
  }

  private static String run(List<String> command, File said)
      throws IOException, ChaosFailedException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectOutput(said);
    builder.environment().put("PATH", System.getenv("PATH") + ":" + SYSTEM_FOLDERS);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw failed(command, "took longer than " + LONGEST_SECONDS + " seconds");
      }
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(said.toPath(), StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw failed(command, "ended with %d: %s".formatted(process.exitValue(), output.strip()));
    }
    return output;
  }

  private static ChaosFailedException failed(List<String> command, String how) {
    return ChaosFailedException.failed("%s %s".formatted(String.join(" ", command), how));
  }

  /** Runs one program whose failure makes no difference: what it should undo may be undone already. */
  static void runAnyway(String... command) throws InterruptedException {
    try {
      run(command);
    } catch (ChaosFailedException e) {
      // As said.
    }
  }

  /** Where a program is. */
  static Optional<Path> find(String program) {
    String folders = System.getenv("PATH") + ":" + SYSTEM_FOLDERS;
    return Arrays.stream(folders.split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
