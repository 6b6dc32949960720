package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import org.junit.jupiter.api.Test;

class CompactTreeTest {
  private static final long LARGEST = Limits.MAX_SEQUENCE - 1;
  private static final byte[] LARGEST_FRONTIER = new byte[62 * Hash.BYTES];

  @Test
  void hasTheRootsOfTheCommonTestTree() {
    CompactTree tree = new CompactTree();
    assertThat(tree.root()).isEqualTo(RfcVectors.ROOTS.get(0));
    for (int i = 0; i < RfcVectors.ENTRIES.size(); i++) {
      tree.append(TreeHasher.leaf(RfcVectors.ENTRIES.get(i)));
      assertThat(tree.root()).isEqualTo(RfcVectors.ROOTS.get(i + 1));
    }
  }

  @Test
  void theEmptyTreeHasTheHashOfNothingAsItsRoot() throws FormatException {
    assertThat(new CompactTree().root()).isEqualTo(CompactTree.EMPTY_ROOT).isEqualTo(Hash.of());
    assertThat(CompactTree.restore(0, new byte[0]).root()).isEqualTo(CompactTree.EMPTY_ROOT);
  }

  @Test
  void aFrontierHoldsTheLargestSubtreeFirst() {
    NaiveTree naive = NaiveTree.ofEntries(RfcVectors.ENTRIES);
    CompactTree tree = new CompactTree();
    naive.leaves(0, 7).forEach(tree::append);
    byte[] frontier = tree.frontier();
    assertThat(frontier).hasSize(3 * Hash.BYTES);
    assertThat(HashRow.hashAt(frontier, 0)).isEqualTo(RfcVectors.ROOTS.get(4));
    assertThat(HashRow.hashAt(frontier, 2 * Hash.BYTES)).isEqualTo(naive.leaf(6));
  }

  @Test
  void aFrontierOfAnotherLengthThanTheSizeAsksForIsRefused() throws FormatException {
    assertThat(CompactTree.restore(5, new byte[64]).size()).isEqualTo(5);
    for (int length : new int[] {0, 32, 63, 65, 96}) {
      assertThatThrownBy(() -> CompactTree.restore(5, new byte[length]))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("64 bytes");
    }
    assertThatThrownBy(() -> CompactTree.restore(0, new byte[32]))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aSizeOutOfBoundsIsRefused() throws FormatException {
    assertThat(CompactTree.restore(LARGEST, LARGEST_FRONTIER).size()).isEqualTo(LARGEST);
    for (long size : new long[] {-1, Long.MIN_VALUE, Limits.MAX_SEQUENCE, Long.MAX_VALUE}) {
      byte[] frontier = new byte[Long.bitCount(size) * Hash.BYTES];
      assertThatThrownBy(() -> CompactTree.restore(size, frontier))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void theLargestTreeTakesNoMore() throws FormatException {
    CompactTree last = CompactTree.restore(LARGEST - 1, new byte[61 * Hash.BYTES]);
    last.append(CompactTree.EMPTY_ROOT);
    assertThat(last.size()).isEqualTo(LARGEST);
    assertThatThrownBy(() -> last.append(CompactTree.EMPTY_ROOT))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new AppendRecorder(last).append(CompactTree.EMPTY_ROOT))
        .isInstanceOf(IllegalStateException.class);
    assertThat(last.size()).isEqualTo(LARGEST);
  }

  @Test
  void whatIsHandedInAndOutIsCopied() throws FormatException {
    byte[] frontier = new byte[Hash.BYTES];
    CompactTree tree = CompactTree.restore(1, frontier);
    Hash root = tree.root();
    frontier[0] = 1;
    tree.frontier()[0] = 1;
    assertThat(tree.root()).isEqualTo(root);
  }
}
