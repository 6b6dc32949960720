package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.SortedMap;

/**
 * An event as the log has it.
 *
 * @param sequence of its file
 * @param serverTimeMillis of its file
 * @param place of its file, as {@link Places} works it out
 * @param seen what its author says to have seen
 * @param values by column; of a dismissal, what names the loser
 */
record LogEvent(
    long sequence,
    long serverTimeMillis,
    long place,
    DeviceId device,
    long seen,
    RunKind kind,
    String key,
    HybridTime time,
    SortedMap<String, Value> values) {

  /** Whether its author had seen the other one, or wrote it. */
  boolean saw(LogEvent other) {
    return other.device.equals(device) || other.sequence <= Math.min(seen, sequence - 1);
  }
}
