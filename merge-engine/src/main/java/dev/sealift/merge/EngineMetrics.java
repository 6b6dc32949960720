package dev.sealift.merge;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.RefusalCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
  private final AtomicInteger clockBelieved = new AtomicInteger(1);
  private final List<Meter> gauges = new ArrayList<>();
  private final DistributionSummary batchFiles;
  private final DistributionSummary batchSpaces;
  private final Timer commit;
  private final Timer lag;
  private final Map<Question, Timer> requests = new EnumMap<>(Question.class);
  private final Map<RefusalCode, Counter> refusals = new EnumMap<>(RefusalCode.class);
  private final Map<CommitResult, Counter> commitResults = new EnumMap<>(CommitResult.class);
  private final Map<MeshFailure, Counter> failures = new EnumMap<>(MeshFailure.class);
  private final Counter receipts;
  private final Counter unknownCommits;

  /** What gateways ask. */
  enum Question {
    ADMIT,
    AUTHORIZE
  }

  EngineMetrics(MeterRegistry registry, EngineLimits limits) {
    this.registry = registry;
    gauge("pending.files", "Files whose requests are not answered yet", pendingFiles);
    gauge("pending.header.bytes", "The same in bytes of headers", pendingHeaderBytes);
    gauge("pending.files.max", "What is taken in at most, then BUSY", limits.pendingFiles());
    gauge(
        "pending.header.bytes.max",
        "What is taken in at most, then BUSY",
        limits.pendingHeaderBytes());
    gauge("spaces.loaded", "Spaces held in memory", loadedSpaces);
    gauge(
        "clock.believed", "1, or 0 while the clock is off and nothing is admitted", clockBelieved);
    this.batchFiles = DistributionSummary.builder(PREFIX + "batch.files")
        .description("Files in one commit")
        .register(registry);
    this.batchSpaces = DistributionSummary.builder(PREFIX + "batch.spaces")
        .description("Spaces in one commit")
        .register(registry);
    this.commit = Timer.builder(PREFIX + "commit")
        .description("From sending a commit to knowing, or not, what became of it")
        .register(registry);
    this.lag = registry.timer("sealift.loop.lag", "verticle", "merge-engine");
    this.receipts = files("receipt");
    this.unknownCommits = spaceCommits("unknown");
    registerAll();
  }

  /** All there from the start at 0, so that an alert sees the first rise. */
  private void registerAll() {
    for (Question question : Question.values()) {
      requests.put(question, registry.timer(PREFIX + "request", "call", tag("", question.name())));
    }
    for (RefusalCode code : RefusalCode.values()) {
      refusals.put(code, files(tag(REFUSAL_PREFIX, code.name())));
    }
    for (CommitResult result : CommitResult.values()) {
      commitResults.put(result, spaceCommits(tag(RESULT_PREFIX, result.name())));
    }
    for (MeshFailure failure : MeshFailure.values()) {
      failures.put(
          failure,
          registry.counter(PREFIX + "requests.failed", "failure", tag("", failure.name())));
    }
    for (StoreFault fault : StoreFault.values()) {
      distrusted(fault, 0);
    }
  }

  private Counter files(String outcome) {
    return registry.counter(PREFIX + "files", "outcome", outcome);
  }

  private Counter spaceCommits(String result) {
    return registry.counter(PREFIX + "space.commits", "result", result);
  }

  private void gauge(String name, String description, Number number) {
    gauges.add(Gauge.builder(PREFIX + name, number, Number::doubleValue)
        .description(description)
        .strongReference(true) // the bounds are held by nobody else
        .register(registry));
  }

  void clock(boolean believed) {
    clockBelieved.set(believed ? 1 : 0);
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
      Objects.requireNonNull(commitResults.get(result)).increment();
    }
  }

  /** Counted for each space, as results are. */
  void unanswered(Timer.Sample sample, CommitRequest request) {
    sample.stop(commit);
    unknownCommits.increment(request.getCommitsCount());
  }

  /** A gateway has its answer, or its failure. */
  void served(Question question, long nanos) {
    Objects.requireNonNull(requests.get(question)).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** The engine's thread came late to a timer. */
  void late(long nanos) {
    lag.record(nanos, TimeUnit.NANOSECONDS);
  }

  void replied(AdmitReply reply) {
    for (Outcome outcome : reply.getOutcomesList()) {
      (outcome.hasReceipt()
              ? receipts
              : Objects.requireNonNull(refusals.get(outcome.getRefusal().getCode())))
          .increment();
    }
  }

  void failed(MeshFailure failure) {
    Objects.requireNonNull(failures.get(failure)).increment();
  }

  /** The alert: a store says what cannot be true. */
  void distrusted(StoreFault fault) {
    distrusted(fault, 1);
  }

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
