package dev.sealift.protocol.file;

import dev.sealift.protocol.id.FileId;

/**
 * What a device says of a compaction that it has made itself as well.
 *
 * @param compaction the file of its last part
 * @param isContested whether something else came of it
 */
public record Attested(FileId compaction, boolean isContested) {}
