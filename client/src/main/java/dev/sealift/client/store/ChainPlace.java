package dev.sealift.client.store;

import dev.sealift.protocol.id.FileId;
import java.util.Optional;

/**
 * What the log has at a place of a device's chain.
 *
 * @param file empty of one that a step brought without its id: an old one
 * @param place the file's, as far as everybody can work it out; 0 under the rule by hybrid time
 */
public record ChainPlace(Optional<FileId> file, long place) {
  /** Whether that file may stand there: of one whose id is not known the place in the chain has to do. */
  public boolean mayBe(FileId id) {
    return file.map(id::equals).orElse(true);
  }
}
