package dev.sealift.client.store;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;

/**
 * How much of the log a device holds at the least: a file that it signed names the log's root there.
 *
 * @param sequence everything up to here
 * @param signed when it signed the last such file, by its own clock
 */
public record SignedView(DeviceId device, long sequence, HybridTime signed) {}
