package dev.sealift.client.merge;

import dev.sealift.protocol.clock.HybridTime;

/**
 * Where a cell's value came from: the first parts of its rank, and the file that brought it.
 *
 * <p>The last part of the rank, the value's hash, is not kept: it decides only between two
 * different values that one device wrote at one time, which happens when a home was copied and both
 * copies worked, and is then computed from the values.
 *
 * @param place the place of the file under the {@code arrival} rule, in Unix milliseconds of the mesh;
 *     0 under the rule by hybrid time
 * @param time the bits of the event's hybrid time; never 0, which stands for <em>never written</em>
 * @param device the author, by this store's own numbering
 * @param sequence where in the log the file stands that brought it; 0 for this device's own writes,
 *     whose sequences follow from its chain, and for what was not admitted yet. Not a part of the rank: of
 *     two files with the same event the first one counts
 */
public record Stamp(long place, long time, int device, long sequence) {
  public Stamp {
    if (place < 0 || time == 0 || device < 0 || sequence < 0) {
      throw new IllegalArgumentException("a stamp has a time, a device and a sequence");
    }
  }

  /** Under the rule by hybrid time. */
  public Stamp(long time, int device, long sequence) {
    this(0, time, device, sequence);
  }

  public static Stamp of(HybridTime time, int device, long sequence) {
    return new Stamp(time.bits(), device, sequence);
  }

  /** Whether it is of the same event in the same file, at whatever place that stands. */
  public boolean isOf(Stamp other) {
    return time == other.time && device == other.device && sequence == other.sequence;
  }

  /** With another time. */
  public Stamp at(long newTime) {
    return new Stamp(place, newTime, device, sequence);
  }

  public HybridTime hybridTime() {
    return new HybridTime(time);
  }
}
