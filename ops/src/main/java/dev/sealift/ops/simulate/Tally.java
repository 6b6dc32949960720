package dev.sealift.ops.simulate;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What many runs came to.
 *
 * @param from the first seed
 * @param seeds how many were run, without a gap
 * @param millis that it took
 */
public record Tally(long from, long seeds, long failed, Counts counts, long millis) {
  /** Of no run yet. */
  public Tally(long from) {
    this(from, 0, 0, Counts.NONE, 0);
  }

  /** With one more run, of the next seed. */
  public Tally plus(Result result) {
    return new Tally(
        from,
        seeds + 1,
        failed + (result.fault().isPresent() ? 1 : 0),
        counts.plus(result.counts()),
        millis);
  }

  public Tally after(long totalMillis) {
    return new Tally(from, seeds, failed, counts, totalMillis);
  }

  public JsonObject json() {
    return new JsonObject()
        .put("from", from)
        .put("seeds", seeds)
        .put("failed", failed)
        .put("events", counts.events())
        .put("files", counts.files())
        .put("crashes", counts.crashes())
        .put("partitions", counts.partitions())
        .put("seconds", millis / 1_000.0);
  }

  /**
   * Reads what {@link #json} gave.
   *
   * @throws RuntimeException when something is missing, or no number
   */
  static Tally of(JsonObject json) {
    return new Tally(
        json.getLong("from"),
        json.getLong("seeds"),
        json.getLong("failed"),
        new Counts(
            json.getLong("events"),
            json.getLong("files"),
            json.getLong("crashes"),
            json.getLong("partitions")),
        Math.round(json.getDouble("seconds") * 1_000));
  }

  /** For people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%,d seeds from %d, %d failed: %,d events, %,d files, %,d crashes, %,d faults of the network; %.1f s, %.1f seeds a second",
        seeds,
        from,
        failed,
        counts.events(),
        counts.files(),
        counts.crashes(),
        counts.partitions(),
        millis / 1_000.0,
        seeds * 1_000.0 / Math.max(1, millis));
  }
}
