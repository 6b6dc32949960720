package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.protocol.FormatException;
import java.util.Optional;

/** The blocks of a compaction, one after the other. */
@FunctionalInterface
public interface BlockSource {
  /** @throws FormatException when it cannot be read */
  Optional<Block> next() throws FormatException;
}
