package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;

/**
 * A file by another device that a restored mesh has no place for any more.
 *
 * @param id rises in the order in which they are to be put once more
 * @param header the signed header
 * @param payload sealed
 * @param refused for good, by the mesh as it was restored last
 */
public record DisplacedFile(long id, Bytes header, Bytes payload, boolean refused) {}
