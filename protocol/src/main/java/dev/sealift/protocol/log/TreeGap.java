package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of leaves that a tree can go on across without knowing them: by the roots of the complete subtrees that they fall into, each the
 * largest that begins where the one before ends, and ends within the stretch. They are nodes of the log's own tree, so the tree behind
 * the stretch is the same as with its leaves.
 */
public final class TreeGap {
  /** Subtrees grow from the beginning of a stretch and shrink towards its end, and each height comes twice at most. */
  public static final int MAX_HASHES = 2 * TileNodes.TREE_LEVELS;

  private TreeGap() {}

  /** How many hashes stand for the leaves from one size of the log to another. */
  public static int count(long from, long to) {
    return levels(from, to).size();
  }

  /**
   * The hashes that stand for the leaves from one size of the log to another, left to right.
   *
   * @throws IllegalArgumentException unless 0 ≤ from ≤ to, or when {@code nodes} lacks one that is needed
   */
  public static List<Hash> hashes(long from, long to, TreeNodes nodes) {
    List<Hash> hashes = new ArrayList<>();
    long at = from;
    for (int level : levels(from, to)) {
      hashes.add(nodes.node(level, at >> level));
      at += 1L << level;
    }
    return hashes;
  }

  private static List<Integer> levels(long from, long to) {
    if (from < 0 || from > to || to >= Limits.MAX_SEQUENCE) {
      throw new IllegalArgumentException("a stretch runs upwards within a log");
    }
    List<Integer> levels = new ArrayList<>();
    for (long at = from; at < to; ) {
      int level = levelAt(at, to);
      levels.add(level);
      at += 1L << level;
    }
    return levels;
  }

  /** Of the largest complete subtree that begins at a size and does not go beyond another. */
  private static int levelAt(long at, long to) {
    int fits = Long.SIZE - 1 - Long.numberOfLeadingZeros(to - at);
    return at == 0 ? fits : Math.min(fits, Long.numberOfTrailingZeros(at));
  }

  /**
   * Goes on across a stretch that somebody else has told of. Any hashes of the right number make a tree: whether it is the right one shows
   * when its root is compared.
   *
   * @throws FormatException when there are not as many hashes as leaves ask for, or the log would be longer than any may be
   */
  public static void append(CompactTree tree, long leaves, List<Hash> hashes)
      throws FormatException {
    if (leaves < 1 || leaves >= Limits.MAX_SEQUENCE - tree.size()) {
      throw new FormatException("a gap has 1 leaf or more, within a log");
    }
    long to = tree.size() + leaves;
    if (hashes.size() != count(tree.size(), to)) {
      throw new FormatException("a gap has a hash for each complete subtree");
    }
    for (Hash hash : hashes) {
      tree.appendComplete(levelAt(tree.size(), to), hash);
    }
  }
}
