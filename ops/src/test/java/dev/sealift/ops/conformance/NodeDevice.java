package dev.sealift.ops.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.conformance.Node.Run;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A device that runs in Node.js: each command is a process, as for a person at a shell. */
final class NodeDevice {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final Node node;
  private final Path home;
  private final String subprotocol;

  NodeDevice(Node node, Path home, String subprotocol) {
    this.node = node;
    this.home = home;
    this.subprotocol = subprotocol;
  }

  void join(String link, String... options) throws Exception {
    done("join", concat(link, options));
  }

  void sync(String... options) throws Exception {
    JsonObject status = json(done("sync", options));
    assertThat(status.getInteger("unsent")).isZero();
    assertThat(status.getInteger("unreadable")).isZero();
  }

  void put(String table, String key, String... cells) throws Exception {
    done("put", concat(table, concat(key, cells)));
  }

  void patch(String table, String key, String... cells) throws Exception {
    done("patch", concat(table, concat(key, cells)));
  }

  void delete(String table, String key) throws Exception {
    done("delete", table, key);
  }

  void declare(String table, String... columns) throws Exception {
    done("declare", concat(table, columns));
  }

  JsonObject row(String table, String key) throws Exception {
    return json(done("get", table, key));
  }

  long position() throws Exception {
    return json(done("status")).getLong("position");
  }

  String visibleDigest() throws Exception {
    return json(done("digest")).getString("visible");
  }

  String mergeDigest() throws Exception {
    return json(done("digest")).getString("merge");
  }

  Run run(String command, String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("sealift.mjs", command));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--home", home.toString(), "--subprotocol", subprotocol));
    return node.run(DEADLINE, all.toArray(String[]::new));
  }

  private Run done(String command, String... arguments) throws IOException, InterruptedException {
    Run run = run(command, arguments);
    assertThat(run.exitCode()).as("%s: %s", command, run.err()).isZero();
    return run;
  }

  private static JsonObject json(Run run) {
    return new JsonObject(run.lastLine());
  }

  private static String[] concat(String first, String... rest) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(Arrays.asList(rest));
    return all.toArray(String[]::new);
  }
}
