package dev.sealift.client.sync;

import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.TileNodes;
import dev.sealift.protocol.log.Tiles;
import dev.sealift.protocol.log.TreeNodes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tree of the log that is held, for proofs. Where the store came by a step that told the ids of young files alone, the tree begins with its right edge in front of the first of them, and there is nothing to prove before that. For one thread at a time.
 */
final class HeldTree implements TreeNodes, LogEdges {
  private final SpaceStore store;
  private final SpaceId space;
  private final CompactTree edge;
  private final TileNodes nodes = new TileNodes(this::tile);

  /** Tiles above the leaves, by level and index. */
  private final Map<Long, Map<Long, byte[]>> upper = new HashMap<>();

  /** @param edge in front of the first file whose id is known, as are those of all behind it; empty where all are */
  HeldTree(SpaceStore store, SpaceId space, CompactTree edge) {
    this.store = store;
    this.space = space;
    this.edge = edge;
  }

  @Override
  public Hash node(int level, long index) {
    if ((index + 1) << level <= edge.size()) {
      return ofEdge(level, index << level);
    }
    if (firstOfTile(level, index) >= edge.size()) {
      return nodes.node(level, index);
    }
    return level == 0
        ? leaf(store.log(index + 1, 1).get(0))
        : parent(level, node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
  }

  /** What a proof asks for in front of the edge is one of its subtrees. */
  private Hash ofEdge(int level, long first) {
    byte[] frontier = edge.frontier();
    long start = 0;
    int at = 0;
    for (long left = edge.size(); left > 0; left -= Long.highestOneBit(left)) {
      if (start == first && Long.highestOneBit(left) == 1L << level) {
        return hashOf(Arrays.copyOfRange(frontier, at, at + Hash.BYTES));
      }
      start += Long.highestOneBit(left);
      at += Hash.BYTES;
    }
    throw new IllegalArgumentException("the log is not held there");
  }

  private static long firstOfTile(int level, long index) {
    int height = level % Tiles.LEVELS;
    return (index << height) / Tiles.HASHES * Tiles.HASHES << (level - height);
  }

  private static Hash parent(int level, Hash left, Hash right) {
    CompactTree both = new CompactTree();
    both.appendComplete(level - 1, left);
    both.appendComplete(level - 1, right);
    return both.root();
  }

  private byte[] tile(int tileLevel, long index) {
    return tileLevel == 0
        ? leaves(index)
        : upper
            .computeIfAbsent((long) tileLevel, level -> new HashMap<>())
            .computeIfAbsent(index, i -> roots(tileLevel, i));
  }

  private byte[] leaves(long index) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream(Tiles.BYTES);
    for (LogEntry entry : store.log(index * Tiles.HASHES + 1, Tiles.HASHES)) {
      hashes.writeBytes(leaf(entry).toByteArray());
    }
    return hashes.toByteArray();
  }

  private Hash leaf(LogEntry entry) {
    return new Leaf(space, entry.sequence(), entry.serverTimeMillis(), entry.base(), entry.file())
        .hash();
  }

  /** The roots of the full tiles below. */
  private byte[] roots(int tileLevel, long index) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (long below = index * Tiles.HASHES; below < (index + 1) * Tiles.HASHES; below++) {
      byte[] tile = tile(tileLevel - Tiles.LEVELS, below);
      if (tile.length < Tiles.BYTES) {
        break;
      }
      hashes.writeBytes(root(tile).toByteArray());
    }
    return hashes.toByteArray();
  }

  private static Hash root(byte[] fullTile) {
    CompactTree tree = new CompactTree();
    for (int i = 0; i < Tiles.HASHES; i++) {
      tree.append(hashOf(Arrays.copyOfRange(fullTile, i * Hash.BYTES, (i + 1) * Hash.BYTES)));
    }
    return tree.root();
  }

  private static Hash hashOf(byte[] bytes) {
    try {
      return Hash.wrap(bytes);
    } catch (FormatException e) {
      throw new IllegalStateException("a range of the length of a hash is one", e);
    }
  }

  /** Whether it is known of a shorter log. */
  boolean reachesBackTo(long size) {
    return size >= edge.size();
  }

  /** The tree of the log's first {@code size} entries, which must be held, and not end before the edge. */
  CompactTree upTo(long size) {
    if (!reachesBackTo(size)) {
      throw new IllegalArgumentException("the ids of the files there are not known");
    }
    CompactTree tree = edge.copy();
    while (tree.size() < size) {
      int most = (int) Math.min(Tiles.HASHES, size - tree.size());
      List<LogEntry> entries = store.log(tree.size() + 1, most);
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("the log is not held that far");
      }
      entries.forEach(entry -> tree.append(leaf(entry)));
    }
    return tree;
  }

  @Override
  public byte[] before(long sequence) {
    return upTo(sequence - 1).frontier();
  }
}
