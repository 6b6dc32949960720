package dev.sealift.merge;

import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import java.util.Optional;

/**
 * Where a device's chain ends.
 *
 * @param counter of its last file; 0 before the first
 * @param file the last file; empty before the first
 */
record ChainHead(long counter, Optional<FileId> file) {
  static final ChainHead NONE = new ChainHead(0, Optional.empty());

  static ChainHead at(SignedHeader file) {
    return new ChainHead(file.header().counter(), Optional.of(file.id()));
  }

  long nextCounter() {
    return counter + 1;
  }
}
