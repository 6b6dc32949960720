package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.log.Tiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The growing end of a space's tiles. A tile is stored in parts of sixteen hashes, a row of {@code tile_part} each, once they are full; of each level
 * the hashes that do not fill one yet stand together at the space's head, which every commit writes anyway. So a commit reads no
 * tiles, and a part is written once.
 *
 * <p>How many hashes a level has here follows from the log's size: the remainder of its hashes by sixteen. Stored are the levels one after another, lowest
 * first. Not changed once made.
 */
final class TileEdge {
  /** So that half a kilobyte a level, at most, is written anew with each commit. */
  private static final int PART_HASHES = 16;

  private static final int PART_BYTES = PART_HASHES * Hash.BYTES;

  static final int PARTS = Tiles.BYTES / PART_BYTES;

  /** A full part, as it is to be stored. */
  record Part(int level, long part, ByteString hashes) {}

  /** What an append makes: the edge after it, and the parts that it filled. */
  record Grown(TileEdge edge, List<Part> filled) {}

  private final long size;

  /** Of the levels that the tree has; none when the last part is full. */
  private final TreeMap<Integer, ByteString> levels;

  private TileEdge(long size, TreeMap<Integer, ByteString> levels) {
    this.size = size;
    this.levels = levels;
  }

  /** Empty when this is not the edge of a log of that size. */
  static Optional<TileEdge> parse(long size, ByteString stored) {
    TreeMap<Integer, ByteString> levels = new TreeMap<>();
    int from = 0;
    for (int level = 0; level < Long.SIZE && size >> level > 0; level += Tiles.LEVELS) {
      int to = from + (int) ((size >> level) % PART_HASHES) * Hash.BYTES;
      if (to > stored.size()) {
        return Optional.empty();
      }
      levels.put(level, stored.substring(from, to));
      from = to;
    }
    return from == stored.size() ? Optional.of(new TileEdge(size, levels)) : Optional.empty();
  }

  ByteString byteString() {
    return ByteString.copyFrom(levels.values());
  }

  /** What comes of appending to the log of this edge's size, all levels of it, in their order. */
  Grown grown(List<TileAppend> appends, long newSize) {
    TreeMap<Integer, ByteString> after = new TreeMap<>(levels);
    List<Part> filled = new ArrayList<>();
    for (TileAppend append : appends) {
      ByteString hashes =
          after.getOrDefault(append.tileLevel(), ByteString.EMPTY).concat(append.hashes());
      long part = append.index() * PARTS + append.offsetBytes() / PART_BYTES;
      int from = 0;
      for (; hashes.size() - from >= PART_BYTES; from += PART_BYTES) {
        filled.add(new Part(append.tileLevel(), part++, hashes.substring(from, from + PART_BYTES)));
      }
      after.put(append.tileLevel(), hashes.substring(from));
    }
    return new Grown(new TileEdge(newSize, after), filled);
  }

  /** A tile's hashes: those of its full parts, and those of this edge, if the tile is where its level ends. */
  byte[] complete(int level, long tile, byte[] full) {
    ByteString last = levels.getOrDefault(level, ByteString.EMPTY);
    long begins = (size >> level) - last.size() / Hash.BYTES;
    return full.length < Tiles.BYTES && begins == tile * Tiles.HASHES + full.length / Hash.BYTES
        ? ByteString.copyFrom(full).concat(last).toByteArray()
        : full;
  }
}
