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

  /**
   * What a device goes by as long as no mesh has told it better. A thousand files a new device takes in within ten seconds, if it takes 100 a second, which is what a mesh assumes before it has measured any; and it goes by a compaction
   * only where that spares it some 250.
   */
  public static CompactionThresholds usual() {
    return new CompactionThresholds(250, 1_000);
  }

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
   * @param isSpared whether the device would rather leave it to others: it comes behind all that would not
   */
  long of(DeviceId device, Collection<DeviceId> devices, long base, boolean isSpared) {
    List<DeviceId> order = devices.stream().sorted(Turns.order(base)).toList();
    long span = upper - lower;
    return lower + span * order.indexOf(device) / order.size() + (isSpared ? span : 0);
  }
}
