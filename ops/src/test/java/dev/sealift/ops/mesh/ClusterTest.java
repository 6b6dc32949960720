package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClusterTest {
  /** Who looked a moment ago is no reason to be told what was true then. */
  @Test
  void whatBeginsToServeIsSeenAtOnceAndWhatStopsIsNotAnyMore() throws Exception {
    ClusterOptions alone = new ClusterOptions(
        List.of("127.0.0.1"), "127.0.0.1", Optional.empty(), 0, Optional.empty(), false);
    Cluster cluster =
        new Cluster(alone, Set.of(Role.COMPACTOR), false, Optional.empty(), MeshVersions.SPOKEN);
    Vertx vertx = await(Vertx.builder().withClusterManager(cluster.manager()).buildClustered());
    try {
      assertThat(cluster.compactors()).isEmpty();
      cluster.serveCompactor();
      assertThat(cluster.compactors()).containsExactly(cluster.compactorId());
      cluster.leave();
      assertThat(cluster.compactors()).isEmpty();
    } finally {
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
