package dev.sealift.protocol.log;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * Hashes that a store adds to one of its {@link Tiles}.
 *
 * @param tileLevel the level of the tile's hashes in the tree: 0, 8, 16 …
 * @param index of the tile in its level, from 0
 * @param offsetBytes where in the tile they go: how long the tile is before; 0 for a new tile
 * @param hashes {@value Hash#BYTES} bytes each; they do not reach beyond the tile
 */
public record TileAppend(int tileLevel, long index, int offsetBytes, ByteString hashes) {

  /**
   * What brings the tiles from the log before the batch to the log with it, lowest level first,
   * then by index.
   */
  public static List<TileAppend> of(AppendRecorder batch) {
    List<TileAppend> appends = new ArrayList<>();
    for (int level = 0; level < TileNodes.TREE_LEVELS; level += Tiles.LEVELS) {
      addLevel(level, batch, appends);
    }
    return appends;
  }

  private static void addLevel(int level, AppendRecorder batch, List<TileAppend> appends) {
    long to = batch.size() >> level;
    long from = batch.firstSize() >> level;
    while (from < to) {
      long tile = from / Tiles.HASHES;
      long end = Math.min(to, (tile + 1) * Tiles.HASHES);
      int offsetBytes = (int) (from % Tiles.HASHES) * Hash.BYTES;
      appends.add(new TileAppend(
          level, tile, offsetBytes, ByteString.copyFrom(batch.nodes(level, from, end))));
      from = end;
    }
  }
}
