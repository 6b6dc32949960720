package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.mesh.MeshOptions.Endpoint;
import dev.sealift.ops.mesh.MeshOptions.FileOptions;
import dev.sealift.ops.mesh.MeshOptions.GatewayOptions;
import dev.sealift.ops.mesh.MeshOptions.WatchOptions;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.TcpTap;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshProcessTest {
  @TempDir
  Path folder;

  @Test
  void aWholeMeshStartsOnAFreePortAndAnswersProbes() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(MeshOptions.whole(folder, 0), "1.2.3")) {
      URI url = mesh.url().orElseThrow();

      assertThat(url.getScheme()).isEqualTo("ws");
      assertThat(url.getPort()).isPositive();
      assertThat(get(url.getPort(), "/livez").statusCode()).isEqualTo(200);
      assertThat(get(url.getPort(), "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(url.getPort(), "/version").body()).contains("1.2.3");
      assertThat(get(url.getPort(), "/metrics").body())
          .contains("sealift_gateway_", "sealift_storage_", "jvm_memory_used_bytes");
    }
  }

  @Test
  void theNotaryKeyOutlivesTheProcess() throws Exception {
    MeshProcess.start(MeshOptions.whole(folder, 0), "").close();
    String key = Files.readString(folder.resolve("notary.key"));

    MeshProcess.start(MeshOptions.whole(folder, 0), "").close();

    assertThat(folder.resolve("notary.key")).hasContent(key);
  }

  @Test
  void aPortThatIsTakenIsRefusedInOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      MeshStartException refusal = refusal(MeshOptions.whole(folder, taken.getLocalPort()));

      assertThat(refusal.code()).isEqualTo("port-in-use");
      assertThat(refusal.getMessage())
          .contains(String.valueOf(taken.getLocalPort()))
          .doesNotContain("\n");
    }
  }

  @Test
  void aProcessThatFailedToStartHoldsNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      refusal(MeshOptions.whole(folder, taken.getLocalPort()));
    }

    MeshProcess.start(MeshOptions.whole(folder, 0), "").close();
  }

  @Test
  void aDataFolderInUseIsRefused() throws Exception {
    try (MeshProcess first = MeshProcess.start(MeshOptions.whole(folder, 0), "")) {
      assertThat(refusal(MeshOptions.whole(folder, 0)).code()).isEqualTo("store-in-use");
      assertThat(get(first.url().orElseThrow().getPort(), "/readyz").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aDataFolderThatCannotBeMadeIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThat(refusal(MeshOptions.whole(file.resolve("data"), 0)).code())
        .isEqualTo("data-folder-unusable");
  }

  @Test
  void aStoreThatIsNoneIsRefused() throws Exception {
    Files.writeString(
        folder.resolve("store.db"), "no database at all, but long enough to look at".repeat(100));

    assertThat(refusal(MeshOptions.whole(folder, 0)).code()).startsWith("store-");
  }

  @Test
  void plaintextBeyondLoopbackNeedsAWord() throws Exception {
    Configuration settings =
        settings(Map.of(Setting.GATEWAY_HOST, "0.0.0.0", Setting.GATEWAY_PORT, "0"));

    assertThat(refusal(MeshOptions.of(settings)).code()).isEqualTo("plaintext-beyond-loopback");
  }

  @Test
  void theDoorIsAsWideAsItsSettingSays() throws Exception {
    Configuration settings =
        settings(Map.of(Setting.GATEWAY_PORT, "0", Setting.GATEWAY_MAX_CONNECTIONS, "7"));

    try (MeshProcess mesh = MeshProcess.start(MeshOptions.of(settings), "")) {
      assertThat(get(mesh.url().orElseThrow().getPort(), "/metrics").body())
          .contains("sealift_gateway_connections_max 7.0");
    }
  }

  @Test
  void anUnknownRoleIsRefusedByName() throws Exception {
    MeshStartException refusal = catchThrowableOfType(
        MeshStartException.class,
        () -> MeshOptions.of(settings(Map.of(Setting.MESH_ROLES, "gateway,mergeengine"))));

    assertThat(refusal.code()).isEqualTo("bad-setting");
    assertThat(refusal)
        .hasMessage(
            "--roles names the role 'mergeengine'; the roles are gateway, merge-engine, storage-adapter, compactor.");
  }

  @Test
  void halfOfTlsIsRefused() throws Exception {
    MeshStartException refusal = catchThrowableOfType(
        MeshStartException.class,
        () -> MeshOptions.of(settings(Map.of(Setting.GATEWAY_TLS_CERT, "cert.pem"))));

    assertThat(refusal.code()).isEqualTo("bad-setting");
  }

  @Test
  void aProcessFormsAClusterOnlyWhenItIsNotTheWholeMesh() throws Exception {
    assertThat(MeshOptions.of(settings(Map.of())).cluster()).isEmpty();
    assertThat(MeshOptions.of(settings(Map.of(Setting.MESH_ROLES, "gateway"))).cluster())
        .isPresent();
    assertThat(MeshOptions.of(settings(Map.of(Setting.CLUSTER_JOIN, "a, b:1")))
            .cluster()
            .orElseThrow()
            .join())
        .containsExactly("a", "b:1");
  }

  @Test
  void aMeshIsWholeWithoutACompactor() throws Exception {
    String three = "gateway,merge-engine,storage-adapter";
    assertThat(MeshOptions.of(settings(Map.of(Setting.MESH_ROLES, three))).cluster())
        .isEmpty();
    assertThat(MeshOptions.of(settings(Map.of(Setting.MESH_ROLES, "compactor"))).cluster())
        .isPresent();
  }

  @Test
  void spacesAreCompactedUnlessTheOperatorSaysOtherwise() throws Exception {
    MeshOptions usual = MeshOptions.of(settings(Map.of()));
    assertThat(usual.compaction()).isEqualTo(CompactorPolicy.usual());
    MeshOptions off = MeshOptions.of(settings(Map.of(Setting.MESH_COMPACTIONS, "false")));
    assertThat(off.compaction()).isEqualTo(CompactorPolicy.off());
    assertThat(off.policy()).isEqualTo(off.withCompaction(CompactorPolicy.off()).policy());
    MeshOptions on = MeshOptions.of(settings(Map.of(
        Setting.COMPACTION_FIRST_SYNC_SECONDS,
        "30",
        Setting.COMPACTION_MOST_LIVE_FILES,
        "300",
        Setting.COMPACTION_LOWER_SHARE,
        "0.5",
        Setting.RECLAIM_GRACE_HOURS,
        "2",
        Setting.RECLAIM_SEEN_DAYS,
        "7")));
    assertThat(on.compaction())
        .isEqualTo(new CompactorPolicy(
            true, Duration.ofSeconds(30), 300, 0.5, Duration.ofDays(7), Duration.ofHours(2)));
    assertThat(on.policy()).isEqualTo(off.policy().withCompactions());
  }

  @Test
  void anythingMayGoAtOnceWhereTheOperatorSaysSo() throws Exception {
    MeshOptions options = MeshOptions.of(settings(Map.of(Setting.RECLAIM_GRACE_HOURS, "0")));
    assertThat(options.compaction().grace()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "COMPACTION_LOWER_SHARE, 0",
    "COMPACTION_MOST_LIVE_FILES, 63",
    "COMPACTION_MOST_LIVE_FILES, 20001"
  })
  void thresholdsThatCannotBeAreRefused(Setting setting, String text) {
    MeshStartException refusal = catchThrowableOfType(
        MeshStartException.class, () -> MeshOptions.of(settings(Map.of(setting, text))));
    assertThat(refusal.code()).isEqualTo("bad-setting");
    assertThat(refusal).hasMessageStartingWith(setting.option() + " must be ");
  }

  @Test
  void aCompactorIsAMemberLikeOthersAndNeedsNoNotaryKey() throws Exception {
    int port = FreePort.next();
    int probes = FreePort.next();
    try (MeshProcess store = MeshProcess.start(store("store", port, port, FreePort.next()), "");
        MeshProcess compactor = MeshProcess.start(compactor(port, probes), "")) {
      assertThat(get(probes, "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(probes, "/metrics").body())
          .contains("sealift_mesh_verticles{verticle=\"compactor\"} 1.0")
          .contains("sealift_mesh_verticles{verticle=\"storage-adapter\"} 1.0")
          .contains("sealift_compactor_due 0.0");
      assertThat(folder.resolve("compactor").resolve("notary.key")).doesNotExist();
      assertThat(store.url()).isEmpty();
      assertThat(compactor.url()).isEmpty();
    }
  }

  private MeshOptions compactor(int join, int probes) throws Exception {
    MeshOptions like = store("compactor", join, FreePort.next(), probes);
    return new MeshOptions(
        Set.of(Role.COMPACTOR),
        like.gateway(),
        like.files(),
        like.policy(),
        CompactorPolicy.usual(),
        like.cluster(),
        like.watched());
  }

  @Test
  void aProcessWithoutAGatewayAnswersProbesWhereItIsTold() throws Exception {
    int port = FreePort.next();
    MeshOptions store = store(FileOptions.in(folder), Optional.empty(), port);

    try (MeshProcess process = MeshProcess.start(store, "")) {
      assertThat(process.url()).isEmpty();
      assertThat(get(port, "/livez").statusCode()).isEqualTo(200);
      assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(port, "/metrics").body()).contains("jvm_memory_used_bytes");
      assertThat(get(port, "/else").statusCode()).isEqualTo(404);
      assertThat(folder.resolve("notary.key")).doesNotExist();
    }
  }

  /** A timer may come while the process closes, and whatever it asks for is closed before. */
  @Test
  void aLookThatComesDueOnceTheProcessClosesIsPassedOver() throws Exception {
    int port = FreePort.next();
    MeshProcess process = MeshProcess.start(store("alone", port, port, FreePort.next()), "");
    assertThatCode(process::lookAfterCluster).doesNotThrowAnyException();

    process.close();

    assertThatCode(process::lookAfterCluster).doesNotThrowAnyException();
  }

  @Test
  void ofTwoMeshesThatBecomeOneOneStoreTakesNoPart() throws Exception {
    List<Integer> probes = List.of(FreePort.next(), FreePort.next());
    int port = FreePort.next();
    try (TcpTap between = new TcpTap(port);
        MeshProcess first = MeshProcess.start(store("first", port, port, probes.get(0)), "")) {
      between.cut();
      int own = FreePort.next();
      try (MeshProcess second =
          MeshProcess.start(store("second", between.port(), own, probes.get(1)), "")) {
        for (int each : probes) {
          assertThat(get(each, "/readyz").statusCode()).isEqualTo(200);
        }

        between.mend();

        CompletableFuture.anyOf(first.misfit(), second.misfit()).get(90, TimeUnit.SECONDS);
        int out =
            first.misfit().isDone() ? 0 : 1; // the smaller cluster joins, or any of two equals
        assertThat(List.of(first, second).get(out).misfit().join().code())
            .isEqualTo("second-store");
        assertThat(List.of(first, second).get(1 - out).misfit()).isNotDone();
        assertThat(get(probes.get(out), "/readyz").statusCode()).isEqualTo(503);
        assertThat(get(probes.get(out), "/livez").statusCode()).isEqualTo(200);
        assertThat(get(probes.get(1 - out), "/readyz").statusCode()).isEqualTo(200);
      }
    }
  }

  private MeshOptions store(String name, int join, int port, int probes) {
    ClusterOptions cluster = new ClusterOptions(
        List.of("127.0.0.1:" + join), "127.0.0.1", Optional.of(port), 0, Optional.empty(), false);
    return store(FileOptions.in(folder.resolve(name)), Optional.of(cluster), probes);
  }

  private static MeshOptions store(
      FileOptions files, Optional<ClusterOptions> cluster, int probes) {
    return new MeshOptions(
        Set.of(Role.STORAGE_ADAPTER),
        GatewayOptions.loopback(0),
        files,
        SpacePolicy.open(),
        CompactorPolicy.off(),
        cluster,
        new WatchOptions(Optional.of(new Endpoint("127.0.0.1", probes)), Optional.empty()));
  }

  private Configuration settings(Map<Setting, String> options) throws Exception {
    return Configuration.of(
        options, Optional.empty(), Map.of("SEALIFT_MESH_DATA", folder.toString()), folder);
  }

  private static MeshStartException refusal(MeshOptions options) {
    return catchThrowableOfType(
        MeshStartException.class, () -> MeshProcess.start(options, "").close());
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
