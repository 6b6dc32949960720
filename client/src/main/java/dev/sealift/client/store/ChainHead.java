package dev.sealift.client.store;

import dev.sealift.protocol.id.FileId;

/**
 * The last file of a device's chain as far as this store knows.
 *
 * @param place the file's, as far as everybody can work it out: the base of the next one. 0 under the rule by hybrid time, and of a file that has no place in the log yet
 */
public record ChainHead(long counter, FileId file, long place) {
  /** Without a place. */
  public ChainHead(long counter, FileId file) {
    this(counter, file, 0);
  }
}
