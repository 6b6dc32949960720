package dev.sealift.ops.bench;

import dev.sealift.ops.jvm.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
    List<String> all = new ArrayList<>(List.of("-Xmx512m"));
    recording.ifPresent(file -> all.addAll(Recording.flags(file)));
    all.addAll(flags);
    List<String> command = JavaCommand.of(main, all, arguments);
    return new ChildProcess(new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start());
  }

  long pid() {
    return process.pid();
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
