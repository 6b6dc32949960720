package dev.sealift.ops.simulate;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.Map;
import java.util.Set;

/**
 * What an app wrote on a device, as it was.
 *
 * @param values by column; of a dismissal, what names the loser
 * @param seen the device's position in the log at that moment
 * @param seenFiles the newest of each chain of others that the device held without a place at that moment
 */
record Written(
    Device device,
    RunKind kind,
    String key,
    Map<String, Value> values,
    long seen,
    Set<DotRef> seenFiles) {
  /** Now. */
  static Written of(Device device, RunKind kind, String key, Map<String, Value> values) {
    return new Written(
        device,
        kind,
        key,
        values,
        device.store().position(),
        Set.copyOf(device.store().takenOver()));
  }
}
