package dev.sealift.protocol.log;

import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * One batch appended to a tree, with every node that it made: enough for the receipts of the batch
 * without reading the log. It has
 *
 * <ul>
 *   <li>inclusion paths of the batch's leaves to the new root,
 *   <li>consistency proofs from, and roots at, every size from before the batch to after it,
 *   <li>what a store has to add to its tiles: {@link TileAppend#of}.
 * </ul>
 *
 * <p>Paths of older leaves need the log's own nodes ({@link TileNodes}). For one thread at a time;
 * takes about 64 bytes a leaf while it lives.
 */
public final class AppendRecorder implements TreeNodes {
  private final TreeHasher hasher = new TreeHasher();
  private final List<Level> levels = new ArrayList<>();
  private final long firstSize;
  private long size;

  /** Starts a batch on top of {@code before}, which is not changed. */
  public AppendRecorder(CompactTree before) {
    this.firstSize = before.size();
    this.size = firstSize;
    int place = Long.bitCount(firstSize);
    for (int level = 0; firstSize >> level != 0; level++) {
      if (isOdd(firstSize >> level)) {
        row(level).add(before.peak(--place));
      }
    }
  }

  /**
   * Adds a leaf by its hash.
   *
   * @throws IllegalStateException when the log is as long as any may be
   */
  public void append(Hash leaf) {
    CompactTree.checkRoom(size);
    row(0).add(leaf);
    for (int level = 0; isOdd(size >> level); level++) {
      row(level + 1).addParentOfLastTwo(row(level), hasher);
    }
    size++;
  }

  /** Leaves before the batch. */
  public long firstSize() {
    return firstSize;
  }

  /** Leaves with the batch so far. */
  public long size() {
    return size;
  }

  public Hash root() {
    return Proofs.rootAt(size, this);
  }

  /** The tree with the batch so far, to go on from; independent of this recorder. */
  public CompactTree tree() {
    HashRow frontier = new HashRow();
    for (int level = levels.size() - 1; level >= 0; level--) {
      if (isOdd(size >> level)) {
        frontier.add(node(level, (size >> level) - 1));
      }
    }
    return CompactTree.at(size, frontier);
  }

  /** As {@link CompactTree#frontier}, with the batch so far. */
  public byte[] frontier() {
    return tree().frontier();
  }

  /**
   * The path from a leaf of the batch to the present root.
   *
   * @param index of the leaf in the whole log, from 0
   * @throws IllegalArgumentException when the leaf is not of this batch
   */
  public List<Hash> inclusion(long index) {
    if (index < firstSize) {
      throw new IllegalArgumentException("the leaf is older than the batch");
    }
    return Proofs.inclusion(index, size, this);
  }

  /** The proof that the log with the batch so far extends the log before it. */
  public List<Hash> consistency() {
    return Proofs.consistency(firstSize, size, this);
  }

  /** A node that the batch completed, or one of the frontier before it. */
  @Override
  public Hash node(int level, long index) {
    if (level < 0 || level >= levels.size()) {
      throw notHere();
    }
    Level nodes = levels.get(level);
    long at = index - nodes.firstIndex;
    if (at < 0 || at >= nodes.row.count()) {
      throw notHere();
    }
    return nodes.row.get((int) at);
  }

  /** The nodes of one level from one index up to, not including, another; all made by the batch. */
  byte[] nodes(int level, long from, long to) {
    Level nodes = levels.get(level);
    return nodes.row.copy((int) (from - nodes.firstIndex), (int) (to - nodes.firstIndex));
  }

  private HashRow row(int level) {
    while (levels.size() <= level) {
      levels.add(new Level(firstKept(levels.size()), new HashRow()));
    }
    return levels.get(level).row;
  }

  /**
   * The frontier before the batch has a node of this level when its size has that bit; the batch's
   * come right after it.
   */
  private long firstKept(int level) {
    long complete = firstSize >> level;
    return isOdd(complete) ? complete - 1 : complete;
  }

  private static boolean isOdd(long number) {
    return (number & 1) == 1;
  }

  private static IllegalArgumentException notHere() {
    return new IllegalArgumentException(
        "the node was neither made by the batch nor at the edge before it");
  }

  private record Level(long firstIndex, HashRow row) {}
}
