package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.TcpTap;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two members whose line to each other can be cut. */
class SplitClusterTest {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final String SHARED = "sealift.test";

  private final List<TcpTap> taps = new ArrayList<>();
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<Vertx> members = new ArrayList<>();

  @BeforeEach
  void startBoth() throws Exception {
    List<Integer> ports = List.of(FreePort.next(), FreePort.next());
    for (int port : ports) {
      taps.add(new TcpTap(port));
    }
    for (int i = 0; i < 2; i++) {
      start(ports.get(i), "127.0.0.1:" + taps.get(i).port());
    }
    awaitRosters(2);
  }

  private void start(int port, String publicAddress) throws Exception {
    List<String> join = taps.stream().map(tap -> "127.0.0.1:" + tap.port()).toList();
    ClusterOptions options =
        new ClusterOptions(join, "127.0.0.1", Optional.of(port), 0, Optional.empty(), false);
    Cluster cluster = new Cluster(
        options, Set.of(Role.MERGE_ENGINE), false, Optional.empty(), MeshVersions.SPOKEN);
    cluster.manager().getConfig().getNetworkConfig().setPublicAddress(publicAddress);
    Vertx vertx = await(Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(BusSecurity.options(options)))
        .withClusterManager(cluster.manager())
        .buildClustered());
    members.add(vertx);
    clusters.add(cluster);
    for (String address : List.of(SHARED, own(cluster))) {
      await(vertx
          .eventBus()
          .consumer(address, message -> message.reply(cluster.engineId()))
          .completion());
    }
    cluster.serveEngine();
  }

  @AfterEach
  void close() throws Exception {
    for (Vertx member : members) {
      await(member.close());
    }
    for (TcpTap tap : taps) {
      tap.close();
    }
  }

  private static String own(Cluster cluster) {
    return "sealift.engine." + cluster.engineId();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private void awaitRosters(int engines) {
    clusters.forEach(cluster -> awaitRoster(cluster, engines));
  }

  private static void awaitRoster(Cluster cluster, int engines) {
    Await.until(
        DEADLINE,
        () -> cluster.engines().size() == engines,
        () -> cluster.engines().toString());
  }

  /** Whether both members are heard at their own addresses from everywhere, and in turn at the one they share. */
  private boolean everyoneHearsEveryone() {
    for (Vertx from : members) {
      for (Cluster to : clusters) {
        if (!answers(from, own(to)).equals(to.engineId())) {
          return false;
        }
      }
      if (answers(from, SHARED).equals(answers(from, SHARED))) {
        return false;
      }
    }
    return true;
  }

  private static String answers(Vertx from, String address) {
    DeliveryOptions patience = new DeliveryOptions().setSendTimeout(2_000);
    try {
      return await(from.eventBus().<String>request(address, "", patience)).body();
    } catch (Exception e) {
      return "";
    }
  }

  private void healAll() throws Exception {
    for (Cluster cluster : clusters) {
      await(cluster.heal());
    }
  }

  @Test
  void sidesThatWereCutOffFindTogetherAgainAndEverybodyIsHeard() throws Exception {
    assertThat(everyoneHearsEveryone()).isTrue();

    taps.forEach(TcpTap::cut);
    awaitRosters(1);
    clusters.forEach(SplitClusterTest::forgetOthers);
    taps.forEach(TcpTap::mend);

    Await.until(
        DEADLINE,
        () -> {
          clusters.forEach(Cluster::tellAgain);
          return clusters.stream().allMatch(cluster -> cluster.engines().size() == 2);
        },
        () -> clusters.stream().map(Cluster::engines).toList().toString());
    Await.until(DEADLINE, this::healedAndHeard, () -> "not everybody is heard");
  }

  private boolean healedAndHeard() {
    try {
      healAll();
      return everyoneHearsEveryone();
    } catch (Exception e) {
      return false; // the cluster is still coming together
    }
  }

  @Test
  void anEntryThatTheClusterLostIsWrittenAgain() throws Exception {
    HazelcastInstance hazelcast = clusters.get(0).manager().getHazelcastInstance();
    hazelcast.getMultiMap("__vertx.subs").clear();
    assertThat(everyoneHearsEveryone()).isFalse();

    healAll();
    healAll(); // the first of them read the lists before the other had written

    assertThat(everyoneHearsEveryone()).isTrue();
  }

  /** Nothing but what it is told tells a process who serves. */
  @Test
  void whoServesSaysSoAgainAlsoToThoseWhoMissedIt() throws Exception {
    forgetOthers(clusters.get(1));
    awaitRoster(clusters.get(1), 1);

    clusters.get(0).tellAgain();

    awaitRosters(2);
  }

  @Test
  void aMemberThatComesIsToldWhoServes() throws Exception {
    int port = FreePort.next();
    taps.add(new TcpTap(port));

    start(port, "127.0.0.1:" + taps.get(2).port());

    awaitRosters(3);
  }

  @Test
  void whatAKilledProcessSaidOfItselfIsForgottenAtTheSecondLook() throws Exception {
    Serving serving = servingOf(clusters.get(0));
    serving.hear("killed 1 engine-of-a-killed-process");

    clusters.get(0).tellAgain();
    assertThat(serving.ids()).as("it may be a newcomer's").hasSize(3);
    clusters.get(0).tellAgain();

    assertThat(serving.ids())
        .containsExactlyInAnyOrder(clusters.get(0).engineId(), clusters.get(1).engineId());
  }

  private static Serving servingOf(Cluster cluster) {
    Object serving =
        cluster.manager().getHazelcastInstance().getUserContext().get(ServingTelling.HEARER);
    return (Serving) serving;
  }

  private static void forgetOthers(Cluster cluster) {
    servingOf(cluster).forgetAllBut(Set.of());
    servingOf(cluster).forgetAllBut(Set.of());
  }

  @Test
  void whoeverLeavesIsNotAskedAnyMoreWhateverIsHealedMeanwhile() throws Exception {
    Cluster leaver = clusters.get(0);
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    Thread leaving = new Thread(() -> left.complete(leaver.leave()));
    leaving.start();
    while (leaving.isAlive()) {
      leaver.tellAgain();
    }
    assertThat(left.get()).isTrue();

    leaver.tellAgain();
    leaver.serveEngine();

    awaitRosters(1);
    for (Cluster cluster : clusters) {
      assertThat(cluster.present())
          .as("what it has under way it finishes")
          .contains(leaver.engineId());
    }
  }

  @Test
  void aListThatChangesWhileItIsToldIsToldAgain() throws Exception {
    HealingClusterManager manager = clusters.get(0).manager();
    List<Integer> told = Collections.synchronizedList(new ArrayList<>());
    manager.registrationListener(new RegistrationListener() {
      @Override
      public boolean wantsUpdatesFor(String address) {
        return address.equals(SHARED);
      }

      @Override
      public void registrationsUpdated(RegistrationUpdateEvent event) {
        if (told.isEmpty()) {
          oneMoreListens(); // between the look and the telling, as it seems to whoever is told
        }
        told.add(event.registrations().size());
      }

      @Override
      public void registrationsLost() {}
    });

    await(manager.heal());

    assertThat(told).containsExactly(2, 3);
  }

  private void oneMoreListens() {
    try {
      await(members.get(1).eventBus().consumer(SHARED, message -> {}).completion());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
