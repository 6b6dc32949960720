package dev.sealift.protocol.mesh;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * Which merge-engine looks after which spaces. Every process computes the same answer from the same list of engines, by
 * rendezvous hashing (Thaler and Ravishankar, 1998), without locks. Two owners at once are harmless: the store's
 * compare-and-set decides.
 */
public final class Shards {
  /** Enough to spread over dozens of engines evenly, few enough to list. Fixed for ever: owners are computed from it. */
  public static final int COUNT = 256;

  private Shards() {}

  public static int shardOf(SpaceId space) {
    return space.toByteArray()[0] & (COUNT - 1);
  }

  /** The engine with the highest hash for this shard; empty when there is no engine. */
  public static Optional<String> owner(int shard, Collection<String> engineIds) {
    String owner = null;
    Hash highest = null;
    for (String engine : engineIds) {
      Hash weight = Hash.of(new byte[] {(byte) shard}, engine.getBytes(StandardCharsets.UTF_8));
      if (highest == null || weight.compareTo(highest) > 0) {
        owner = engine;
        highest = weight;
      }
    }
    return Optional.ofNullable(owner);
  }
}
