package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.id.Hash;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ProofsProperties {
  private static final int MAX_SIZE = 400;
  private static final NaiveTree NAIVE = NaiveTree.ofNumbers(MAX_SIZE, 0);

  @Property(tries = 300)
  void inclusionPathsAreThoseOfTheRfcAndVerify(
      @ForAll @IntRange(min = 1, max = MAX_SIZE) int size,
      @ForAll @IntRange(max = MAX_SIZE) int any) {
    int index = any % size;
    List<Hash> path = Proofs.inclusion(index, size, NAIVE.nodes());
    assertThat(path).isEqualTo(NAIVE.path(index, size));
    assertThat(Proofs.verifyInclusion(NAIVE.leaf(index), index, size, path, NAIVE.rootAt(size)))
        .isTrue();
  }

  @Property(tries = 300)
  void consistencyProofsAreThoseOfTheRfcAndVerify(
      @ForAll @IntRange(min = 1, max = MAX_SIZE) int to,
      @ForAll @IntRange(max = MAX_SIZE) int any) {
    int from = 1 + any % to;
    List<Hash> proof = Proofs.consistency(from, to, NAIVE.nodes());
    assertThat(proof).isEqualTo(NAIVE.proof(from, to));
    assertThat(Proofs.verifyConsistency(from, to, NAIVE.rootAt(from), NAIVE.rootAt(to), proof))
        .isTrue();
  }

  @Property(tries = 100)
  void theRootAtAnySizeIsTheOneOfTheRfc(@ForAll @IntRange(max = MAX_SIZE) int size) {
    assertThat(Proofs.rootAt(size, NAIVE.nodes())).isEqualTo(NAIVE.rootAt(size));
  }

  @Property(tries = 200)
  void noMutatedInclusionVerifies(
      @ForAll @IntRange(min = 1, max = MAX_SIZE) int size,
      @ForAll @IntRange(max = MAX_SIZE) int any,
      @ForAll Random random) {
    int index = any % size;
    Hash leaf = NAIVE.leaf(index);
    Hash root = NAIVE.rootAt(size);
    List<Hash> path = Proofs.inclusion(index, size, NAIVE.nodes());
    for (List<Hash> mutant : Mutations.ofProof(path, random)) {
      assertThat(Proofs.verifyInclusion(leaf, index, size, mutant, root)).isFalse();
    }
    int bit = random.nextInt(256);
    assertThat(Proofs.verifyInclusion(Mutations.flipBit(leaf, bit), index, size, path, root))
        .isFalse();
    assertThat(Proofs.verifyInclusion(leaf, index, size, path, Mutations.flipBit(root, bit)))
        .isFalse();
    int other = (index + 1 + random.nextInt(MAX_SIZE)) % (size + 1);
    assertThat(Proofs.verifyInclusion(leaf, other, size, path, root)).isEqualTo(other == index);
  }

  @Property(tries = 200)
  void noMutatedConsistencyVerifies(
      @ForAll @IntRange(min = 2, max = MAX_SIZE) int to,
      @ForAll @IntRange(max = MAX_SIZE) int any,
      @ForAll Random random) {
    int from = 1 + any % to;
    Hash fromRoot = NAIVE.rootAt(from);
    Hash toRoot = NAIVE.rootAt(to);
    List<Hash> proof = Proofs.consistency(from, to, NAIVE.nodes());
    for (List<Hash> mutant : Mutations.ofProof(proof, random)) {
      assertThat(Proofs.verifyConsistency(from, to, fromRoot, toRoot, mutant)).isFalse();
    }
    int bit = random.nextInt(256);
    assertThat(Proofs.verifyConsistency(from, to, Mutations.flipBit(fromRoot, bit), toRoot, proof))
        .isFalse();
    assertThat(Proofs.verifyConsistency(from, to, fromRoot, Mutations.flipBit(toRoot, bit), proof))
        .isFalse();
  }

  /**
   * A mesh that rewrote the past cannot prove that it did not: its honest-looking proof fails at
   * the old root.
   */
  @Property(tries = 100)
  void aLogWithAnotherPastIsNoExtension(
      @ForAll @IntRange(min = 1, max = MAX_SIZE) int to,
      @ForAll @IntRange(max = MAX_SIZE) int any) {
    int from = 1 + any % to;
    NaiveTree rewritten = NaiveTree.ofNumbers(to, 1);
    List<Hash> proof = Proofs.consistency(from, to, rewritten.nodes());
    assertThat(Proofs.verifyConsistency(from, to, NAIVE.rootAt(from), rewritten.root(), proof))
        .isFalse();
  }

  /** Whatever a mesh claims is judged and nothing is thrown. */
  @Property
  void anyClaimIsAnsweredWithFalse(
      @ForAll long a, @ForAll long b, @ForAll @IntRange(max = 200) int length, @ForAll long seed) {
    Hash hash = NaiveTree.ofNumbers(1, seed).root();
    List<Hash> proof = Collections.nCopies(length, hash);
    assertThat(Proofs.verifyInclusion(hash, a, b, proof, CompactTree.EMPTY_ROOT))
        .isFalse();
    assertThat(Proofs.verifyConsistency(a, b, hash, CompactTree.EMPTY_ROOT, proof))
        .isFalse();
  }
}
