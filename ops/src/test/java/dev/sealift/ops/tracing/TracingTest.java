package dev.sealift.ops.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.TwoDevices;
import dev.sealift.ops.tracing.SpanCollector.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracingTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** All that a span may say of itself. */
  private static final Set<String> ATTRIBUTES = Set.of(
      "sealift-request",
      "messaging.destination.name",
      "messaging.operation.name",
      "messaging.system");

  @TempDir
  Path folder;

  @Test
  void aPutIsOneTraceFromTheGatewayToTheStoreTheEngineAndTheStoreAgain() throws Exception {
    try (SpanCollector collector = new SpanCollector()) {
      MeshOptions options = MeshOptions.whole(folder.resolve("mesh"), 0)
          .withTracing(TraceOptions.of(collector.url(), 1).orElseThrow());
      try (MeshProcess mesh = MeshProcess.start(options, "1.2.3");
          TwoDevices devices =
              new TwoDevices(folder, mesh.url().orElseThrow(), "space", "notes", "text")) {
        devices.awaitSame();
        Await.until(
            DEADLINE,
            () -> collector.spans().stream()
                .filter(span -> span.name().equals("put"))
                .anyMatch(put -> destinations(collector.spans(), put.trace())
                    .containsAll(Set.of(
                        "sealift.store.local.stage",
                        "sealift.engine.local.admit",
                        "sealift.store.local.commit"))),
            () -> collector.spans().toString());
      }
      assertSpansHangTogetherAndSayNothingOfPeople(collector.spans());
    }
  }

  private static Set<String> destinations(List<Span> spans, String trace) {
    Set<String> destinations = new HashSet<>();
    for (Span span : spans) {
      if (span.trace().equals(trace)) {
        destinations.add(span.attributes().getOrDefault("messaging.destination.name", ""));
      }
    }
    return destinations;
  }

  private static void assertSpansHangTogetherAndSayNothingOfPeople(List<Span> spans) {
    Set<String> ids = new HashSet<>(spans.stream().map(Span::id).toList());
    for (Span span : spans) {
      boolean isRequest = Set.of("put", "read", "authorize").contains(span.name());
      assertThat(span.parent().isEmpty()).as(span.toString()).isEqualTo(isRequest);
      if (!isRequest) {
        assertThat(ids).as(span.toString()).contains(span.parent());
        assertThat(span.attributes().get("messaging.destination.name"))
            .startsWith("sealift.")
            .doesNotContainPattern("[0-9]");
      }
      assertThat(ATTRIBUTES).containsAll(span.attributes().keySet());
    }
  }
}
