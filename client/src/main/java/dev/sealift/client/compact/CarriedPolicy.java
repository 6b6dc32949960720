package dev.sealift.client.compact;

import dev.sealift.client.value.Names;
import java.util.Comparator;

/**
 * What the log says is to be kept of a table.
 *
 * @param keep 1 the window, 2 all, 3 a feed; or 4: events count for a lifetime
 * @param sequence of the file that first says so
 * @param serverTimeMillis of that file: what a window had let go by then is gone
 * @param lifetimeMillis 0 where that is not what it says
 */
public record CarriedPolicy(
    String table, int keep, long sequence, long serverTimeMillis, long lifetimeMillis) {
  /** The {@code keep} of a lifetime, and the highest there is. */
  public static final int LIFETIME = 4;

  static final Comparator<CarriedPolicy> ORDER = Comparator.comparingLong(CarriedPolicy::sequence)
      .thenComparing(CarriedPolicy::table, CodePoints::compare)
      .thenComparingInt(CarriedPolicy::keep);

  public CarriedPolicy {
    if (!Names.isWellFormed(table) || keep < 1 || keep > LIFETIME || sequence < 1) {
      throw new IllegalArgumentException("a policy is of a table, and stands in the log");
    }
    if (keep == LIFETIME ? lifetimeMillis < 1 : lifetimeMillis != 0) {
      throw new IllegalArgumentException("a lifetime has milliseconds, and nothing else has");
    }
  }

  /** What is to be kept. */
  public CarriedPolicy(String table, int keep, long sequence, long serverTimeMillis) {
    this(table, keep, sequence, serverTimeMillis, 0);
  }

  boolean isLifetime() {
    return keep == LIFETIME;
  }
}
