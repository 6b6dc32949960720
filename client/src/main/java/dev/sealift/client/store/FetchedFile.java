package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;

/**
 * A file of the log that was fetched to take a step, as it was signed and sealed.
 *
 * @param base as its leaf has it
 * @param header the signed header
 * @param payload sealed
 */
public record FetchedFile(
    long sequence, long serverTimeMillis, long base, Bytes header, Bytes payload) {}
