package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.log.Tiles;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A space's tiles in the rows of {@code tile_part}: sixteen parts a tile, sixteen hashes a part. */
final class TileParts {
  /** Half a kilobyte: rewriting it at an append stays within its page. */
  private static final int PART_HASHES = 16;

  private static final int PART_BYTES = PART_HASHES * Hash.BYTES;

  static final int PARTS = Tiles.BYTES / PART_BYTES;

  /** Where a part is. */
  record Key(ByteString space, int level, long part) {}

  /** A part as it is to be stored. */
  record Part(int level, long part, ByteString hashes) {}

  private final Map<Key, ByteString> stored = new HashMap<>();

  void put(Key key, ByteString hashes) {
    stored.put(key, hashes);
  }

  /** The parts that a commit goes on from: those that it finds begun. */
  static List<Key> begun(SpaceCommit commit) {
    List<Key> begun = new ArrayList<>();
    for (int level = 0; commit.getNewSize() >> level > 0; level += Tiles.LEVELS) {
      long from = commit.getExpectedSize() >> level;
      boolean grows = from < commit.getNewSize() >> level;
      if (grows && from % PART_HASHES != 0) {
        begun.add(new Key(commit.getSpace(), level, from / PART_HASHES));
      }
    }
    return begun;
  }

  /** The parts as they are with what is appended; empty when what is stored is not what the log must have. */
  Optional<List<Part>> grown(ByteString space, List<TileAppend> appends) {
    List<Part> parts = new ArrayList<>();
    for (TileAppend append : appends) {
      long part = append.index() * PARTS + append.offsetBytes() / PART_BYTES;
      int heldBytes = append.offsetBytes() % PART_BYTES;
      ByteString held = heldBytes == 0
          ? ByteString.EMPTY
          : stored.getOrDefault(new Key(space, append.tileLevel(), part), ByteString.EMPTY);
      if (held.size() != heldBytes) {
        return Optional.empty();
      }
      ByteString hashes = held.concat(append.hashes());
      for (int from = 0; from < hashes.size(); from += PART_BYTES) {
        int to = Math.min(hashes.size(), from + PART_BYTES);
        parts.add(new Part(append.tileLevel(), part++, hashes.substring(from, to)));
      }
    }
    return Optional.of(parts);
  }
}
