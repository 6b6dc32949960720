package dev.sealift.merge;

import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a device's chain ends.
 *
 * @param counter of its last file; 0 before the first
 * @param file the last file; empty before the first
 * @param place of that file, as far as everybody can work it out: what the next one has as its base. Empty when the store has to be asked; 0 before the first, and under
 *     the rule by hybrid time
 * @param part what that file is of a compaction; {@link Part#NONE} if nothing, or before the first. Empty when the store has to be asked
 */
record ChainHead(long counter, Optional<FileId> file, OptionalLong place, Optional<Part> part) {
  static final ChainHead NONE =
      new ChainHead(0, Optional.empty(), OptionalLong.of(0), Optional.of(Part.NONE));

  static ChainHead at(SignedHeader file, long place) {
    return new ChainHead(
        file.header().counter(),
        Optional.of(file.id()),
        OptionalLong.of(place),
        Optional.of(Part.of(file.header())));
  }

  /** Whether the store has to be asked for this end before that file can be judged as the next. */
  boolean isUnknownTo(FileHeader next) {
    return place.isEmpty() || part.isEmpty() && Part.follows(next);
  }

  long nextCounter() {
    return counter + 1;
  }
}
