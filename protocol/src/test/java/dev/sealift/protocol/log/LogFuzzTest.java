package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;

/** What is told of a log: heads, incarnations, proofs and edges of trees. */
class LogFuzzTest {
  private static final VerifyingKey NOTARY =
      SigningKey.fromSeed(new byte[SigningKey.SEED_BYTES]).verifyingKey();
  private static final int LEAVES = 40;
  private static final NaiveTree TREE = NaiveTree.ofNumbers(LEAVES, 7);

  @FuzzTest
  void signedTreeHead(byte[] bytes) {
    SignedTreeHead signed;
    try {
      signed = SignedTreeHead.parse(bytes);
      assertThat(SignedTreeHead.parse(ByteString.copyFrom(bytes))).isEqualTo(signed);
    } catch (FormatException refused) {
      return;
    }
    assertThat(signed.bytes()).isEqualTo(bytes);
    assertThat(signed.head().bytes()).isEqualTo(java.util.Arrays.copyOf(bytes, TreeHead.BYTES));
    assertThat(signed.head().size()).isBetween(0L, Limits.MAX_SEQUENCE - 1);
    assertThat(signed.head().serverTimeMillis()).isBetween(0L, HybridTime.MAX_MILLIS);
    assertThat(signed.verify(NOTARY)).isFalse();
  }

  @FuzzTest
  void signedIncarnation(byte[] bytes) {
    SignedIncarnation signed;
    try {
      signed = SignedIncarnation.parse(ByteString.copyFrom(bytes));
    } catch (FormatException refused) {
      return;
    }
    Incarnation said = signed.incarnation();
    assertThat(signed.exact().toByteArray()).isEqualTo(bytes);
    assertThat(said.bytes()).isEqualTo(java.util.Arrays.copyOf(bytes, Incarnation.BYTES));
    assertThat(said.number()).isNotZero();
    assertThat(said.size()).isBetween(0L, said.knownSize());
    assertThat(said.knownSize()).isLessThan(Limits.MAX_SEQUENCE);
    assertThat(signed.verify(NOTARY)).isFalse();
  }

  @FuzzTest
  void signedPosition(byte[] bytes) {
    SignedPosition signed;
    try {
      signed = SignedPosition.parse(ByteString.copyFrom(bytes));
    } catch (FormatException refused) {
      return;
    }
    Position said = signed.position();
    assertThat(signed.exact().toByteArray()).isEqualTo(bytes);
    assertThat(said.bytes()).isEqualTo(java.util.Arrays.copyOf(bytes, Position.BYTES));
    assertThat(said.sequence()).isBetween(1L, Limits.MAX_SEQUENCE - 1);
    assertThat(signed.verify(NOTARY)).isFalse();
  }

  /** A proof proves where it is the one that RFC 9162 makes, and nowhere else. */
  @FuzzTest
  void inclusion(FuzzedDataProvider data) {
    int size = data.consumeInt(1, LEAVES);
    int index = data.consumeInt(0, size - 1);
    List<Hash> right = TREE.path(index, size);
    List<Hash> path = altered(right, data);
    long claimedIndex = data.consumeBoolean() ? index : data.consumeLong();
    long claimedSize = data.consumeBoolean() ? size : data.consumeLong();
    boolean proves = Proofs.verifyInclusion(
        TREE.leaf(index), claimedIndex, claimedSize, path, TREE.rootAt(size));
    boolean isRight = path.equals(right) && claimedIndex == index && claimedSize == size;
    // A proof binds hashes, not sizes: another place may lead along the same way, but only with the
    // right hashes.
    assertThat(proves && !path.equals(right)).isFalse();
    assertThat(isRight && !proves).isFalse();
  }

  @FuzzTest
  void consistency(FuzzedDataProvider data) {
    int to = data.consumeInt(1, LEAVES);
    int from = data.consumeInt(1, to);
    List<Hash> right = TREE.proof(from, to);
    List<Hash> proof = altered(right, data);
    boolean proves = Proofs.verifyConsistency(from, to, TREE.rootAt(from), TREE.rootAt(to), proof);
    assertThat(proves).isEqualTo(proof.equals(right));
    long anyFrom = data.consumeLong();
    long anyTo = data.consumeLong();
    Proofs.verifyConsistency(anyFrom, anyTo, TREE.rootAt(from), TREE.rootAt(to), proof);
  }

  private static List<Hash> altered(List<Hash> proof, FuzzedDataProvider data) {
    List<Hash> altered = new ArrayList<>(proof);
    for (int edits = data.consumeInt(0, 3); edits > 0 && !altered.isEmpty(); edits--) {
      int at = data.consumeInt(0, altered.size() - 1);
      switch (data.consumeInt(0, 3)) {
        case 0 -> altered.remove(at);
        case 1 -> altered.add(at, altered.get(data.consumeInt(0, altered.size() - 1)));
        case 2 -> altered.set(at, Mutations.flipBit(altered.get(at), data.consumeInt(0, 255)));
        default -> altered.add(TREE.leaf(data.consumeInt(0, LEAVES - 1)));
      }
    }
    return altered;
  }

  /** The edge of a tree goes on where it was left, and across a gap, without limits being passed. */
  @FuzzTest
  void compactTree(FuzzedDataProvider data) {
    long size = data.consumeBoolean() ? data.consumeInt(0, 64) : data.consumeLong();
    byte[] frontier = data.consumeBoolean() && size >= 0
        ? new byte[Long.bitCount(size) * Hash.BYTES]
        : data.consumeBytes(3 * Hash.BYTES);
    CompactTree tree;
    try {
      tree = CompactTree.restore(size, frontier);
    } catch (FormatException refused) {
      return;
    }
    assertThat(tree.size()).isEqualTo(size).isBetween(0L, Limits.MAX_SEQUENCE - 1);
    assertThat(tree.frontier()).isEqualTo(frontier);
    assertThat(tree.copy().root()).isEqualTo(tree.root());
    goOn(tree, data);
  }

  private static void goOn(CompactTree tree, FuzzedDataProvider data) {
    long before = tree.size();
    long leaves = data.consumeBoolean() ? data.consumeInt(1, 1 << 20) : data.consumeLong();
    try {
      TreeGap.append(tree, leaves, hashes(before, leaves, data));
    } catch (FormatException refused) {
      assertThat(tree.size()).as("nothing was taken").isEqualTo(before);
      return;
    }
    assertThat(tree.size()).isEqualTo(before + leaves).isLessThan(Limits.MAX_SEQUENCE);
    assertThat(tree.frontier()).hasSize(Long.bitCount(tree.size()) * Hash.BYTES);
    assertThat(tree.root()).isNotNull();
  }

  /** As many as there should be, or not quite. */
  private static List<Hash> hashes(long before, long leaves, FuzzedDataProvider data) {
    boolean isWithin = leaves >= 1 && leaves < Limits.MAX_SEQUENCE - before;
    int right = isWithin ? TreeGap.count(before, before + leaves) : 1;
    assertThat(right).isLessThanOrEqualTo(TreeGap.MAX_HASHES);
    int count = Math.max(0, right + (data.consumeBoolean() ? 0 : data.consumeInt(-1, 1)));
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(TREE.leaf(i % LEAVES));
    }
    return hashes;
  }
}
