package dev.sealift.ops.metrics;

import dev.sealift.protocol.mesh.Shards;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The mesh as one process sees it: how many processes run which verticle, and how much of the shard map falls to its own merge
 * engine. Processes that disagree for longer than a takeover are apart.
 */
public final class MeshView {
  private static final double MILLIS = 1_000;

  private final Supplier<Collection<String>> engines;
  private final Supplier<Collection<List<String>>> roles;

  /**
   * @param engines the ids of the merge engines that are there now
   * @param roles the roles of each process that is there now, this one included
   */
  public MeshView(Supplier<Collection<String>> engines, Supplier<Collection<List<String>>> roles) {
    this.engines = engines;
    this.roles = roles;
  }

  /**
   * Shows it; everything is looked up when someone asks.
   *
   * @param known all roles that there are
   * @param own those of this process
   * @param engine the id of this process's merge engine
   */
  public void register(
      MeterRegistry meters, List<String> known, List<String> own, Optional<String> engine) {
    gauge(
        meters,
        "sealift.process.clock.seconds",
        "This process's wall clock, in Unix seconds",
        () -> System.currentTimeMillis() / MILLIS);
    gauge(meters, "sealift.mesh.members", "Processes", () -> roles.get().size());
    gauge(meters, "sealift.mesh.engines", "Merge engines", () -> engines.get().size());
    for (String role : known) {
      Gauge.builder("sealift.mesh.verticles", () -> count(role))
          .description("Processes that run this verticle")
          .tag("verticle", role)
          .register(meters);
      Gauge.builder("sealift.process.verticles", () -> own.contains(role) ? 1 : 0)
          .description("Whether this process runs this verticle")
          .tag("verticle", role)
          .register(meters);
    }
    gauge(meters, "sealift.mesh.shards", "Shards in all", () -> Shards.COUNT);
    gauge(
        meters,
        "sealift.mesh.shards.owned",
        "Shards that this process's merge engine owns",
        () -> engine.map(this::owned).orElse(0));
  }

  private static void gauge(
      MeterRegistry meters, String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(meters);
  }

  private long count(String role) {
    return roles.get().stream().filter(process -> process.contains(role)).count();
  }

  private int owned(String engine) {
    Collection<String> present = List.copyOf(engines.get());
    int owned = 0;
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (Shards.owner(shard, present).filter(engine::equals).isPresent()) {
        owned++;
      }
    }
    return owned;
  }
}
