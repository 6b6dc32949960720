package dev.sealift.protocol.log;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tiles as a store would keep them, counting reads. Strict: an append must go exactly where a tile
 * ends.
 */
final class MemoryTiles implements Tiles {
  private final Map<String, ByteArrayOutputStream> tiles = new HashMap<>();
  private int reads;
  private long bytes;

  void apply(List<TileAppend> appends) {
    for (TileAppend append : appends) {
      ByteArrayOutputStream tile = tiles.computeIfAbsent(
          key(append.tileLevel(), append.index()), k -> new ByteArrayOutputStream());
      if (tile.size() != append.offsetBytes() || append.hashes().isEmpty()) {
        throw new AssertionError("the append does not continue the tile");
      }
      tile.writeBytes(append.hashes().toByteArray());
      if (tile.size() > BYTES) {
        throw new AssertionError("the tile overflows");
      }
      bytes += append.hashes().size();
    }
  }

  @Override
  public byte[] read(int tileLevel, long index) {
    reads++;
    ByteArrayOutputStream tile = tiles.get(key(tileLevel, index));
    return tile == null ? new byte[0] : tile.toByteArray();
  }

  int reads() {
    return reads;
  }

  long bytes() {
    return bytes;
  }

  private static String key(int tileLevel, long index) {
    return tileLevel + "/" + index;
  }
}
