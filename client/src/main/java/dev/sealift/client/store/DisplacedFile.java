package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;

/**
 * A file by another device that a restored mesh has no place for any more; its payload is read when it is sent.
 *
 * @param id rises in the order in which they are to be put once more
 * @param header the signed header
 */
public record DisplacedFile(long id, Bytes header) {}
