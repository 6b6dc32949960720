package dev.sealift.protocol.log;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Proofs that a leaf is in a log, and that one log extends another: RFC 9162, sections 2.1.3 and
 * 2.1.4.
 *
 * <p>Making a proof is for who holds the log; a size or an index that makes no sense is a bug
 * there, and thrown. Checking is for who trusts nobody: anything at all may be given, and what does
 * not prove is false.
 *
 * <p>A proof binds hashes, not sizes: sizes, too, must come from a signed {@link TreeHead}.
 */
public final class Proofs {
  private Proofs() {}

  /**
   * PATH(index, D[size]) of section 2.1.3.1: siblings from the leaf upwards.
   *
   * @throws IllegalArgumentException unless 0 ≤ index &lt; size, or when {@code nodes} lacks one
   *     that is needed
   */
  public static List<Hash> inclusion(long index, long size, TreeNodes nodes) {
    check(index >= 0 && index < size && isSize(size), "the leaf is not in a log of that size");
    Descent descent = new Descent(size, nodes);
    while (descent.leaves() > 1) {
      descent.towards(index);
    }
    return descent.siblingsUpwards();
  }

  /**
   * PROOF(from, D[to]) of section 2.1.4.1. Empty when the sizes are equal, and from an empty log,
   * which every log extends.
   *
   * @throws IllegalArgumentException unless 0 ≤ from ≤ to, or when {@code nodes} lacks one that is
   *     needed
   */
  public static List<Hash> consistency(long from, long to, TreeNodes nodes) {
    check(from >= 0 && from <= to && isSize(to), "a log does not extend a longer one");
    if (from == 0) {
      return List.of();
    }
    Descent descent = new Descent(to, nodes);
    while (descent.end != from) {
      descent.towards(from - 1);
    }
    if (descent.first != 0) {
      descent.addWhereItStands();
    }
    return descent.siblingsUpwards();
  }

  /**
   * The root of the log's first {@code size} leaves.
   *
   * @throws IllegalArgumentException when the size is out of bounds, or {@code nodes} lacks one
   *     that is needed
   */
  public static Hash rootAt(long size, TreeNodes nodes) {
    check(isSize(size), "a log has 0 to 2^62 - 1 leaves");
    return size == 0 ? CompactTree.EMPTY_ROOT : root(0, size, nodes, new TreeHasher());
  }

  /**
   * Whether {@code path} leads from the leaf at {@code index}, from 0, to the root: section
   * 2.1.3.2.
   *
   * @param leaf the leaf's hash
   */
  public static boolean verifyInclusion(
      Hash leaf, long index, long size, List<Hash> path, Hash root) {
    if (index < 0 || index >= size || !isSize(size)) {
      return false;
    }
    TreeHasher hasher = new TreeHasher();
    Climb climb = new Climb(index, size - 1);
    Hash reached = leaf;
    for (Hash sibling : path) {
      if (climb.isAtRoot()) {
        return false;
      }
      reached =
          climb.siblingIsLeft() ? hasher.node(sibling, reached) : hasher.node(reached, sibling);
      climb.up();
    }
    return climb.isAtRoot() && reached.equals(root);
  }

  /**
   * Whether the log of {@code to} leaves and {@code toRoot} begins with the log of {@code from}
   * leaves and {@code fromRoot}: section 2.1.4.2, and for the sizes that it leaves out: equal sizes
   * have equal roots, an empty log has the empty root, and neither needs a proof.
   */
  public static boolean verifyConsistency(
      long from, long to, Hash fromRoot, Hash toRoot, List<Hash> proof) {
    if (from < 0 || from > to || !isSize(to)) {
      return false;
    }
    if (from == 0 && !fromRoot.equals(CompactTree.EMPTY_ROOT)) {
      return false;
    }
    if (from == to) {
      return proof.isEmpty() && fromRoot.equals(toRoot);
    }
    return from == 0 ? proof.isEmpty() : verifyExtension(from, to, fromRoot, toRoot, proof);
  }

