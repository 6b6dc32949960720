package dev.sealift.ops.mesh;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.EntryListenerConfig;
import com.hazelcast.multimap.MultiMap;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /** Taking something out of the map waits: here for a lock, as it would for a partition that has no member that is there. */
  @Test
  void whoLeavesDoesNotWaitForTheCluster() throws Exception {
    HealingClusterManager manager = alone();
    Vertx vertx = await(Vertx.builder().withClusterManager(manager).buildClustered());
    MessageConsumer<String> consumer = vertx.eventBus().consumer("sealift.test", message -> {});
    await(consumer.completion());
    MultiMap<String, Object> listeners = manager.getHazelcastInstance().getMultiMap("__vertx.subs");
    listeners.lock("sealift.test");
    try {
      Future<Void> stopped = consumer.unregister();
      assertThatThrownBy(() -> stopped.toCompletionStage().toCompletableFuture().get(3, SECONDS))
          .isInstanceOf(TimeoutException.class);

      manager.leaving();
      MessageConsumer<String> another = vertx.eventBus().consumer("sealift.test2", message -> {});
      await(another.completion());
      listeners.lock("sealift.test2");
      another.unregister().toCompletionStage().toCompletableFuture().get(3, SECONDS);
    } finally {
      listeners.forceUnlock("sealift.test");
      listeners.forceUnlock("sealift.test2");
    }
    await(vertx.close());
  }

  /** Whoever handles that a member is gone waits for the others, and keeps everybody else from the manager. */
  @Test
  void whoLeavesDoesNotWaitForWhoeverHandlesThatAMemberIsGone() throws Exception {
    HealingClusterManager manager = alone();
    Vertx vertx = await(Vertx.builder().withClusterManager(manager).buildClustered());
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Thread handler = new Thread(() -> {
      synchronized (manager) {
        held.countDown();
        awaitQuietly(done);
      }
    });
    handler.start();
    held.await();
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(3 * HealingClusterManager.LEAVE_MILLIS, TimeUnit.MILLISECONDS);

      assertThat(manager.getHazelcastInstance().getLifecycleService().isRunning())
          .isFalse();
    } finally {
      done.countDown();
      handler.join();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
