package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TilesProperties {
  private static final int MAX_SIZE = 1800;
  private static final NaiveTree NAIVE = NaiveTree.ofNumbers(MAX_SIZE, 0);

  @Property(tries = 60)
  void tilesGrownInAnyBatchesHoldWhatTheLayoutSays(
      @ForAll @Size(max = 4) List<@IntRange(max = 450) Integer> batches) {
    Grown grown = grow(batches);
    for (int first = 0; first < grown.size; first += Tiles.HASHES) {
      int end = Math.min(grown.size, first + Tiles.HASHES);
      assertThat(hashes(grown.tiles.read(0, first / Tiles.HASHES)))
          .isEqualTo(NAIVE.leaves(first, end));
    }
    List<Hash> fullTiles = new ArrayList<>();
    for (int tile = 0; tile < grown.size / Tiles.HASHES; tile++) {
      fullTiles.add(NAIVE.nodes().node(8, tile));
    }
    assertThat(hashes(grown.tiles.read(8, 0))).isEqualTo(fullTiles);
    assertThat(grown.tiles.bytes()).isEqualTo((grown.size + fullTiles.size()) * (long) Hash.BYTES);
  }

  @Property(tries = 60)
  void everyNodeComesOutOfTheTiles(
      @ForAll @Size(max = 4) List<@IntRange(max = 450) Integer> batches) {
    Grown grown = grow(batches);
    TileNodes nodes = new TileNodes(grown.tiles);
    for (int level = 0; level <= 10; level++) {
      for (int index = 0; index < grown.size >> level; index += 1 + (17 >> level)) {
        assertThat(nodes.node(level, index)).isEqualTo(NAIVE.nodes().node(level, index));
      }
    }
  }

  @Property(tries = 200)
  void proofsFromTilesAreThoseOfTheRfcAndReadFewTiles(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 450) Integer> batches,
      @ForAll @IntRange(max = MAX_SIZE) int any,
      @ForAll @IntRange(max = MAX_SIZE) int anyOlder) {
    Grown grown = grow(batches);
    int size = 1 + any % grown.size;
    int older = anyOlder % size;

    assertThat(Proofs.inclusion(older, size, new TileNodes(grown.tiles)))
        .isEqualTo(NAIVE.path(older, size));
    assertThat(Proofs.consistency(older + 1, size, new TileNodes(grown.tiles)))
        .isEqualTo(NAIVE.proof(older + 1, size));
    assertThat(Proofs.rootAt(size, new TileNodes(grown.tiles))).isEqualTo(NAIVE.rootAt(size));
    assertThat(grown.tiles.reads()).isLessThanOrEqualTo(4 + 4 + 2);
  }

  private static Grown grow(List<Integer> batches) {
    MemoryTiles tiles = new MemoryTiles();
    CompactTree tree = new CompactTree();
    for (int batch : batches) {
      int from = (int) tree.size();
      AppendRecorder recorder = new AppendRecorder(tree);
      NAIVE.leaves(from, from + batch).forEach(recorder::append);
      tiles.apply(TileAppend.of(recorder));
      tree = recorder.tree();
    }
    return new Grown(tiles, (int) tree.size());
  }

  private static List<Hash> hashes(byte[] row) {
    List<Hash> hashes = new ArrayList<>();
    for (int at = 0; at < row.length; at += Hash.BYTES) {
      hashes.add(HashRow.hashAt(row, at));
    }
    return hashes;
  }

  private record Grown(MemoryTiles tiles, int size) {}
}
