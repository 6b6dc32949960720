package dev.sealift.protocol.log;

import dev.sealift.protocol.id.Hash;

/** Where {@link Proofs} finds the nodes of a tree. */
@FunctionalInterface
public interface TreeNodes {

  /**
   * The root of a complete subtree: of leaves {@code index << level} up to, not including, {@code
   * (index + 1) << level}. At level 0 it is a leaf hash.
   *
   * @throws IllegalArgumentException when this view of the tree does not have that node
   */
  Hash node(int level, long index);
}
