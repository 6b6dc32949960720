package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.EntryListenerConfig;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HealingClusterManagerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** The map of listeners cannot be had: as when its partition has no member that is there. */
  @Test
  void aMemberThatFailsHalfwayIntoTheClusterIsNotLeftRunning() throws Exception {
    HealingClusterManager manager = alone();
    manager
        .getConfig()
        .getMultiMapConfig("__vertx.subs")
        .addEntryListenerConfig(new EntryListenerConfig("no.such.Listener", false, false));

    Future<Vertx> starting = Vertx.builder().withClusterManager(manager).buildClustered();
    Await.until(DEADLINE, starting::isComplete, () -> "still starting");

    assertThat(starting.failed()).isTrue();
    Await.until(
        DEADLINE,
        () -> !manager.getHazelcastInstance().getLifecycleService().isRunning(),
        () -> "the member still runs");
  }

  @Test
  void aMemberThatStartedLeaves() throws Exception {
    HealingClusterManager manager = alone();
    Vertx vertx = await(Vertx.builder().withClusterManager(manager).buildClustered());
    assertThat(manager.getHazelcastInstance().getLifecycleService().isRunning()).isTrue();

    await(vertx.close());

    assertThat(manager.getHazelcastInstance().getLifecycleService().isRunning()).isFalse();
  }

  private static HealingClusterManager alone() {
    ClusterOptions options = new ClusterOptions(
        List.of("127.0.0.1"), "127.0.0.1", Optional.empty(), 0, Optional.empty(), false);
    return new Cluster(
            options, Set.of(Role.MERGE_ENGINE), false, Optional.empty(), MeshVersions.SPOKEN)
        .manager();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }
}
