package dev.sealift.protocol.log;

import dev.sealift.protocol.id.Hash;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Hashes nodes (RFC 9162, section 2.1.1) with one digest used again and again: looking one up costs
 * as much as a node. For one thread at a time, as is whatever holds one.
 */
final class TreeHasher {
  private static final byte[] LEAF_PREFIX = {0};
  private static final byte NODE_PREFIX = 1;

  private final MessageDigest digest = Hash.sha256();

  static Hash leaf(byte[] entry) {
    return Hash.of(LEAF_PREFIX, entry);
  }

  Hash node(Hash left, Hash right) {
    digest.update(NODE_PREFIX);
    left.addTo(digest);
    right.addTo(digest);
    return Hash.of(digest);
  }

  /**
   * Hashes two nodes that lie side by side from {@code pairOffset}; the result may overwrite them.
   */
  void node(byte[] pair, int pairOffset, byte[] target, int targetOffset) {
    digest.update(NODE_PREFIX);
    digest.update(pair, pairOffset, 2 * Hash.BYTES);
    try {
      digest.digest(target, targetOffset, Hash.BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
  }

  /**
   * The root of a complete subtree: halves a row of {@code count} hashes, a power of two, until one
   * is left, in place.
   */
  void foldComplete(byte[] row, int count) {
    for (int left = count; left > 1; left /= 2) {
      for (int i = 0; i < left; i += 2) {
        node(row, i * Hash.BYTES, row, i / 2 * Hash.BYTES);
      }
    }
  }
}
