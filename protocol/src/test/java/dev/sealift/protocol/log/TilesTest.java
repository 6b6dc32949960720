package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import org.junit.jupiter.api.Test;

class TilesTest {
  private final NaiveTree naive = NaiveTree.ofNumbers(600, 0);

  @Test
  void aBatchAcrossATileEndFillsOneTileAndStartsTheNext() {
    CompactTree before = new CompactTree();
    naive.leaves(0, 250).forEach(before::append);
    AppendRecorder batch = new AppendRecorder(before);
    naive.leaves(250, 260).forEach(batch::append);

    assertThat(TileAppend.of(batch))
        .containsExactly(
            new TileAppend(0, 0, 250 * 32, joined(naive.leaves(250, 256))),
            new TileAppend(0, 1, 0, joined(naive.leaves(256, 260))),
            new TileAppend(8, 0, 0, naive.nodes().node(8, 0).byteString()));
  }

  @Test
  void anEmptyBatchAddsNothing() {
    assertThat(TileAppend.of(new AppendRecorder(new CompactTree()))).isEmpty();
  }

  /** 256 full tiles of level 8 make the first of level 16: 2^16 leaves. */
  @Test
  void threeLevelsOfTilesCostAnEighthOfAByteALeafMoreThanTheHashes() {
    int size = (1 << 16) + 300;
    MemoryTiles tiles = new MemoryTiles();
    AppendRecorder batch = new AppendRecorder(new CompactTree());
    TreeHasher hasher = new TreeHasher();
    Hash leaf = CompactTree.EMPTY_ROOT;
    for (int i = 0; i < size; i++) {
      leaf = hasher.node(leaf, leaf);
      batch.append(leaf);
    }
    tiles.apply(TileAppend.of(batch));

    assertThat(tiles.bytes()).isEqualTo(32L * (size + (size >> 8) + (size >> 16)));
    assertThat((double) tiles.bytes() / size).isLessThan(32.2);
    assertThat(tiles.read(16, 0)).hasSize(Hash.BYTES);
    assertThat(Proofs.rootAt(size, new TileNodes(tiles))).isEqualTo(batch.root());
    assertThat(new TileNodes(tiles).node(16, 0)).isEqualTo(batch.node(16, 0));
  }

  /** The rightmost tiles of the largest log, where levels would run out of a long's bits. */
  @Test
  void theHighestLevelsOfALogAreTiledToo() throws FormatException {
    long size = (1L << 56) - 1;
    AppendRecorder batch = new AppendRecorder(CompactTree.restore(size, new byte[56 * Hash.BYTES]));
    batch.append(CompactTree.EMPTY_ROOT);

    List<TileAppend> appends = TileAppend.of(batch);

    assertThat(appends)
        .extracting(TileAppend::tileLevel)
        .containsExactly(0, 8, 16, 24, 32, 40, 48, 56);
    assertThat(appends.get(0))
        .extracting(TileAppend::index, TileAppend::offsetBytes)
        .containsExactly(size / 256, 255 * 32);
    assertThat(appends.get(7)).isEqualTo(new TileAppend(56, 0, 0, batch.root().byteString()));
  }

  @Test
  void aTileThatLacksHashesOrIsCutIsDamaged() {
    for (int length : new int[] {0, 32, 63, 65, Tiles.BYTES + 32}) {
      TileNodes nodes = new TileNodes((level, index) -> new byte[length]);
      assertThatThrownBy(() -> nodes.node(1, 0)).isInstanceOf(DamagedTilesException.class);
    }
    TileNodes whole = new TileNodes((level, index) -> new byte[64]);
    assertThat(whole.node(1, 0)).isNotNull();
  }

  @Test
  void aTileThatHasGrownIsReadAgain() {
    byte[][] tile = {joined(naive.leaves(0, 1)).toByteArray()};
    TileNodes nodes = new TileNodes((level, index) -> tile[0]);
    assertThat(nodes.node(0, 0)).isEqualTo(naive.leaf(0));
    tile[0] = joined(naive.leaves(0, 2)).toByteArray();
    assertThat(nodes.node(0, 1)).isEqualTo(naive.leaf(1));
  }

  @Test
  void nodesThatNoLogHasAreABug() {
    TileNodes nodes = new TileNodes((level, index) -> new byte[Tiles.BYTES]);
    assertThat(nodes.node(61, 0)).isNotNull();
    assertThat(nodes.node(0, Limits.MAX_SEQUENCE - 1)).isNotNull();
    assertThatThrownBy(() -> nodes.node(62, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nodes.node(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nodes.node(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nodes.node(61, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nodes.node(0, Limits.MAX_SEQUENCE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ByteString joined(List<Hash> hashes) {
    return hashes.stream().map(Hash::byteString).reduce(ByteString.EMPTY, ByteString::concat);
  }
}
