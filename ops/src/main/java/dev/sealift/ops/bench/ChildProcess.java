package dev.sealift.ops.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with this one's class path, which says things line by line and answers questions ({@link Answering}). It ends when it
 * is closed, or when this process is gone. Used by one thread.
 */
final class ChildProcess implements AutoCloseable {
  private static final long ANSWER_SECONDS = 60;
  private static final long END_SECONDS = 20;

  /** What the launcher's jar says in its manifest, which a JVM that is started by class name does not read. */
  private static final List<String> MODULE_FLAGS = List.of(
      "--enable-native-access=ALL-UNNAMED",
      "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  /** What a JVM itself has to say goes to standard error: standard output is for answers. */
  private static final List<String> QUIET_FLAGS =
      List.of("-Xlog:disable", "-Xlog:all=error:stderr");

  private static final int UNSAFE_NOTICE_SINCE = 24;

  private final Process process;
  private final PrintWriter questions;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Thread reader;

  private ChildProcess(Process process) {
    this.process = process;
    this.questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.reader = new Thread(this::readAll, "sealift-bench-child");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one with 512 MiB of heap.
   *
   * @param recording where it writes a flight recording when it ends; empty for none
   */
  static ChildProcess start(
      Class<?> main, Optional<Path> recording, List<String> flags, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(QUIET_FLAGS);
    command.addAll(MODULE_FLAGS);
    if (Runtime.version().feature() >= UNSAFE_NOTICE_SINCE) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    recording.ifPresent(file -> command.addAll(Recording.flags(file)));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return new ChildProcess(new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start());
  }

  private void readAll() {
    try (BufferedReader output = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // The process is gone: whoever waits for a line is told so.
    }
    lines.add("");
  }

  /** The next line that it prints. */
  String line(long seconds) throws BenchFailedException, InterruptedException {
    String line = lines.poll(seconds, TimeUnit.SECONDS);
    if (line == null) {
      throw new BenchFailedException("A part of the benchmark did not get done within " + seconds
          + " seconds. Try with fewer rows.");
    }
    if (line.isEmpty()) {
      throw new BenchFailedException(
          "A part of the benchmark ended too early; what it had to say stands above.");
    }
    return line;
  }

  /** Asks, and answers with the next line. */
  String ask(String question) throws BenchFailedException, InterruptedException {
    questions.println(question);
    return line(ANSWER_SECONDS);
  }

  /** Ends it in good order, so that a recording is written, or else by force. */
  @Override
  public void close() throws InterruptedException {
    questions.close();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    reader.join();
  }
}
