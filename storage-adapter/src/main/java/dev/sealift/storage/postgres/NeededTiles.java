package dev.sealift.storage.postgres;

import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.TileNodes;
import dev.sealift.protocol.log.Tiles;
import dev.sealift.protocol.log.TreeNodes;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The tiles that a proof will read. Which nodes a proof has follows from sizes alone and not from hashes: so
 * it is made once for nothing, to see what it asks for, and again when that was read in one go.
 */
final class NeededTiles implements Tiles {
  private record Key(int level, long tile) {}

  private final Map<Key, ByteArrayOutputStream> tiles = new LinkedHashMap<>();

  private final TileEdge edge;

  private NeededTiles(TileEdge edge) {
    this.edge = edge;
  }

  /** @param edge as it was before the parts are read: what it lacks was full then */
  static NeededTiles of(TileEdge edge, Consumer<TreeNodes> computation) {
    NeededTiles needed = new NeededTiles(edge);
    computation.accept((level, index) -> {
      int height = level % Tiles.LEVELS;
      long tile = (index << height) / Tiles.HASHES;
      needed.tiles.computeIfAbsent(new Key(level - height, tile), k -> new ByteArrayOutputStream());
      return CompactTree.EMPTY_ROOT;
    });
    return needed;
  }

  boolean isEmpty() {
    return tiles.isEmpty();
  }

  Tuple parameters(Buffer space) {
    List<Key> keys = List.copyOf(tiles.keySet());
    return Tuple.of(
        space,
        keys.stream().map(Key::level).toArray(Integer[]::new),
        keys.stream().map(Key::tile).toArray(Long[]::new));
  }

  /** A full part; those of one tile come in their order. */
  void add(Row row) {
    long tile = row.getLong(1) / TileEdge.PARTS;
    tiles.get(new Key(row.getInteger(0), tile)).writeBytes(row.getBuffer(2).getBytes());
  }

  TreeNodes nodes() {
    return new TileNodes(this);
  }

  @Override
  public byte[] read(int tileLevel, long index) {
    ByteArrayOutputStream tile = tiles.get(new Key(tileLevel, index));
    return tile == null ? new byte[0] : edge.complete(tileLevel, index, tile.toByteArray());
  }
}
