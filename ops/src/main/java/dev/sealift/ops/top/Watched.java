package dev.sealift.ops.top;

import dev.sealift.ops.metrics.Exposition;
import dev.sealift.ops.metrics.Exposition.Sample;
import dev.sealift.ops.metrics.Interval;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One process from look to look. */
final class Watched {
  private final URI process;
  private final Scraper scraper;
  private Optional<Exposition> before = Optional.empty();
  private long beforeNanos;

  Watched(URI process) {
    this.process = process;
    this.scraper = new Scraper(process);
  }

  /**
   * What one look showed.
   *
   * @param interval empty when the process could not be looked at
   * @param trouble why, and empty otherwise
   */
  record Look(URI process, Optional<Interval> interval, String trouble) {
    /** The verticles that the process runs. */
    List<String> verticles() {
      return interval.stream()
          .flatMap(shown -> List.of(Figure.GATEWAY, Figure.ENGINE, Figure.STORAGE).stream()
              .filter(verticle ->
                  shown.value("sealift_process_verticles", "verticle", verticle).orElse(0) > 0))
          .toList();
    }
  }

  /** Blocks until the process has answered, or not. */
  Look look() {
    try {
      Exposition now = scraper.scrape();
      long nanos = System.nanoTime();
      Interval interval = before
          .filter(earlier -> startOf(earlier) == startOf(now))
          .map(earlier -> Interval.between(earlier, now, Duration.ofNanos(nanos - beforeNanos)))
          .orElseGet(() -> Interval.sinceStart(now));
      before = Optional.of(now);
      beforeNanos = nanos;
      return new Look(process, Optional.of(interval), "");
    } catch (UnreachableException e) {
      before = Optional.empty();
      return new Look(process, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  private static double startOf(Exposition exposition) {
    return exposition.samples("process_start_time_seconds").stream()
        .mapToDouble(Sample::value)
        .sum();
  }
}
