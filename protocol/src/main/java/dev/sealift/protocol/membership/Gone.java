package dev.sealift.protocol.membership;

import dev.sealift.protocol.id.FileId;

/**
 * A device that was in the space, as it was last.
 *
 * @param change the membership file by which it went
 * @param serverTimeMillis of that file
 */
public record Gone(Device device, FileId change, long serverTimeMillis) {}
