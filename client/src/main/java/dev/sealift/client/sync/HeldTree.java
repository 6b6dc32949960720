package dev.sealift.client.sync;

import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Tiles;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The hash tree of the log that this device holds, computed from its entries: for proofs, which it needs only after a mesh was restored.
 * Reads every entry once for the tiles above the leaves and keeps those, 32 bytes for 256 entries. For one thread, while the log does not change.
 */
final class HeldTree implements Tiles {
  private final SpaceStore store;
  private final SpaceId space;

  /** Tiles above the leaves, by level and index. */
  private final Map<Long, Map<Long, byte[]>> upper = new HashMap<>();

  HeldTree(SpaceStore store, SpaceId space) {
    this.store = store;
    this.space = space;
  }

  @Override
  public byte[] read(int tileLevel, long index) {
    return tileLevel == 0
        ? leaves(index)
        : upper
            .computeIfAbsent((long) tileLevel, level -> new HashMap<>())
            .computeIfAbsent(index, i -> roots(tileLevel, i));
  }

  private byte[] leaves(long index) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream(Tiles.BYTES);
    for (LogEntry entry : store.log(index * Tiles.HASHES + 1, Tiles.HASHES)) {
      hashes.writeBytes(leaf(space, entry).toByteArray());
    }
    return hashes.toByteArray();
  }

  static Hash leaf(SpaceId space, LogEntry entry) {
    return new Leaf(space, entry.sequence(), entry.serverTimeMillis(), entry.base(), entry.file())
        .hash();
  }

  /** The roots of the full tiles below. */
  private byte[] roots(int tileLevel, long index) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (long below = index * Tiles.HASHES; below < (index + 1) * Tiles.HASHES; below++) {
      byte[] tile = read(tileLevel - Tiles.LEVELS, below);
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
      byte[] hash = new byte[Hash.BYTES];
      System.arraycopy(fullTile, i * Hash.BYTES, hash, 0, Hash.BYTES);
      tree.append(hashOf(hash));
    }
    return tree.root();
  }

  private static Hash hashOf(byte[] bytes) {
    try {
      return Hash.wrap(bytes);
    } catch (dev.sealift.protocol.FormatException e) {
      throw new IllegalStateException("a range of the length of a hash is one", e);
    }
  }

  /** The tree of the log's first {@code size} entries, which must be held. */
  static CompactTree upTo(long size, SpaceStore store, SpaceId space) {
    CompactTree tree = new CompactTree();
    while (tree.size() < size) {
      int most = (int) Math.min(Tiles.HASHES, size - tree.size());
      List<LogEntry> entries = store.log(tree.size() + 1, most);
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("the log is not held that far");
      }
      entries.forEach(entry -> tree.append(leaf(space, entry)));
    }
    return tree;
  }
}
