package dev.sealift.client.compact;

import dev.sealift.protocol.id.DeviceId;
import java.util.Comparator;

/**
 * Where a value came from, in words that every device understands: a {@link dev.sealift.client.merge.Stamp} with the device's id.
 *
 * @param place of its event, in a space that ranks by arrival; otherwise 0
 * @param time the bits of its event's hybrid time; not 0
 * @param sequence of the file that brought it: merging asks whether somebody had seen it
 */
public record Origin(long place, long time, DeviceId device, long sequence) {
  static final Comparator<Origin> ORDER = Comparator.comparingLong(Origin::place)
      .thenComparing(Origin::time, Long::compareUnsigned)
      .thenComparing(Origin::device)
      .thenComparingLong(Origin::sequence);

  public Origin {
    if (place < 0 || time == 0 || sequence < 1) {
      throw new IllegalArgumentException("what the log has is of a time and of a file");
    }
  }

  /** Its time and its file nearly always tell. */
  @Override
  public int hashCode() {
    return 31 * Long.hashCode(time) + Long.hashCode(sequence);
  }
}
