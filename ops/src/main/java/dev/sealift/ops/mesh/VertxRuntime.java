package dev.sealift.ops.mesh;

import dev.sealift.gateway.GatewayStartException;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.metrics.Buckets;
import dev.sealift.ops.tracing.Tracing;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Vert.x as a process of the mesh needs it, and its failures as sentences. */
final class VertxRuntime {
  /** Starting means opening a store, whose schema is new by then, and finding the cluster; longer than this is never. */
  private static final long PATIENCE_SECONDS = 60;

  private VertxRuntime() {}

  static PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.config().meterFilter(new Buckets()).meterFilter(Buckets.anyProcess());
    return meters;
  }

  static Vertx start(
      PrometheusMeterRegistry meters,
      Optional<ClusterOptions> options,
      Optional<Cluster> cluster,
      Optional<Tracing> tracing)
      throws MeshStartException {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    VertxOptions vertxOptions = options();
    options.ifPresent(c -> vertxOptions.setEventBusOptions(BusSecurity.options(c)));
    VertxBuilder builder =
        Vertx.builder().with(vertxOptions).withMetrics(new MicrometerMetricsFactory(meters));
    tracing.map(Tracing::factory).ifPresent(builder::withTracer);
    if (cluster.isEmpty()) {
      return builder.build();
    }
    return await(builder.withClusterManager(cluster.get().manager()).buildClustered());
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setMetricsOptions(new MicrometerMetricsOptions()
            .setEnabled(true)
            .setJvmMetricsEnabled(true)
            .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true))
            // Nothing that could name a person or grow with their number: no paths, no remote
            // addresses.
            // Event-bus addresses are the verticles' own.
            .setLabels(EnumSet.of(
                Label.HTTP_METHOD,
                Label.HTTP_CODE,
                Label.EB_ADDRESS,
                Label.EB_SIDE,
                Label.POOL_TYPE,
                Label.POOL_NAME)))
        // Nothing is served from files, so no cache folder needs to be made and removed.
        .setFileSystemOptions(new FileSystemOptions()
            .setFileCachingEnabled(false)
            .setClassPathResolvingEnabled(false));
  }

  static <T> T await(Future<T> future) throws MeshStartException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw explained(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new MeshStartException(
          "start-timed-out",
          "A part of the mesh took longer than " + PATIENCE_SECONDS + " seconds.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshStartException("interrupted", "Interrupted while starting or stopping.", e);
    }
  }

  static MeshStartException explained(Throwable failure) {
    if (failure instanceof StoreOpenException store) {
      return new MeshStartException(store.code(), message(store), store);
    }
    if (failure instanceof GatewayStartException gateway) {
      String code = gateway.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      return new MeshStartException(code, message(gateway), gateway);
    }
    if (isPortInUse(failure)) {
      return new MeshStartException(
          "port-in-use",
          "Another program listens on the --cluster-port, --cluster-bus-port or --http-port already: stop it or"
              + " choose another port.",
          failure);
    }
    return new MeshStartException(
        "start-failed",
        "A part of the mesh failed: " + failure.getClass().getSimpleName() + ": "
            + message(failure),
        failure);
  }

  private static boolean isPortInUse(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = message(cause).toLowerCase(Locale.ROOT);
      if (text.contains("already in use") || text.contains("address in use")) {
        return true;
      }
    }
    return false;
  }

  private static String message(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }
}
