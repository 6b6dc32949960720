package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.Map;

/**
 * What an app wrote on a device, as it was.
 *
 * @param values by column; of a dismissal, what names the loser
 * @param seen the device's position in the log at that moment
 */
record Written(Device device, RunKind kind, String key, Map<String, Value> values, long seen) {}
