package dev.sealift.client.store;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;

/**
 * An admitted file's place in the log.
 *
 * @param base as its receipt says
 * @param root the tree's root with this file as its last leaf
 */
public record LogEntry(
    long sequence,
    FileId file,
    DeviceId author,
    long counter,
    long serverTimeMillis,
    long base,
    Hash root) {}
