package dev.sealift.protocol.log;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Every node of a tree that is kept in {@link Tiles}: each from one tile. The last tile read of
 * each level is kept, so that a proof reads about two tiles a level of tiles.
 *
 * <p>For one thread at a time, and short-lived: one for a request.
 */
public final class TileNodes implements TreeNodes {
  /** A log has fewer than 2^62 leaves, so no node is higher than 61 levels above them. */
  static final int TREE_LEVELS = Long.numberOfTrailingZeros(Limits.MAX_SEQUENCE);

  private final TreeHasher hasher = new TreeHasher();
  private final Tiles tiles;
  private final @Nullable Kept[] kept = new Kept[TREE_LEVELS / Tiles.LEVELS + 1];

  public TileNodes(Tiles tiles) {
    this.tiles = tiles;
  }

  /**
   * @throws IllegalArgumentException when no log can have that node
   * @throws DamagedTilesException when the tile lacks hashes that the node needs, or is no tile
   */
  @Override
  public Hash node(int level, long index) {
    if (level < 0 || level >= TREE_LEVELS || index < 0 || index >= Limits.MAX_SEQUENCE >> level) {
      throw new IllegalArgumentException("no log has such a node");
    }
    int height = level % Tiles.LEVELS;
    long first = index << height;
    int offset = (int) (first % Tiles.HASHES) * Hash.BYTES;
    int end = offset + (Hash.BYTES << height);
    byte[] tile = tile(level - height, first / Tiles.HASHES, end);
    return root(tile, offset, end);
  }

  private Hash root(byte[] tile, int offset, int end) {
    byte[] row = Arrays.copyOfRange(tile, offset, end);
    hasher.foldComplete(row, row.length / Hash.BYTES);
    return HashRow.hashAt(row, 0);
  }

  /** Tiles only grow: one that was read before is read again only when it is too short now. */
  private byte[] tile(int tileLevel, long index, int neededBytes) {
    int slot = tileLevel / Tiles.LEVELS;
    Kept last = kept[slot];
    if (last != null && last.index == index && last.hashes.length >= neededBytes) {
      return last.hashes;
    }
    byte[] hashes = read(tileLevel, index, neededBytes);
    kept[slot] = new Kept(index, hashes);
    return hashes;
  }

  private byte[] read(int tileLevel, long index, int neededBytes) {
    byte[] hashes = tiles.read(tileLevel, index);
    if (hashes.length > Tiles.BYTES || hashes.length % Hash.BYTES != 0) {
      throw new DamagedTilesException(tileLevel, index, "is " + hashes.length + " bytes long");
    }
    if (hashes.length < neededBytes) {
      throw new DamagedTilesException(
          tileLevel, index, "has " + hashes.length + " of " + neededBytes + " bytes needed");
    }
    return hashes;
  }

  private static final class Kept {
    private final long index;
    private final byte[] hashes;

    Kept(long index, byte[] hashes) {
      this.index = index;
      this.hashes = hashes;
    }
  }
}
