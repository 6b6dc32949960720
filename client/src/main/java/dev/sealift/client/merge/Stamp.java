package dev.sealift.client.merge;

import dev.sealift.protocol.clock.HybridTime;

/**
 * Where a cell's value came from: the first two parts of its rank, and the file that brought it.
 *
 * <p>The third part of the rank, the value's hash, is not kept: it decides only between two
 * different values that one device wrote at one time, which happens when a home was copied and both
 * copies worked, and is then computed from the values.
 *
 * @param time the bits of the event's hybrid time; never 0, which stands for <em>never written</em>
 * @param device the author, by this store's own numbering
 * @param sequence the place in the log of the file that brought it; 0 for this device's own writes,
 *     whose places follow from its chain. Not a part of the rank: of two files with the same event
 *     the first one counts
 */
public record Stamp(long time, int device, long sequence) {
  public Stamp {
    if (time == 0 || device < 0 || sequence < 0) {
      throw new IllegalArgumentException("a stamp has a time, a device and a place in the log");
    }
  }

  public static Stamp of(HybridTime time, int device, long sequence) {
    return new Stamp(time.bits(), device, sequence);
  }

  public HybridTime hybridTime() {
    return new HybridTime(time);
  }
}
