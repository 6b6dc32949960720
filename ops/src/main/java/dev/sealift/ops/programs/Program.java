package dev.sealift.ops.programs;

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
public final class Program {
  /** initdb takes seconds on a loaded machine; nothing here takes a minute. */
  private static final long LONGEST_SECONDS = 120;

  /** Where Debian keeps what root uses, which is not on everybody's PATH. */
  private static final String SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin";

  private Program() {}

  /** How a program that may fail ended, and all that it printed. */
  public record Answer(int exitCode, String output) {}

  /** Runs one program and answers with what it printed; its failure is this call's. */
  public static String run(List<String> command) throws ProgramException, InterruptedException {
    Answer answer = ask(command);
    if (answer.exitCode() != 0) {
      throw failed(
          command,
          "ended with %d: %s".formatted(answer.exitCode(), answer.output().strip()));
    }
    return answer.output();
  }

  public static String run(String... command) throws ProgramException, InterruptedException {
    return run(Arrays.asList(command));
  }

  /** Runs one program whose failure is an answer too. */
  public static Answer ask(List<String> command) throws ProgramException, InterruptedException {
    try {
      Path said = Files.createTempFile("sealift-program", ".out");
      try {
        return ask(command, said.toFile());
      } finally {
        Files.delete(said);
      }
    } catch (IOException e) {
      throw ProgramException.failed(
          "The program %s could not be run: %s.".formatted(command.get(0), e.getMessage()));
    }
  }

  private static Answer ask(List<String> command, File said)
      throws IOException, ProgramException, InterruptedException {
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
    return new Answer(process.exitValue(), Files.readString(said.toPath(), StandardCharsets.UTF_8));
  }

  private static ProgramException failed(List<String> command, String how) {
    return ProgramException.failed("%s %s".formatted(String.join(" ", command), how));
  }

  /** Where a program is. */
  public static Optional<Path> find(String program) {
    String folders = System.getenv("PATH") + ":" + SYSTEM_FOLDERS;
    return Arrays.stream(folders.split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
