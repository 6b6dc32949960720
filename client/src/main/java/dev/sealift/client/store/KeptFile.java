package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;

/**
 * A file of the log as it was signed and sealed.
 *
 * @param header the signed header
 * @param payload sealed
 */
public record KeptFile(long sequence, long serverTimeMillis, Bytes header, Bytes payload) {}
