package dev.sealift.ops.chaos.bed;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process of the run that is started again when it ends: what systemd or Kubernetes would be to it. All that it says goes to its log. For
 * one thread.
 */
final class Supervised {
  /** A process that ends at once must not be started in a tight loop. */
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

  private final Node node;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Predicate<String> readyLine;
  private volatile boolean wanted;
  private long startedAtNanos;
  private @Nullable Process process;
  private volatile boolean ready;

  /**
   * Describes it, and starts nothing.
   *
   * @param readyLine whether a line that it says means that it can take work
   */
  Supervised(
      Node node,
      List<String> command,
      Map<String, String> environment,
      Path log,
      Predicate<String> readyLine) {
    this.node = node;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
    this.readyLine = readyLine;
  }

  Node node() {
    return node;
  }

  void start() throws ChaosFailedException {
    wanted = true;
    if (!runs()) {
      startNow();
    }
  }

  private void startNow() throws ChaosFailedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Leftovers.removeClockMemory(List.of(Long.toString(pid())));
    ready = false;
    startedAtNanos = System.nanoTime();
    try {
      Process started = builder.start();
      process = started;
      Thread reader = new Thread(() -> read(started), "sealift-chaos-log-" + node.name());
      reader.setDaemon(true);
      reader.start();
    } catch (IOException e) {
      throw ChaosFailedException.failed(
          "%s could not be started: %s.".formatted(node, e.getMessage()));
    }
  }

  private void read(Process started) {
    try (BufferedReader output = new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        BufferedWriter to =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        to.write(line);
        to.newLine();
        to.flush();
        if (readyLine.test(line)) {
          ready = true;
        }
      }
    } catch (IOException e) {
      // It was killed in the middle of a line.
    }
  }

  /** From now on it is not started again when it ends. */
  void expectEnd() {
    wanted = false;
  }

  boolean runs() {
    return process != null && process.isAlive();
  }

  boolean isReady() {
    return runs() && ready;
  }

  /** Whether it could take work sometime since it was started last. */
  boolean hasBeenReady() {
    return ready;
  }

  boolean awaitEnd(Duration deadline) throws InterruptedException {
    return process == null || process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  long pid() {
    return process == null ? 0 : process.pid();
  }

  /** Starts it again if it has ended by itself; answers whether it had. */
  boolean restartIfEnded() throws ChaosFailedException {
    boolean due = wanted && !runs() && System.nanoTime() - startedAtNanos > SHORTEST_LIFE.toNanos();
    if (due) {
      startNow();
    }
    return due;
  }

  /** How it ended last. */
  int exitCode() {
    return process == null || process.isAlive() ? 0 : process.exitValue();
  }
}
