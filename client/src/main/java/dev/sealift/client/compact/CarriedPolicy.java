package dev.sealift.client.compact;

import dev.sealift.client.value.Names;
import java.util.Comparator;

/**
 * What the log says is to be kept of a table.
 *
 * @param keep 1 the window, 2 all, 3 a feed
 * @param sequence of the file that first says so
 * @param serverTimeMillis of that file: what a window had let go by then is gone
 */
public record CarriedPolicy(String table, int keep, long sequence, long serverTimeMillis) {
  /** The highest number of {@code keep}. */
  public static final int MAX_KEEP = 3;

  static final Comparator<CarriedPolicy> ORDER = Comparator.comparingLong(CarriedPolicy::sequence)
      .thenComparing(CarriedPolicy::table, CodePoints::compare)
      .thenComparingInt(CarriedPolicy::keep);

  public CarriedPolicy {
    if (!Names.isWellFormed(table) || keep < 1 || keep > MAX_KEEP || sequence < 1) {
      throw new IllegalArgumentException("a policy is of a table, and stands in the log");
    }
  }
}
