package dev.sealift.ops.tracing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Counts the spans that went out and those that did not, and says so once in the log instead of at each try. */
final class CountedExporter implements SpanExporter {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(CountedExporter.class);

  /** Complains past our log, on standard error, with the answers of whoever listens there. Held, or it would be collected. */
  private static final Logger COMPLAINTS = Logger.getLogger("io.opentelemetry");

  private final SpanExporter exporter;
  private final Counter sent;
  private final Counter lost;
  private final AtomicBoolean failing = new AtomicBoolean();

  CountedExporter(SpanExporter exporter, MeterRegistry meters) {
    COMPLAINTS.setLevel(Level.OFF);
    this.exporter = exporter;
    this.sent = meters.counter("sealift.trace.spans", "outcome", "sent");
    this.lost = meters.counter("sealift.trace.spans", "outcome", "lost");
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    result.whenComplete(() -> {
      (result.isSuccess() ? sent : lost).increment(spans.size());
      if (!result.isSuccess() && failing.compareAndSet(false, true)) {
        LOG.warn("The collector of --trace-endpoint does not take spans; they are dropped.");
      } else if (result.isSuccess() && failing.compareAndSet(true, false)) {
        LOG.info("The collector of --trace-endpoint takes spans again.");
      }
    });
    return result;
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
