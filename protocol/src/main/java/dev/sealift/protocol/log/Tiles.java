package dev.sealift.protocol.log;

import dev.sealift.protocol.id.Hash;

/**
 * A tree kept in tiles: every eighth level of it, cut into runs of 256 hashes. The seven levels
 * between follow from one tile, so that any node costs one read, and the whole tree about 32.13
 * bytes a leaf.
 *
 * <p>A tile of level 0 and index i has the leaf hashes 256i … 256i + 255; one of level 8 the roots
 * of full tiles of level 0, and so on. Tiles only grow, at the right edge; what they hold never
 * changes.
 */
@FunctionalInterface
public interface Tiles {
  /**
   * Hashes in a full tile: 8 KiB, two pages, and a subtree of {@value #LEVELS} levels above its
   * hashes.
   */
  int HASHES = 256;

  /** Levels from a tile to the tile above it. */
  int LEVELS = 8;

  /** A full tile. */
  int BYTES = HASHES * Hash.BYTES;

  /**
   * A tile's hashes, {@value Hash#BYTES} bytes each, as many as there are so far; no bytes when
   * there are none. The caller does not change them.
   *
   * @param tileLevel the level of the tile's hashes in the tree: 0, 8, 16 …
   * @param index of the tile in its level, from 0
   */
  byte[] read(int tileLevel, long index);
}
