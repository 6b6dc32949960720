package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.ops.cli.CliHarness.Run;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.mesh.MeshOptions.Endpoint;
import dev.sealift.ops.mesh.MeshOptions.WatchOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.Role;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.TwoDevices;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionCommandTest {
  private static final String NOWHERE = "00".repeat(32);

  /** Port 9 (discard): nothing listens there. */
  private static final String NOBODY = "http://127.0.0.1:9";

  @TempDir
  Path folder;

  private MeshOptions options(CompactorPolicy policy) {
    return MeshOptions.whole(data(), 0).withCompaction(policy);
  }

  private Path data() {
    return folder.resolve("mesh");
  }

  private static String http(MeshProcess mesh) {
    return mesh.url().map(URI::toString).orElseThrow().replace("ws://", "http://");
  }

  private Run ask(String url, String space, String... more) {
    String[] all = {"compaction", "--data", data().toString(), "--url", url, "--space", space};
    String[] arguments = java.util.stream.Stream.of(all, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
    return new CliHarness(folder).run(arguments);
  }

  private static void assertRefused(Run run, int exitCode, String code) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.json().getString("error")).isEqualTo(code);
    assertThat(run.json().getString("message")).matches(".*[.?]").doesNotContain("\n");
  }

  @Test
  void aSpaceOfARunningMeshIsShown() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(options(CompactorPolicy.usual()), "");
        TwoDevices devices =
            new TwoDevices(folder, mesh.url().orElseThrow(), "space", "notes", "text")) {
      String space = devices.founded().status().space().orElseThrow();

      Run shown = ask(http(mesh), space);
      JsonObject told = ask(http(mesh), space, "--json").json();

      assertThat(shown.exitCode()).as(shown.err()).isZero();
      assertThat(shown.out())
          .contains(space.substring(0, 8), "250 lower", "1000 upper", "no compaction stands")
          .doesNotContain(space)
          .containsPattern("0 \\(events\\) +\\d+ +");
      assertThat(told.getLong("files")).isGreaterThan(3);
      assertThat(told.getLong("liveEvents")).isPositive();
      assertThat(told.getJsonArray("devices")).hasSize(2);
      assertThat(told.getJsonArray("compactions")).isEmpty();
    }
  }

  @Test
  void aSpaceThatIsNotThereAndTextThatIsNoSpaceAreRefused() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(options(CompactorPolicy.usual()), "")) {
      assertRefused(ask(http(mesh), NOWHERE, "--json"), 1, "unknown-space");
      assertRefused(ask(http(mesh), "household", "--json"), 2, "wrong-usage");
    }
  }

  @Test
  void aMeshThatTakesNoCompactionsSaysSo() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(options(CompactorPolicy.off()), "")) {
      assertRefused(ask(http(mesh), NOWHERE, "--json"), 1, "compactions-off");
    }
  }

  @Test
  void aMeshWithoutACompactorSaysSo() throws Exception {
    Set<Role> roles = EnumSet.complementOf(EnumSet.of(Role.COMPACTOR));
    MeshOptions all = options(CompactorPolicy.usual());
    MeshOptions without = new MeshOptions(
        roles,
        all.gateway(),
        all.files(),
        all.policy(),
        all.compaction(),
        all.cluster(),
        all.watched());
    try (MeshProcess mesh = MeshProcess.start(without, "")) {
      assertRefused(ask(http(mesh), NOWHERE, "--json"), 1, "no-compactor");
    }
  }

  @Test
  void withoutTheSecretNothingIsToldAndItsFileIsItsOwnersAlone() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(options(CompactorPolicy.usual()), "")) {
      Path other = folder.resolve("other");
      MeshProcess.start(MeshOptions.whole(other, 0), "").close();
      String secret = other.resolve("operator.secret").toString();
      Path own = data().resolve("operator.secret");

      assertRefused(
          ask(http(mesh), NOWHERE, "--json", "--operator-secret", secret),
          1,
          "operator-secret-wrong");
      assertRefused(
          ask(http(mesh), NOWHERE, "--json", "--operator-secret", folder + "/none"),
          1,
          "operator-secret-missing");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
          .isEqualTo("rw-------");
      Files.writeString(own, "something else");
      assertRefused(ask(http(mesh), NOWHERE, "--json"), 1, "operator-secret-malformed");
    }
  }

  @Test
  void theSecretOutlivesTheProcess() throws Exception {
    MeshProcess.start(options(CompactorPolicy.off()), "").close();
    String secret = Files.readString(data().resolve("operator.secret"));
    MeshProcess.start(options(CompactorPolicy.off()), "").close();
    assertThat(data().resolve("operator.secret")).hasContent(secret);
  }

  @Test
  void aMeshThatIsNotThereAndOneThatIsElsewhereInPlainTextAreRefused() throws Exception {
    MeshProcess.start(options(CompactorPolicy.usual()), "").close();
    assertRefused(ask(NOBODY, NOWHERE, "--json"), 1, "mesh-unreachable");
    assertRefused(ask("http://192.0.2.1:7400", NOWHERE, "--json"), 2, "wrong-usage");
    assertRefused(ask("ws://127.0.0.1:7400", NOWHERE, "--json"), 2, "wrong-usage");
  }

  @Test
  void anAnswerThatDoesNotEndIsNotReadToTheEnd() throws Exception {
    MeshProcess.start(options(CompactorPolicy.usual()), "").close();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/operator/compaction", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try (exchange) {
        while (true) {
          exchange.getResponseBody().write(new byte[1 << 16]); // until the other end has gone
        }
      }
    });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      assertRefused(ask(url, NOWHERE, "--json"), 1, "mesh-unreachable");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aProcessWithoutAGatewayAnswersOperatorsToo() throws Exception {
    int port = FreePort.next();
    ClusterOptions alone =
        new ClusterOptions(List.of(), "127.0.0.1", Optional.of(0), 0, Optional.empty(), false);
    MeshOptions inside = MeshOptions.member(
            EnumSet.complementOf(EnumSet.of(Role.GATEWAY)), data(), alone)
        .withCompaction(CompactorPolicy.usual());
    MeshOptions watched = new MeshOptions(
        inside.roles(),
        inside.gateway(),
        inside.files(),
        inside.policy(),
        inside.compaction(),
        inside.cluster(),
        new WatchOptions(Optional.of(new Endpoint("127.0.0.1", port)), Optional.empty()));
    try (MeshProcess mesh = MeshProcess.start(watched, "")) {
      assertThat(mesh.url()).isEmpty();
      assertRefused(ask("http://127.0.0.1:" + port, NOWHERE, "--json"), 1, "unknown-space");
    }
  }

  @Test
  void whatAnswersAndIsNoMeshIsSaidSo() throws Exception {
    MeshProcess.start(options(CompactorPolicy.usual()), "").close();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "<html>\u001b[2J</html>".getBytes(StandardCharsets.UTF_8);
    server.createContext("/operator/compaction", exchange -> {
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      assertRefused(ask(url, NOWHERE, "--json"), 1, "not-understood");
      server.removeContext("/operator/compaction");
      assertRefused(ask(url, NOWHERE, "--json"), 1, "not-served");
    } finally {
      server.stop(0);
    }
  }
}
