package dev.sealift.compactor;

import dev.sealift.protocol.id.DeviceId;

/**
 * A device that is there, may write and takes offers.
 *
 * @param gateway where it is connected
 * @param isSpared it would rather leave work to others
 */
record Present(DeviceId device, String gateway, boolean isSpared) {}
