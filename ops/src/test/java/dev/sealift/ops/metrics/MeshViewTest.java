package dev.sealift.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeshViewTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> engines = new ArrayList<>(List.of("one", "two"));
  private final List<List<String>> roles =
      new ArrayList<>(List.of(List.of("gateway", "merge-engine"), List.of("merge-engine")));

  @Test
  void showsWhatOtherProcessesRunAndWhatOfTheShardsIsOurs() {
    view(Optional.of("one"));

    assertThat(gauge("sealift.mesh.members")).isEqualTo(2);
    assertThat(gauge("sealift.mesh.engines")).isEqualTo(2);
    assertThat(verticles("merge-engine")).isEqualTo(2);
    assertThat(verticles("storage-adapter")).isZero();
    assertThat(gauge("sealift.mesh.shards.owned")).isBetween(64.0, 192.0);
  }

  @Test
  void followsTheMeshAsItChanges() {
    view(Optional.of("one"));

    engines.remove("two");
    roles.remove(1);

    assertThat(gauge("sealift.mesh.members")).isEqualTo(1);
    assertThat(gauge("sealift.mesh.shards.owned")).isEqualTo(gauge("sealift.mesh.shards"));
  }

  @Test
  void aProcessWithoutAnEngineOwnsNoShards() {
    view(Optional.empty());

    assertThat(gauge("sealift.mesh.shards.owned")).isZero();
  }

  private void view(Optional<String> engine) {
    new MeshView(() -> engines, () -> roles)
        .register(
            meters,
            List.of("gateway", "merge-engine", "storage-adapter"),
            List.of("gateway", "merge-engine"),
            engine);
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  private double verticles(String role) {
    return meters.get("sealift.mesh.verticles").tag("verticle", role).gauge().value();
  }
}
