package dev.sealift.ops.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.time.Duration;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Gives every timer and summary of ours its buckets, in one place. A few bounds, at budgets and time limits and a factor of two to
 * three between them, rather than Micrometer's percentile histograms: those have 69 buckets for each timer, of which nobody asks for
 * most; a quantile between two of these bounds is exact enough to say which budget was missed.
 */
public final class Buckets implements MeterFilter {
  private static final String OURS = "sealift.";

  /**
   * From half a millisecond (a commit on a fast disk) by way of the budgets of propagation (1, 3 and 20 ms) to the longest time that one
   * verticle waits for another (10 s).
   */
  private static final double[] LATENCY_NANOS = Stream.of(
          500_000L,
          1_000_000L,
          2_000_000L,
          3_000_000L,
          5_000_000L,
          10_000_000L,
          20_000_000L,
          50_000_000L,
          100_000_000L,
          250_000_000L,
          1_000_000_000L,
          2_500_000_000L,
          10_000_000_000L)
      .mapToDouble(Long::doubleValue)
      .toArray();

  /** Files or spaces in a batch: up to the largest batch of the engine, and the store's group beyond it. */
  private static final double[] COUNTS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 1024};

  /** Bytes in a transaction: from a small file to the store's largest group. */
  private static final double[] BYTES =
      DoubleStream.iterate(1 << 10, bytes -> bytes * 4).limit(8).toArray();

  @Override
  public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
    if (!id.getName().startsWith(OURS)) {
      return config;
    }
    return DistributionStatisticConfig.builder()
        .percentilesHistogram(false)
        .serviceLevelObjectives(bounds(id))
        // The largest value shown is that of the last one to two minutes.
        .expiry(Duration.ofMinutes(2))
        .build()
        .merge(config);
  }

  private static double[] bounds(Meter.Id id) {
    if (id.getType() == Meter.Type.TIMER) {
      return LATENCY_NANOS;
    }
    return id.getName().endsWith(".bytes") ? BYTES : COUNTS;
  }

  /** Addresses of one process on the event bus have a random id in them, which changes with each start. */
  public static MeterFilter anyProcess() {
    return MeterFilter.replaceTagValues(
        "address",
        address -> address.replaceFirst(
            "^(sealift\\.(?:engine|store|gateway|compactor)\\.)[^.]+(\\.)", "$1any$2"));
  }
}
