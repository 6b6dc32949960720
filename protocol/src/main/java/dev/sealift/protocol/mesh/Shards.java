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
 *
 * <p>Likewise which storage-adapter an engine commits at. A payload is staged in the memory of one adapter, so who stages it and who
 * commits it must mean the same one.
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
    return highest(new byte[] {(byte) shard}, engineIds);
  }

  /** The storage-adapter at which this engine commits; empty when there is none. */
  public static Optional<String> storeOf(String engineId, Collection<String> storeIds) {
    return highest(utf8(engineId), storeIds);
  }

  /** The storage-adapter at which the payloads of a space are staged now; empty when there is none, or no engine. */
  public static Optional<String> storeOf(SpaceId space, Roster roster) {
    return owner(shardOf(space), roster.engines()).flatMap(e -> storeOf(e, roster.stores()));
  }

  private static Optional<String> highest(byte[] key, Collection<String> ids) {
    String chosen = null;
    Hash highest = null;
    for (String id : ids) {
      Hash weight = Hash.of(key, utf8(id));
      if (highest == null || weight.compareTo(highest) > 0) {
        chosen = id;
        highest = weight;
      }
    }
    return Optional.ofNullable(chosen);
  }

  private static byte[] utf8(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }
}
