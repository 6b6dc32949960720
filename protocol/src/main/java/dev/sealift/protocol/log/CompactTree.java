package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;

/**
 * A tree that only grows, known by its right edge: enough to append and to tell the root, in at
 * most 62 hashes whatever the size, so that a restart reads them and not the log.
 *
 * <p>The right edge, the <i>frontier</i>, holds the roots of the complete subtrees that the leaves
 * fall into, largest first: one for each 1 in the binary size, of as many leaves as that 1 stands
 * for. Hashing follows RFC 9162, section 2.1.1.
 *
 * <p>For one thread at a time. Appending costs one hash on average, the root at most one a level.
 */
public final class CompactTree {
  /** The root of a tree without leaves: SHA-256 of nothing (RFC 9162, section 2.1.1). */
  public static final Hash EMPTY_ROOT = Hash.of();

  private final TreeHasher hasher = new TreeHasher();
  private final HashRow frontier;
  private long size;

  /** The empty tree. */
  public CompactTree() {
    this(0, new HashRow());
  }

  private CompactTree(long size, HashRow owned) {
    this.size = size;
    this.frontier = owned;
  }

  /**
   * Goes on from what {@link #size} and {@link #frontier} told. Any hashes of the right number make
   * a tree: whether it is the right one shows when its {@link #root} is compared with a head that
   * is trusted.
   *
   * @throws FormatException when the size is out of bounds or the frontier is not as long as the
   *     size asks for
   */
  public static CompactTree restore(long size, byte[] frontier) throws FormatException {
    if (size < 0 || size >= Limits.MAX_SEQUENCE) {
      throw new FormatException("a log has 0 to 2^62 - 1 leaves");
    }
    int expected = Long.bitCount(size) * Hash.BYTES;
    if (frontier.length != expected) {
      throw new FormatException(
          "the frontier of this log must be " + expected + " bytes long, not " + frontier.length);
    }
    return new CompactTree(size, HashRow.of(frontier));
  }

  static CompactTree at(long size, HashRow ownedFrontier) {
    return new CompactTree(size, ownedFrontier);
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** {@link #EMPTY_ROOT} while there is no leaf. */
  public Hash root() {
    int last = frontier.count() - 1;
    if (last < 0) {
      return EMPTY_ROOT;
    }
    Hash root = frontier.get(last);
    for (int i = last - 1; i >= 0; i--) {
      root = hasher.node(frontier.get(i), root);
    }
    return root;
  }

  /** The roots of the complete subtrees, largest first, {@value Hash#BYTES} bytes each; a copy. */
  public byte[] frontier() {
    return frontier.toByteArray();
  }

  /**
   * Adds a leaf by its hash.
   *
   * @throws IllegalStateException when the log is as long as any may be
   */
  public void append(Hash leaf) {
    checkRoom(size);
    frontier.add(leaf);
    for (long full = size; (full & 1) == 1; full >>= 1) {
      frontier.mergeLastTwo(hasher);
    }
    size++;
  }

  /**
   * Adds the leaves of a complete subtree of {@code 1 << level} leaves, of which nothing but its root is known.
   *
   * @throws IllegalStateException when the log would be longer than any may be
   * @throws IllegalArgumentException when no such subtree begins at this size
   */
  public void appendComplete(int level, Hash subtree) {
    if (level < 0 || level >= TileNodes.TREE_LEVELS || (size & ((1L << level) - 1)) != 0) {
      throw new IllegalArgumentException("no complete subtree of that height begins here");
    }
    checkRoom(size + (1L << level) - 1);
    frontier.add(subtree);
    for (long full = size >> level; (full & 1) == 1; full >>= 1) {
      frontier.mergeLastTwo(hasher);
    }
    size += 1L << level;
  }

  /** A tree of its own, for another thread or another future. */
  public CompactTree copy() {
    return new CompactTree(size, frontier.copy());
  }

  /** The root of the complete subtree at a place of the frontier, 0 being the largest. */
  Hash peak(int place) {
    return frontier.get(place);
  }

  static void checkRoom(long size) {
    if (size + 1 >= Limits.MAX_SEQUENCE) {
      throw new IllegalStateException("a log has at most 2^62 - 1 leaves");
    }
  }
}
