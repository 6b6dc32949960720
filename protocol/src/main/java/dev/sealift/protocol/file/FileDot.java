package dev.sealift.protocol.file;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;

/** A place in a chain, and the file that stands there. */
public record FileDot(DeviceId device, long counter, FileId file) {}
