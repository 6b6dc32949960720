package dev.sealift.ops.simulate;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * An event as the log has it.
 *
 * @param sequence of its file
 * @param serverTimeMillis of its file
 * @param place as {@link Places} works it out
 * @param seen what its author says to have seen
 * @param seenFiles and files without receipts
 * @param seenChains where the log has those, as far as they stand before this: by device
 * @param values by column; of a dismissal, what names the loser
 * @param transaction the time of the first event of its transaction; zero of none
 */
record LogEvent(
    long sequence,
    long serverTimeMillis,
    long place,
    DeviceId device,
    long seen,
    List<DotRef> seenFiles,
    Map<DeviceId, Long> seenChains,
    RunKind kind,
    String key,
    HybridTime time,
    SortedMap<String, Value> values,
    HybridTime transaction) {

  boolean isOfTransaction() {
    return !transaction.equals(HybridTime.ZERO);
  }

  /** Whether it is too old to be merged; those of a transaction are, or are not, together. */
  boolean isLate(long cutOffMillis) {
    HybridTime written = isOfTransaction() ? transaction : time;
    return written.millis() < serverTimeMillis - cutOffMillis;
  }

  /** Whether its author had seen the other one, or wrote it. */
  boolean saw(LogEvent other) {
    return other.device.equals(device)
        || other.sequence <= Math.min(seen, sequence - 1)
        || other.sequence <= seenChains.getOrDefault(other.device, 0L);
  }
}
