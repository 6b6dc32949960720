package dev.sealift.ops.tracing;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A request of a device as a trace: a span at the gateway, and one for each hop over the event bus below it. Spans have a kind, an
 * address of the event bus and times; no path, no peer's address, and no id but the request's random one. Only a process that is told
 * where to send them has any of this.
 */
public final class Tracing implements AutoCloseable {
  /** Some megabytes; what comes when it is full is dropped, and the mesh goes on. */
  private static final int MAX_WAITING_SPANS = 4096;

  private static final int BATCH_SPANS = 512;

  /** How long a span waits for others, and a person who looks for it, at most. */
  private static final Duration DELAY = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
  private static final AttributeKey<List<String>> VERTICLES =
      AttributeKey.stringArrayKey("sealift.verticles");

  private final SdkTracerProvider provider;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
  }

  /**
   * Begins to send spans.
   *
   * @param version of this process
   * @param verticles that it runs
   */
  public static Tracing start(
      TraceOptions options, String version, List<String> verticles, MeterRegistry meters) {
    OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
        .setEndpoint(options.endpoint().toString())
        .setTimeout(PATIENCE)
        .setConnectTimeout(PATIENCE)
        .setMeterProvider(MeterProvider.noop())
        .build();
    BatchSpanProcessor batches = BatchSpanProcessor.builder(new CountedExporter(exporter, meters))
        .setMaxQueueSize(MAX_WAITING_SPANS)
        .setMaxExportBatchSize(BATCH_SPANS)
        .setScheduleDelay(DELAY)
        .setExporterTimeout(PATIENCE)
        .setMeterProvider(MeterProvider.noop())
        .build();
    return new Tracing(SdkTracerProvider.builder()
        // Whether a request is traced is decided where it begins; the other verticles follow.
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(options.ratio())))
        .setResource(Resource.create(
            Attributes.of(SERVICE, "sealift", VERSION, version, VERTICLES, verticles)))
        .addSpanProcessor(batches)
        .build());
  }

  /** What Vert.x is to be built with. */
  public VertxTracerFactory factory() {
    return new OpenTelemetryTracingFactory(OpenTelemetrySdk.builder()
        .setTracerProvider(provider)
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build());
  }

  /** Sends what is left, for a bounded time. Blocks. */
  @Override
  public void close() {
    provider.shutdown().join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
