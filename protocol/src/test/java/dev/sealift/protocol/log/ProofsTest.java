package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofsTest {
  private static final int SMALL = 40;
  private static final long LARGEST = Limits.MAX_SEQUENCE - 1;
  private static final Hash LEAF = Hash.of(new byte[] {7});

  private final NaiveTree common = NaiveTree.ofEntries(RfcVectors.ENTRIES);
  private final NaiveTree small = NaiveTree.ofNumbers(SMALL, 0);

  @Test
  void inclusionPathsAreThoseOfTheCommonTestTree() {
    assertThat(Proofs.inclusion(0, 8, common.nodes())).isEqualTo(RfcVectors.PATH_OF_LEAF_0_OF_8);
    assertThat(Proofs.inclusion(0, 1, common.nodes())).isEmpty();
    assertThat(Proofs.verifyInclusion(
            common.leaf(0), 0, 8, RfcVectors.PATH_OF_LEAF_0_OF_8, RfcVectors.ROOTS.get(8)))
        .isTrue();
  }

  @Test
  void consistencyProofsAreThoseOfTheCommonTestTree() {
    assertThat(Proofs.consistency(6, 8, common.nodes())).isEqualTo(RfcVectors.PROOF_FROM_6_TO_8);
    assertThat(Proofs.consistency(2, 5, common.nodes())).isEqualTo(RfcVectors.PROOF_FROM_2_TO_5);
    assertThat(Proofs.consistency(1, 8, common.nodes())).isEqualTo(RfcVectors.PATH_OF_LEAF_0_OF_8);
    assertThat(Proofs.verifyConsistency(
            6, 8, RfcVectors.ROOTS.get(6), RfcVectors.ROOTS.get(8), RfcVectors.PROOF_FROM_6_TO_8))
        .isTrue();
  }

  /** A path taken for another leaf's place never verifies, whatever the shape of the tree. */
  @Test
  void aPathHoldsForItsOwnIndexOnly() {
    for (int size = 1; size <= SMALL; size++) {
      for (int index = 0; index < size; index++) {
        List<Hash> path = Proofs.inclusion(index, size, small.nodes());
        for (int claimed = 0; claimed < size; claimed++) {
          assertThat(Proofs.verifyInclusion(
                  small.leaf(index), claimed, size, path, small.rootAt(size)))
              .isEqualTo(claimed == index);
        }
      }
    }
  }

  @Test
  void aConsistencyProofHoldsForItsOwnOlderSizeOnly() {
    for (int to = 1; to <= SMALL; to++) {
      for (int from = 1; from <= to; from++) {
        List<Hash> proof = Proofs.consistency(from, to, small.nodes());
        for (int claimed = 0; claimed <= to; claimed++) {
          assertThat(Proofs.verifyConsistency(
                  claimed, to, small.rootAt(from), small.rootAt(to), proof))
              .isEqualTo(claimed == from);
        }
      }
    }
  }

  @Test
  void anEmptyLogIsExtendedByEveryLogAndNeedsNoProof() {
    Hash root = small.root();
    assertThat(Proofs.consistency(0, SMALL, small.nodes())).isEmpty();
    assertThat(Proofs.verifyConsistency(0, SMALL, CompactTree.EMPTY_ROOT, root, List.of()))
        .isTrue();
    assertThat(Proofs.verifyConsistency(0, SMALL, root, root, List.of())).isFalse();
    assertThat(Proofs.verifyConsistency(0, SMALL, CompactTree.EMPTY_ROOT, root, List.of(root)))
        .isFalse();
    assertThat(Proofs.verifyConsistency(
            0, 0, CompactTree.EMPTY_ROOT, CompactTree.EMPTY_ROOT, List.of()))
        .isTrue();
    assertThat(Proofs.verifyConsistency(0, 0, root, root, List.of())).isFalse();
  }

  @Test
  void equalSizesHaveEqualRootsAndAnEmptyProof() {
    Hash root = small.root();
    assertThat(Proofs.consistency(SMALL, SMALL, small.nodes())).isEmpty();
    assertThat(Proofs.verifyConsistency(SMALL, SMALL, root, root, List.of())).isTrue();
    assertThat(Proofs.verifyConsistency(SMALL, SMALL, root, small.rootAt(3), List.of()))
        .isFalse();
    assertThat(Proofs.verifyConsistency(SMALL, SMALL, root, root, List.of(root)))
        .isFalse();
  }

  @Test
  void sizesThatNoLogCanHaveProveNothing() {
    Hash root = small.root();
    for (long size : new long[] {0, -1, Long.MIN_VALUE, Limits.MAX_SEQUENCE, Long.MAX_VALUE}) {
      assertThat(Proofs.verifyInclusion(LEAF, 0, size, List.of(), LEAF)).isFalse();
      assertThat(Proofs.verifyConsistency(size, size, root, root, List.of())).isFalse();
    }
    assertThat(Proofs.verifyInclusion(LEAF, -1, 1, List.of(), LEAF)).isFalse();
    assertThat(Proofs.verifyInclusion(LEAF, 1, 1, List.of(), LEAF)).isFalse();
    assertThat(Proofs.verifyConsistency(-1, 1, root, root, List.of())).isFalse();
    assertThat(Proofs.verifyConsistency(2, 1, root, root, List.of())).isFalse();
    assertThat(Proofs.verifyConsistency(Long.MIN_VALUE, 1, root, root, List.of()))
        .isFalse();
  }

  @Test
  void makingAProofOfWhatIsNotThereIsABug() {
    TreeNodes nodes = small.nodes();
    assertThatThrownBy(() -> Proofs.inclusion(-1, 3, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.inclusion(3, 3, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.inclusion(0, Limits.MAX_SEQUENCE, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.consistency(4, 3, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.consistency(-1, 3, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.consistency(0, Limits.MAX_SEQUENCE, nodes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.rootAt(-1, nodes)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proofs.rootAt(Limits.MAX_SEQUENCE, nodes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void proofsOfTheLargestLogVerifyAndStayBelowTheLimit() {
    TreeNodes nodes = allLeavesAlike();
    Hash root = Proofs.rootAt(LARGEST, nodes);
    for (long index : new long[] {0, 1, LARGEST / 2, LARGEST / 3, LARGEST - 1}) {
      List<Hash> path = Proofs.inclusion(index, LARGEST, nodes);
      assertThat(path).hasSizeLessThanOrEqualTo(Limits.MAX_PROOF_HASHES);
      assertThat(Proofs.verifyInclusion(LEAF, index, LARGEST, path, root)).isTrue();
    }
    for (long from : new long[] {1, 2, 3, LARGEST / 2, LARGEST / 3, LARGEST - 1}) {
      List<Hash> proof = Proofs.consistency(from, LARGEST, nodes);
      assertThat(proof).hasSizeLessThanOrEqualTo(Limits.MAX_PROOF_HASHES);
      assertThat(Proofs.verifyConsistency(from, LARGEST, Proofs.rootAt(from, nodes), root, proof))
          .isTrue();
    }
  }

  /** A root above the root is no root: whoever claims it knows hashes that lead to it, but no log. */
  @Test
  void aProofThatGoesOnAboveTheRootFails() {
    TreeHasher hasher = new TreeHasher();
    Hash root = RfcVectors.ROOTS.get(8);
    Hash older = RfcVectors.ROOTS.get(6);
    List<Hash> longPath = plus(RfcVectors.PATH_OF_LEAF_0_OF_8, LEAF);
    List<Hash> longProof = plus(RfcVectors.PROOF_FROM_6_TO_8, LEAF);
    for (Hash above : List.of(hasher.node(LEAF, root), hasher.node(root, LEAF))) {
      assertThat(Proofs.verifyInclusion(common.leaf(0), 0, 8, longPath, above)).isFalse();
      assertThat(Proofs.verifyConsistency(6, 8, older, above, longProof)).isFalse();
      assertThat(Proofs.verifyConsistency(6, 8, hasher.node(LEAF, older), above, longProof))
          .isFalse();
    }
  }

  @Test
  void aProofOfAMillionHashesIsGivenUpAtTheRoot() {
    List<Hash> endless = Collections.nCopies(1_000_000, LEAF);
    assertThat(Proofs.verifyInclusion(LEAF, 5, LARGEST, endless, LEAF)).isFalse();
    assertThat(Proofs.verifyConsistency(5, LARGEST, LEAF, LEAF, endless)).isFalse();
  }

  private static List<Hash> plus(List<Hash> proof, Hash more) {
    List<Hash> longer = new ArrayList<>(proof);
    longer.add(more);
    return longer;
  }

  private static TreeNodes allLeavesAlike() {
    List<Hash> levels = new ArrayList<>(List.of(LEAF));
    TreeHasher hasher = new TreeHasher();
    for (int level = 1; level < 62; level++) {
      Hash child = levels.get(level - 1);
      levels.add(hasher.node(child, child));
    }
    return (level, index) -> levels.get(level);
  }
}
