package dev.sealift.ops.compaction;

import dev.sealift.protocol.mesh.proto.InspectedDevice;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * How many devices of which kind hold a compaction back.
 *
 * @param connected that take it in, or are stuck
 * @param away that come back, or are unseen for long enough one day
 * @param silent that never reported a position
 */
record Behind(long connected, long away, long silent) {
  static Behind of(Collection<InspectedDevice> devices, Predicate<InspectedDevice> isBehind) {
    List<InspectedDevice> behind = devices.stream().filter(isBehind).toList();
    long silent = behind.stream().filter(one -> one.getPosition() == 0).count();
    long connected = behind.stream()
        .filter(one -> one.getPosition() > 0 && one.getPlace() > 0)
        .count();
    return new Behind(connected, behind.size() - connected - silent, silent);
  }
}
