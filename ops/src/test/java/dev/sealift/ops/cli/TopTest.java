package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sealift.ops.cli.CliHarness.Run;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.TwoDevices;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopTest {
  /** Port 9 (discard): nothing listens there. */
  private static final String NOBODY = "http://127.0.0.1:9";

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir
  Path folder;

  @Test
  void aRunningMeshShowsEveryFigureThatItHas() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "");
        TwoDevices devices =
            new TwoDevices(folder, mesh.url().orElseThrow(), "space", "notes", "text")) {
      devices.put("notes", "second", "text", "more");
      String url = http(mesh.url().orElseThrow());

      // The threads are looked at every quarter of a second: until then there is nothing to show of
      // them.
      Await.until(
          DEADLINE,
          () -> !top("--once", "--url", url).out().contains("loop lag p99         -"),
          () -> top("--once", "--url", url).out());
      Run table = top("--once", "--url", url);
      JsonObject process =
          top("--once", "--json", "--url", url).json().getJsonArray("processes").getJsonObject(0);

      assertThat(table.exitCode()).isZero();
      assertThat(table.out())
          .contains("GATEWAY", "MERGE-ENGINE", "STORAGE-ADAPTER", "put p99", "commit p50", "heap");
      assertThat(table.out().lines().filter(line -> line.matches("  \\S.*  -$")))
          .isEmpty();
      assertThat(process.getJsonArray("verticles")).hasSize(3);
      assertThat(process.getJsonObject("gateway").getDouble("connections")).isEqualTo(2);
      assertThat(process.getJsonObject("gateway").getDouble("put_p99_seconds")).isPositive();
      assertThat(process.getJsonObject("merge-engine").getDouble("files_admitted_per_second"))
          .isPositive();
      assertThat(process.getJsonObject("merge-engine").getDouble("shards_owned"))
          .isEqualTo(256);
      assertThat(process.getJsonObject("storage-adapter").getDouble("transaction_p50_seconds"))
          .isPositive();
    }
  }

  @Test
  void aProcessThatDoesNotAnswerIsSaidInOneSentence() {
    Run run = top("--once", "--json", "--url", NOBODY);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("mesh-unreachable");
    assertThat(run.json().getString("message")).contains(NOBODY, "no answer").doesNotContain("\n");
  }

  @Test
  void whatAnswersAndIsNoProcessOfAMeshIsSaidSo() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "<html>\u001b[2J</html>".getBytes(StandardCharsets.UTF_8);
    server.createContext("/metrics", exchange -> {
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    server.start();
    try {
      Run run = top("--once", "--url", "http://127.0.0.1:" + server.getAddress().getPort());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("shows no metrics").doesNotContain("\u001b", "<html>");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatIsNoAddressIsWrongUsage() {
    for (String url : List.of("127.0.0.1:7400", "ws://127.0.0.1:7400", "http://", "http:// x")) {
      assertThat(top("--once", "--url", url).exitCode()).as(url).isEqualTo(2);
    }
    assertThat(top("--interval-seconds", "0").exitCode()).isEqualTo(2);
  }

  private Run top(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "top";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return new CliHarness(folder).run(arguments);
  }

  private static String http(URI mesh) {
    return "http://" + mesh.getAuthority();
  }
}
