package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
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

/** What an operator sees of one compactor. Never by space or device: that would be unbounded, and tell of people. */
final class CompactorMetrics implements Watcher {
  private static final String PREFIX = "sealift.compactor.";
  private static final String HINDRANCE_PREFIX = "RECLAIM_HINDRANCE_";

  private final MeterRegistry registry;
  private final List<Meter> gauges = new ArrayList<>();
  private final AtomicInteger spaces = new AtomicInteger();
  private final AtomicInteger due = new AtomicInteger();
  private final DistributionSummary live;
  private final DistributionSummary generations;
  private final DistributionSummary upper;
  private final DistributionSummary lower;
  private final Counter made;
  private final Counter nobody;
  private final Counter files;
  private final Counter bytes;
  private final Counter expiredFiles;
  private final Counter expiredBytes;
  private final Timer lag;
  private final Map<OfferEnd, Counter> ended = new EnumMap<>(OfferEnd.class);
  private final Map<Call, Counter> unanswered = new EnumMap<>(Call.class);
  private final Map<ReclaimHindrance, AtomicInteger> waiting =
      new EnumMap<>(ReclaimHindrance.class);

  /** What is asked of others. */
  enum Call {
    COMPACTIONS,
    SPACES,
    RECLAIM,
    EXPIRE,
    OFFER,
    DEVICES
  }

  CompactorMetrics(MeterRegistry registry) {
    this.registry = registry;
    gauge("spaces", "Spaces that changed lately, and are watched", spaces);
    gauge("due", "Of them, those that wait for their turn here", due);
    live = summary("live.files", "Live files of a space, each time it is looked at");
    generations = summary("generations", "Generations among them");
    upper = summary("upper", "Live files above which any device may compact the space");
    lower = summary("lower", "Live files below which no device is asked to");
    made = registry.counter(PREFIX + "offers");
    nobody = registry.counter(PREFIX + "nobody.there");
    files = registry.counter(PREFIX + "reclaimed.files");
    bytes = registry.counter(PREFIX + "reclaimed.bytes");
    expiredFiles = registry.counter(PREFIX + "expired.files");
    expiredBytes = registry.counter(PREFIX + "expired.bytes");
    lag = registry.timer("sealift.loop.lag", "verticle", "compactor");
    registerAll();
  }

  /** All there from the start at 0, so that an alert sees the first rise. */
  private void registerAll() {
    for (OfferEnd end : OfferEnd.values()) {
      ended.put(end, registry.counter(PREFIX + "offers.ended", "how", tag(end.name())));
    }
    for (Call call : Call.values()) {
      unanswered.put(call, registry.counter(PREFIX + "unanswered", "call", tag(call.name())));
    }
    for (ReclaimHindrance why : ReclaimHindrance.values()) {
      if (isOne(why)) {
        AtomicInteger count = new AtomicInteger();
        waiting.put(why, count);
        gauges.add(Gauge.builder(PREFIX + "reclaims.waiting", count, AtomicInteger::doubleValue)
            .description("Compactions under which nothing may go yet")
            .tag("why", tag(why.name().substring(HINDRANCE_PREFIX.length())))
            .register(registry));
      }
    }
  }

  private static boolean isOne(ReclaimHindrance why) {
    return why != ReclaimHindrance.UNRECOGNIZED
        && why != ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED;
  }

  private void gauge(String name, String description, AtomicInteger number) {
    gauges.add(Gauge.builder(PREFIX + name, number, AtomicInteger::doubleValue)
        .description(description)
        .register(registry));
  }

  private DistributionSummary summary(String name, String description) {
    return DistributionSummary.builder(PREFIX + name).description(description).register(registry);
  }

  private static String tag(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  void observe(Scheduler scheduler, Moment now) {
    spaces.set(scheduler.spaces());
    due.set(scheduler.due(now));
  }

  /** The verticle's thread came late to a timer. */
  void late(long nanos) {
    lag.record(nanos, TimeUnit.NANOSECONDS);
  }

  void unanswered(Call call) {
    Objects.requireNonNull(unanswered.get(call)).increment();
  }

  @Override
  public void looked(Known known, Thresholds thresholds) {
    live.record(known.live());
    generations.record(known.generations());
    upper.record(thresholds.upper());
    lower.record(thresholds.lower());
  }

  @Override
  public void offerMade() {
    made.increment();
  }

  @Override
  public void offerEnded(OfferEnd end) {
    Objects.requireNonNull(ended.get(end)).increment();
  }

  @Override
  public void nobodyThere() {
    nobody.increment();
  }

  @Override
  public void reclaimed(long moreFiles, long moreBytes) {
    files.increment(Math.max(0, moreFiles));
    bytes.increment(Math.max(0, moreBytes));
  }

  @Override
  public void expired(long moreFiles, long moreBytes) {
    expiredFiles.increment(Math.max(0, moreFiles));
    expiredBytes.increment(Math.max(0, moreBytes));
  }

  @Override
  public void waiting(ReclaimHindrance why, int more) {
    Objects.requireNonNull(waiting.get(why)).addAndGet(more);
  }

  /** The compactor is gone; a successor in the same process reports its own. */
  void close() {
    gauges.forEach(registry::remove);
  }
}
