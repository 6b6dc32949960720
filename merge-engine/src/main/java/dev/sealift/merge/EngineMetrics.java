package dev.sealift.merge;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.Outcome;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What an operator sees of one engine. Never by space or key: that would be unbounded, and tell of people. */
final class EngineMetrics {
  private static final String PREFIX = "sealift.engine.";
  private static final String REFUSAL_PREFIX = "REFUSAL_CODE_";
  private static final String RESULT_PREFIX = "COMMIT_RESULT_";

  private final MeterRegistry registry;
  private final AtomicInteger pendingFiles = new AtomicInteger();
  private final AtomicLong pendingHeaderBytes = new AtomicLong();
  private final AtomicInteger loadedSpaces = new AtomicInteger();
  private final List<Meter> gauges = new ArrayList<>();
  private final DistributionSummary batchFiles;
  private final DistributionSummary batchSpaces;
  private final Timer commit;

  EngineMetrics(MeterRegistry registry) {
    this.registry = registry;
    gauge("pending.files", "Files whose requests are not answered yet", pendingFiles);
    gauge("pending.header.bytes", "The same in bytes of headers", pendingHeaderBytes);
    gauge("spaces.loaded", "Spaces held in memory", loadedSpaces);
    this.batchFiles = DistributionSummary.builder(PREFIX + "batch.files")
        .description("Files in one commit")
        .publishPercentileHistogram()
        .maximumExpectedValue((double) EngineLimits.BATCH_FILES)
        .register(registry);
    this.batchSpaces = DistributionSummary.builder(PREFIX + "batch.spaces")
        .description("Spaces in one commit")
        .register(registry);
    this.commit = Timer.builder(PREFIX + "commit")
        .description("From sending a commit to knowing, or not, what became of it")
        .publishPercentileHistogram()
        .register(registry);
    for (StoreFault fault : StoreFault.values()) {
      distrusted(fault, 0);
    }
  }

  private void gauge(String name, String description, Number number) {
    gauges.add(Gauge.builder(PREFIX + name, number, Number::doubleValue)
        .description(description)
        .register(registry));
  }

  void observe(Engine engine) {
    pendingFiles.set(engine.pendingFiles());
    pendingHeaderBytes.set(engine.pendingHeaderBytes());
    loadedSpaces.set(engine.loadedSpaces());
  }

  /** A commit leaves. */
  Timer.Sample sent(CommitRequest request) {
    batchSpaces.record(request.getCommitsCount());
    batchFiles.record(
        request.getCommitsList().stream().mapToInt(SpaceCommit::getFilesCount).sum());
    return Timer.start(registry);
  }

  void answered(Timer.Sample sample, CommitReply reply) {
    sample.stop(commit);
    for (CommitResult result : reply.getResultsList()) {
      spaceCommits(tag(RESULT_PREFIX, result.name()));
    }
  }

  /** Counted for each space, as results are. */
  void unanswered(Timer.Sample sample, CommitRequest request) {
    sample.stop(commit);
    request.getCommitsList().forEach(space -> spaceCommits("unknown"));
  }

  private void spaceCommits(String result) {
    registry.counter(PREFIX + "space.commits", "result", result).increment();
  }

  void replied(AdmitReply reply) {
    for (Outcome outcome : reply.getOutcomesList()) {
      String what = outcome.hasReceipt()
          ? "receipt"
          : tag(REFUSAL_PREFIX, outcome.getRefusal().getCode().name());
      registry.counter(PREFIX + "files", "outcome", what).increment();
    }
  }

  void failed(MeshFailure failure) {
    registry
        .counter(PREFIX + "requests.failed", "failure", tag("", failure.name()))
        .increment();
  }

  /** The alert: a store says what cannot be true. */
  void distrusted(StoreFault fault) {
    distrusted(fault, 1);
  }

  /** There from the start at 0, so that an alert can watch for a rise. */
  private void distrusted(StoreFault fault, int by) {
    registry.counter(PREFIX + "store.distrusted", "fault", fault.tag()).increment(by);
  }

  /** The engine is gone; a successor in the same process reports its own. */
  void close() {
    gauges.forEach(registry::remove);
  }

  private static String tag(String prefix, String name) {
    return name.substring(name.startsWith(prefix) ? prefix.length() : 0).toLowerCase(Locale.ROOT);
  }
}
