package dev.sealift.ops.metrics;

import dev.sealift.ops.metrics.Exposition.Sample;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one process between two looks at its metrics; from its start when there was only one. What the process does not show
 * is absent rather than 0. A process that was restarted in between has counted from 0 again.
 */
public final class Interval {
  private final Optional<Exposition> before;
  private final Exposition now;
  private final Duration length;

  private Interval(Optional<Exposition> before, Exposition now, Duration length) {
    this.before = before;
    this.now = now;
    this.length = length;
  }

  public static Interval between(Exposition before, Exposition now, Duration length) {
    return new Interval(Optional.of(before), now, length);
  }

  /** From the start of the process to now; empty of rates when the process does not say when it started. */
  public static Interval sinceStart(Exposition now) {
    double seconds = now.samples("process_uptime_seconds").stream()
        .mapToDouble(Sample::value)
        .sum();
    return new Interval(Optional.empty(), now, Duration.ofMillis((long) (seconds * 1000)));
  }

  /** The sum of all values with these labels now. */
  public OptionalDouble value(String name, String... labels) {
    return sum(now, name, labels);
  }

  /** How much a counter rose a second. */
  public OptionalDouble rate(String name, String... labels) {
    OptionalDouble rise = rise(name, labels);
    return rise.isEmpty() || length.isZero()
        ? OptionalDouble.empty()
        : OptionalDouble.of(rise.getAsDouble() / (length.toMillis() / 1000.0));
  }

  /** How much it rose. */
  public OptionalDouble rise(String name, String... labels) {
    OptionalDouble latest = sum(now, name, labels);
    if (latest.isEmpty()) {
      return latest;
    }
    double start = before
        .map(exposition -> sum(exposition, name, labels).orElse(0))
        .filter(value -> value <= latest.getAsDouble())
        .orElse(0.0);
    return OptionalDouble.of(latest.getAsDouble() - start);
  }

  /** The rates of a counter by one of its labels, where they are not 0. */
  public Map<String, Double> rates(String name, String label) {
    Map<String, Double> rates = new TreeMap<>();
    for (Sample sample : now.samples(name)) {
      @Nullable String value = sample.labels().get(label);
      if (value != null) {
        double rate = rate(name, label, value).orElse(0);
        if (rate > 0) {
          rates.put(value, rate);
        }
      }
    }
    return rates;
  }

  /** The mean of what a timer or summary recorded in this time. */
  public OptionalDouble mean(String name, String... labels) {
    OptionalDouble count = rise(name + "_count", labels);
    OptionalDouble sum = rise(name + "_sum", labels);
    return count.orElse(0) == 0 || sum.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(sum.getAsDouble() / count.getAsDouble());
  }

  /**
   * A quantile of what was recorded in this time, to within its bucket: as Prometheus reckons it, evenly spread between a bucket's
   * bounds. Beyond the last bound it is that bound.
   */
  public OptionalDouble quantile(double quantile, String name, String... labels) {
    TreeMap<Double, Double> buckets = buckets(name + "_bucket", labels);
    double all = buckets.isEmpty() ? 0 : buckets.lastEntry().getValue();
    if (all == 0) {
      return OptionalDouble.empty();
    }
    double rank = quantile * all;
    double lowerBound = 0;
    double below = 0;
    for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
      double bound = bucket.getKey();
      if (bucket.getValue() >= rank) {
        double within = (rank - below) / Math.max(1, bucket.getValue() - below);
        return OptionalDouble.of(
            Double.isInfinite(bound) ? lowerBound : lowerBound + (bound - lowerBound) * within);
      }
      lowerBound = bound;
      below = bucket.getValue();
    }
    return OptionalDouble.empty();
  }

  /** Bounds, and how many recordings of this time lie up to each. */
  private TreeMap<Double, Double> buckets(String name, String... labels) {
    TreeMap<Double, Double> buckets = new TreeMap<>();
    for (Sample sample : now.samples(name, labels)) {
      @Nullable String bound = sample.labels().get("le");
      if (bound != null) {
        bound(bound)
            .ifPresent(number -> buckets.computeIfAbsent(number, any -> {
              String[] narrowed = Arrays.copyOf(labels, labels.length + 2);
              narrowed[labels.length] = "le";
              narrowed[labels.length + 1] = bound;
              return rise(name, narrowed).orElse(0);
            }));
      }
    }
    return buckets;
  }

  private static Optional<Double> bound(String text) {
    try {
      return Optional.of(text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static OptionalDouble sum(Exposition exposition, String name, String... labels) {
    List<Sample> samples = exposition.samples(name, labels);
    Predicate<Sample> isNumber = sample -> !Double.isNaN(sample.value());
    return samples.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            samples.stream().filter(isNumber).mapToDouble(Sample::value).sum());
  }
}
