package dev.sealift.ops.support;

import dev.sealift.ops.jvm.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A JVM of its own with this one's class path: what it prints is collected, and it can be killed at any instruction. */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private ChildJvm(Process process) {
    this.process = process;
    this.reader = new Thread(this::readAll, "child-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts quickly, and never gets fast: for tests that start many. */
  public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    return start(List.of("-XX:TieredStopAtLevel=1"), main, arguments);
  }

  /** Any program, of which a JVM that is not this one may be one. */
  public static ChildJvm run(List<String> command) throws IOException {
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Starts as the program starts its own JVMs, with these flags and 512 MiB of heap. */
  public static ChildJvm start(List<String> flags, Class<?> main, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-Xmx512m"));
    all.addAll(flags);
    return run(JavaCommand.of(main, all, arguments));
  }

  private void readAll() {
    try (BufferedReader output = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything printed so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** The first line of this kind, which must come in time. */
  public String awaitLine(Predicate<String> kind, Duration deadline) {
    Await.until(
        deadline,
        () -> lines.stream().anyMatch(kind) || hasEnded(),
        () -> String.join("\n", lines));
    return lines.stream()
        .filter(kind)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("the child ended with:\n" + String.join("\n", lines)));
  }

  public boolean hasEnded() {
    return !process.isAlive() && !reader.isAlive();
  }

  /** SIGKILL: no handler runs, nothing is flushed. Returns when the process is gone and all that it printed is read. */
  public void kill() throws InterruptedException {
    process
        .toHandle()
        .destroyForcibly(); // Process.destroyForcibly would close the pipe before it is read out
    join();
  }

  /** SIGSTOP: it holds everything and does nothing, until {@link #resume} or the end. */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
        .start()
        .waitFor();
    if (exit != 0) {
      throw new IOException("the signal " + name + " could not be sent");
    }
  }

  /** SIGTERM, as a service manager does it. Answers with the exit code. */
  public int stop(Duration deadline) throws InterruptedException {
    process.toHandle().destroy(); // Process.destroy would close the pipe before it is read out
    return awaitExit(deadline);
  }

  /** Waits for an end of its own accord. */
  public int awaitExit(Duration deadline) throws InterruptedException {
    if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the child still runs; it said:\n" + String.join("\n", lines));
    }
    reader.join();
    return process.exitValue();
  }

  private void join() throws InterruptedException {
    process.waitFor();
    reader.join();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
