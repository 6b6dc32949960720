package dev.sealift.ops.chaos.device;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Supervisor;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.jvm.JavaCommand;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process with some of the run's devices, seen from the run. For one thread. */
final class Driver implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of("-Xmx768m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
  private static final long END_SECONDS = 60;

  private static final long ATTEND_MILLIS = 50;

  private final Node node;
  private final Supervisor supervisor;
  private final Process process;
  private final PrintWriter orders;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private Driver(Node node, Process process, Supervisor supervisor) {
    this.node = node;
    this.supervisor = supervisor;
    this.process = process;
    this.orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readAll, "sealift-chaos-driver-" + node.name());
    reader.setDaemon(true);
    reader.start();
  }

  static Driver start(Testbed bed, Node node, Path folder) throws ChaosFailedException {
    List<String> command = JavaCommand.of(
        DriverMain.class, FLAGS, folder.toString(), node.name(), bed.mesh().toString());
    try {
      return new Driver(
          node,
          new ProcessBuilder(bed.inside(node, command))
              .redirectError(bed.logs().resolve(node.name() + ".log").toFile())
              .start(),
          bed.supervisor());
    } catch (IOException e) {
      throw ChaosFailedException.failed(
          "The devices could not be started: " + e.getMessage() + ".");
    }
  }

  private void readAll() {
    try (BufferedReader output = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      // The process is gone: whoever waits for an answer is told so.
    }
    answers.add("");
  }

  /** Gives an order. Its answer is waited for by {@link #answer}. */
  void tell(JsonObject order) {
    orders.println(order.encode());
  }

  /** The answer to the oldest order that has none. */
  JsonObject answer(Duration deadline) throws ChaosFailedException, InterruptedException {
    String line = poll(deadline);
    if (line == null || line.isEmpty()) {
      throw ChaosFailedException.failed("%s %s; its log may say why."
          .formatted(node, line == null ? "does not answer" : "ended too early"));
    }
    JsonObject answer = new JsonObject(line);
    if (answer.containsKey("failed")) {
      throw ChaosFailedException.failed(node + " failed to " + answer.getString("failed"));
    }
    return answer;
  }

  /** The mesh is looked after while devices take their time. */
  private @Nullable String poll(Duration deadline)
      throws ChaosFailedException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    String line = null;
    while (line == null && System.nanoTime() < end) {
      supervisor.attend();
      line = answers.poll(ATTEND_MILLIS, TimeUnit.MILLISECONDS);
    }
    return line;
  }

  /** Lets it write down what is still open and end; answers what is wrong with how it did, so that its notes cannot be relied on. */
  Optional<String> end() throws InterruptedException {
    orders.close();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      return Optional.of("%s did not end within %d seconds".formatted(node, END_SECONDS));
    }
    return process.exitValue() == 0
        ? Optional.empty()
        : Optional.of("%s ended with %d".formatted(node, process.exitValue()));
  }

  /** As {@link #end}, after which it changes nothing: what is left of it is cleared away with the run. */
  @Override
  public void close() throws InterruptedException {
    var unused = end();
  }
}
