package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A tree that went on across gaps is the tree of all the leaves. */
class TreeGapProperties {
  private static AppendRecorder nodes(NaiveTree naive) {
    AppendRecorder nodes = new AppendRecorder(new CompactTree());
    naive.leaves(0, naive.size()).forEach(nodes::append);
    return nodes;
  }

  @Property(tries = 300)
  void theTreeBehindAGapIsTheOneWithItsLeaves(
      @ForAll @IntRange(max = 300) int before,
      @ForAll @IntRange(min = 1, max = 300) int gap,
      @ForAll @IntRange(max = 40) int after,
      @ForAll long seed)
      throws FormatException {
    NaiveTree naive = NaiveTree.ofNumbers(before + gap + after, seed);
    CompactTree tree = new CompactTree();
    naive.leaves(0, before).forEach(tree::append);

    List<Hash> hashes = TreeGap.hashes(before, before + gap, nodes(naive));
    TreeGap.append(tree, gap, hashes);
    assertThat(tree.size()).isEqualTo(before + gap);
    assertThat(tree.root()).isEqualTo(naive.rootAt(before + gap));
    assertThat(hashes).hasSize(TreeGap.count(before, before + gap));

    naive.leaves(before + gap, before + gap + after).forEach(tree::append);
    assertThat(tree.root()).isEqualTo(naive.root());
  }

  @Property(tries = 300)
  void itTakesFewHashes(
      @ForAll @IntRange(max = Integer.MAX_VALUE) int from,
      @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int gap) {
    int count = TreeGap.count(from, (long) from + gap);
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(gap);
    assertThat(count).isLessThanOrEqualTo(2 * bits);
    assertThat(TreeGap.count(0, gap)).isEqualTo(Integer.bitCount(gap));
  }

  @Property(tries = 300)
  void anotherNumberOfHashesIsRefusedAndAnotherHashIsAnotherTree(
      @ForAll @IntRange(max = 300) int before,
      @ForAll @IntRange(min = 1, max = 300) int gap,
      @ForAll @IntRange(min = 0, max = 20) int count)
      throws FormatException {
    NaiveTree naive = NaiveTree.ofNumbers(before + gap, 1);
    CompactTree tree = new CompactTree();
    naive.leaves(0, before).forEach(tree::append);
    List<Hash> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      wrong.add(Hash.of(new byte[] {(byte) i}));
    }
    if (count != TreeGap.count(before, before + gap)) {
      assertThatThrownBy(() -> TreeGap.append(tree, gap, wrong))
          .isInstanceOf(FormatException.class);
      assertThat(tree.size()).isEqualTo(before);
    } else {
      TreeGap.append(tree, gap, wrong);
      assertThat(tree.root()).isNotEqualTo(naive.root());
    }
  }

  @Example
  void itStaysWithinTheLongestLog() throws FormatException {
    long most = Limits.MAX_SEQUENCE - 1;
    CompactTree tree = new CompactTree();
    tree.append(CompactTree.EMPTY_ROOT);
    List<Hash> hashes = new ArrayList<>();
    for (int i = TreeGap.count(1, most); i > 0; i--) {
      hashes.add(CompactTree.EMPTY_ROOT);
    }
    assertThat(hashes).hasSizeLessThanOrEqualTo(TreeGap.MAX_HASHES);
    for (long leaves : new long[] {0, -1, Long.MIN_VALUE, most, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> TreeGap.append(tree, leaves, hashes))
          .isInstanceOf(FormatException.class);
    }
    TreeGap.append(tree, most - 1, hashes);
    assertThat(tree.size()).isEqualTo(most);
  }
}
