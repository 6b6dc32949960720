package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.FileId;

/**
 * A packed file that waits for its receipt, resent byte for byte until then.
 *
 * @param header the signed header
 * @param payload sealed
 * @param first the time of its oldest event; zero in a file without events
 * @param last the time of its newest event; zero in a file without events
 */
public record OutboxFile(
    long counter, FileId file, Bytes header, Bytes payload, HybridTime first, HybridTime last) {}