  private static boolean verifyExtension(
      long from, long to, Hash fromRoot, Hash toRoot, List<Hash> proof) {
    boolean startsAtFromRoot = Long.bitCount(from) == 1;
    if (!startsAtFromRoot && proof.isEmpty()) {
      return false;
    }
    Hash start = startsAtFromRoot ? fromRoot : proof.get(0);
    List<Hash> rest = startsAtFromRoot ? proof : proof.subList(1, proof.size());
    TreeHasher hasher = new TreeHasher();
    Climb climb = new Climb(from - 1, to - 1);
    climb.skipRightChildren();
    Hash reachedFrom = start;
    Hash reachedTo = start;
    for (Hash sibling : rest) {
      if (climb.isAtRoot()) {
        return false;
      }
      if (climb.siblingIsLeft()) {
        reachedFrom = hasher.node(sibling, reachedFrom);
        reachedTo = hasher.node(sibling, reachedTo);
      } else {
        reachedTo = hasher.node(reachedTo, sibling);
      }
      climb.up();
    }
    return climb.isAtRoot() && reachedFrom.equals(fromRoot) && reachedTo.equals(toRoot);
  }

  /**
   * MTH of the leaves from {@code first}, a multiple of the largest power of two that fits, to
   * before {@code end}.
   */
  private static Hash root(long first, long end, TreeNodes nodes, TreeHasher hasher) {
    long rest = end - first;
    long at = end;
    Hash root = null;
    while (rest != 0) {
      int level = Long.numberOfTrailingZeros(rest);
      at -= 1L << level;
      Hash subtree = nodes.node(level, at >> level);
      root = root == null ? subtree : hasher.node(subtree, root);
      rest &= rest - 1;
    }
    if (root == null) {
      throw new IllegalStateException("no leaves have no subtree");
    }
    return root;
  }

  private static boolean isSize(long size) {
    return size >= 0 && size < Limits.MAX_SEQUENCE;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The way from the root down to a subtree, collecting what lies beside it. */
  private static final class Descent {
    private final TreeHasher hasher = new TreeHasher();
    private final List<Hash> siblings = new ArrayList<>();
    private final TreeNodes nodes;
    private long first;
    private long end;

    Descent(long size, TreeNodes nodes) {
      this.end = size;
      this.nodes = nodes;
    }

    long leaves() {
      return end - first;
    }

    /**
     * To the child that has this leaf; the left one has as many leaves as the largest power of two
     * below all.
     */
    void towards(long leaf) {
      long middle = first + Long.highestOneBit(leaves() - 1);
      if (leaf < middle) {
        siblings.add(root(middle, end, nodes, hasher));
        end = middle;
      } else {
        siblings.add(root(first, middle, nodes, hasher));
        first = middle;
      }
    }

    void addWhereItStands() {
      siblings.add(root(first, end, nodes, hasher));
    }

    List<Hash> siblingsUpwards() {
      Collections.reverse(siblings);
      return List.copyOf(siblings);
    }
  }

  /** The way from a node to the root: {@code fn} and {@code sn} of the RFC's two algorithms. */
  private static final class Climb {
    private long node;
    private long last;

    Climb(long node, long last) {
      this.node = node;
      this.last = last;
    }

    boolean isAtRoot() {
      return last == 0;
    }

    boolean siblingIsLeft() {
      return isRightChild() || node == last;
    }

    /**
     * To the parent. The last node of a level may have no sibling there: then it is its own parent.
     */
    void up() {
      if (node == last) {
        while (!isRightChild() && node != 0) {
          shift();
        }
      }
      shift();
    }

    void skipRightChildren() {
      while (isRightChild()) {
        shift();
      }
    }

    private boolean isRightChild() {
      return (node & 1) == 1;
    }

    private void shift() {
      node >>= 1;
      last >>= 1;
    }
  }
}
