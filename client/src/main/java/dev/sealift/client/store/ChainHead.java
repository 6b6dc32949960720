package dev.sealift.client.store;

import dev.sealift.protocol.id.FileId;

/** The last file of a device's chain as far as this store knows. */
public record ChainHead(long counter, FileId file) {}
