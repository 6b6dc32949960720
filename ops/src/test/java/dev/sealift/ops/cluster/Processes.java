package dev.sealift.ops.cluster;

import dev.sealift.ops.Main;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The processes of a mesh, each a JVM of its own, on one data folder. What is left of them is killed at the end. */
final class Processes implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(90);

  private final Path data;
  private final List<String> options;
  private final int gatewayPort = FreePort.next();
  private final Map<ChildJvm, Integer> ports = new LinkedHashMap<>();

  /** @param options that each of them gets */
  Processes(Path data, String... options) throws IOException {
    this.data = data;
    this.options = List.of(options);
  }

  /** Where devices connect, whichever process is the gateway. */
  URI mesh() {
    return URI.create("ws://127.0.0.1:" + gatewayPort);
  }

  ChildJvm start(String roles) throws IOException {
    return start(Main.class, List.of("up", "--json"), roles);
  }

  /** @param before the arguments before the usual ones */
  ChildJvm start(Class<?> main, List<String> before, String roles) throws IOException {
    List<String> arguments = new ArrayList<>(before);
    arguments.addAll(List.of("--roles", roles, "--data", data.toString()));
    arguments.addAll(List.of("--port", String.valueOf(gatewayPort)));
    int port = FreePort.next();
    arguments.addAll(List.of("--cluster-port", String.valueOf(port)));
    arguments.addAll(List.of("--join", running()));
    arguments.addAll(options);
    ChildJvm process = ChildJvm.start(main, arguments.toArray(String[]::new));
    ports.put(process, port);
    return process;
  }

  /** As a name server would tell: whoever joins one that is gone would found a cluster of its own. */
  private String running() {
    return ports.entrySet().stream()
        .filter(process -> !process.getKey().hasEnded())
        .map(process -> "127.0.0.1:" + process.getValue())
        .collect(Collectors.joining(","));
  }

  /** What a process says first on standard output. */
  static JsonObject event(ChildJvm process) {
    return new JsonObject(process.awaitLine(line -> line.startsWith("{"), DEADLINE));
  }

  static ChildJvm awaitUp(ChildJvm process) {
    JsonObject event = event(process);
    if (!"up".equals(event.getString("event"))) {
      throw new AssertionError("the process did not start: " + event);
    }
    return process;
  }

  @Override
  public void close() throws InterruptedException {
    for (ChildJvm process : ports.keySet()) {
      process.close();
    }
  }
}
