package dev.sealift.client.sync;

import dev.sealift.protocol.compaction.Turns;
import dev.sealift.protocol.id.DeviceId;
import java.util.Collection;
import java.util.List;

/**
 * At how many live files which device compacts: the devices are spread evenly between two numbers, in an order that changes with each compaction, so that files pass one device's place after the other, and the chore goes round.
 *
 * @param lower below that nobody compacts
 * @param upper above that everybody would
 */
public record CompactionThresholds(long lower, long upper) {

  public CompactionThresholds {
    if (lower < 2 || upper < lower) {
      throw new IllegalArgumentException("a lower and an upper threshold, 2 or more");
    }
  }

  /**
   * The place of a device.
   *
   * @param devices those that may compact, itself included
   * @param base that of the newest compaction that stands; 0 for none
   */
  long of(DeviceId device, Collection<DeviceId> devices, long base) {
    List<DeviceId> order = devices.stream().sorted(Turns.order(base)).toList();
    return lower + (upper - lower) * order.indexOf(device) / order.size();
  }
}
