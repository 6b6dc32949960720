package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.mesh.MeshOptions.ClusterTls;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.TcpTap;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members in one JVM, with somebody listening on the line between them. */
class BusSecurityTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String SECRET = "what one verticle has to say to another";

  @TempDir
  Path folder;

  private final List<Vertx> members = new ArrayList<>();
  private final List<TcpTap> taps = new ArrayList<>();
  private final AtomicInteger answered = new AtomicInteger();
  private int firstPort;

  @AfterEach
  void close() throws Exception {
    for (Vertx member : members) {
      await(member.close());
    }
    for (TcpTap tap : taps) {
      tap.close();
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A member whose bus others reach through a tap, and which answers at its name. */
  private Vertx member(String name, Optional<ClusterTls> tls) throws Exception {
    int port = FreePort.next();
    int busPort = FreePort.next();
    List<String> join = firstPort == 0 ? List.of() : List.of("127.0.0.1:" + firstPort);
    firstPort = firstPort == 0 ? port : firstPort;
    ClusterOptions options =
        new ClusterOptions(join, "127.0.0.1", Optional.of(port), busPort, tls, false);
    Cluster cluster =
        new Cluster(options, Set.of(Role.GATEWAY), false, Optional.empty(), MeshVersions.SPOKEN);
    TcpTap tap = new TcpTap(busPort);
    taps.add(tap);
    EventBusOptions bus = BusSecurity.options(options).setClusterPublicPort(tap.port());
    Vertx vertx = await(Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(bus))
        .withClusterManager(cluster.manager())
        .buildClustered());
    members.add(vertx);
    await(vertx
        .eventBus()
        .consumer(name, message -> {
          answered.incrementAndGet();
          message.reply(message.body());
        })
        .completion());
    return vertx;
  }

  private static String ask(Vertx from, String name) throws Exception {
    return ask(from, name, DEADLINE.toMillis());
  }

  private static String ask(Vertx from, String name, long millis) throws Exception {
    DeliveryOptions patience = new DeliveryOptions().setSendTimeout(millis);
    return await(from.eventBus().<String>request(name, SECRET, patience)).body();
  }

  private void assertNothingGetsThrough(Vertx from, String name) {
    assertThatThrownBy(() -> ask(from, name, 1_000)).isNotNull();
    assertThat(answered).hasValue(0);
  }

  private boolean heard(String text) {
    return taps.stream().anyMatch(tap -> tap.heard(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void membersUnderstandEachOtherAndWhoeverListensNothing() throws Exception {
    Optional<ClusterTls> tls = Optional.of(MemberCertificates.make(folder));
    Vertx first = member("first", tls);
    Vertx second = member("second", tls);

    assertThat(ask(first, "second")).isEqualTo(SECRET);
    assertThat(ask(second, "first")).isEqualTo(SECRET);

    assertThat(taps).allMatch(tap -> tap.bytes() > 500);
    assertThat(heard(SECRET)).isFalse();
  }

  /** Without this the test above could fail to listen and nobody would know. */
  @Test
  void whoeverListensToPlaintextHearsIt() throws Exception {
    Vertx first = member("first", Optional.empty());
    member("second", Optional.empty());

    assertThat(ask(first, "second")).isEqualTo(SECRET);

    Await.until(DEADLINE, () -> heard(SECRET), () -> "nothing was heard");
  }

  @Test
  void aMemberWithoutACertificateOrWithAForeignOneGetsNothingThroughAndHearsNothing()
      throws Exception {
    Vertx first = member("first", Optional.of(MemberCertificates.make(folder.resolve("ours"))));
    Vertx foreign =
        member("foreign", Optional.of(MemberCertificates.make(folder.resolve("theirs"))));
    Vertx plain = member("plain", Optional.empty());

    assertNothingGetsThrough(foreign, "first");
    assertNothingGetsThrough(plain, "first");
    assertNothingGetsThrough(first, "foreign");
    assertNothingGetsThrough(first, "plain");
  }
}
