package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.Map;
import java.util.Optional;

/**
 * An entry of a feed.
 *
 * @param offset from 1 on, in the order of the log; 0 as long as the log does not have it
 * @param row what it shows; empty when somebody removed it
 * @param time when it was appended
 * @param device who appended it
 */
public record FeedLine(
    long offset, String key, Optional<Map<String, Value>> row, HybridTime time, DeviceId device) {}
