package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.id.SpaceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardsTest {
  @Test
  void aSpacesShardIsItsFirstByte() throws FormatException {
    for (int first : new int[] {0, 1, 127, 128, 255}) {
      byte[] space = SampleDevice.filled(32, 0x3c);
      space[0] = (byte) first;
      assertThat(Shards.shardOf(SpaceId.of(space))).isEqualTo(first);
    }
  }

  /** Old and new processes compute owners side by side: if this test fails, they disagree. */
  @Test
  void ownersAreAsTheyEverWere() {
    List<String> engines = List.of("engine-a", "engine-b", "engine-c");
    StringBuilder owners = new StringBuilder();
    for (int shard = 0; shard < 32; shard++) {
      String owner = Shards.owner(shard, engines).orElseThrow();
      owners.append(owner.charAt(owner.length() - 1));
    }
    assertThat(owners).hasToString("acbaaacaaaabcbccbabbaaacacbbbccb");
  }

  @Test
  void theOrderInWhichEnginesAreListedDoesNotMatter() {
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      assertThat(Shards.owner(shard, List.of("x", "y", "z")))
          .isEqualTo(Shards.owner(shard, List.of("z", "x", "y", "x")));
    }
  }

  @Test
  void withoutEnginesThereIsNoOwner() {
    assertThat(Shards.owner(0, List.of())).isEmpty();
  }

  @Test
  void aSingleEngineOwnsEverything() {
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      assertThat(Shards.owner(shard, List.of("local"))).contains("local");
    }
  }

  /** Who stages and who commits compute it side by side: if this test fails, they disagree. */
  @Test
  void anEnginesStorageAdapterIsAsItEverWas() {
    List<String> stores = List.of("store-a", "store-b", "store-c");
    StringBuilder chosen = new StringBuilder();
    for (int engine = 0; engine < 16; engine++) {
      String store = Shards.storeOf("engine-" + engine, stores).orElseThrow();
      chosen.append(store.charAt(store.length() - 1));
    }
    assertThat(chosen).hasToString("cabacbacabcabccc");
  }

  @Test
  void payloadsAreStagedWhereTheOwnerOfTheirSpaceCommits() throws FormatException {
    SpaceId space = SpaceId.of(SampleDevice.filled(32, 7));
    Roster roster = Roster.of("engine", "store");

    assertThat(Shards.storeOf(space, roster)).contains("store");
    assertThat(Shards.storeOf("engine", List.of())).isEmpty();
  }
}
