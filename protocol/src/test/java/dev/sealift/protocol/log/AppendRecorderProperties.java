package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AppendRecorderProperties {
  private static final int MAX_BEFORE = 300;
  private static final int MAX_BATCH = 70;
  private static final NaiveTree NAIVE = NaiveTree.ofNumbers(MAX_BEFORE + MAX_BATCH, 0);

  @Property(tries = 300)
  void everyLeafOfABatchHasItsPathToTheNewRoot(
      @ForAll @IntRange(max = MAX_BEFORE) int before,
      @ForAll @IntRange(max = MAX_BATCH) int batch) {
    AppendRecorder recorder = record(before, batch);
    int size = before + batch;
    assertThat(recorder.firstSize()).isEqualTo(before);
    assertThat(recorder.size()).isEqualTo(size);
    assertThat(recorder.root()).isEqualTo(NAIVE.rootAt(size));
    for (int index = before; index < size; index++) {
      List<Hash> path = recorder.inclusion(index);
      assertThat(path).isEqualTo(NAIVE.path(index, size));
      assertThat(Proofs.verifyInclusion(NAIVE.leaf(index), index, size, path, recorder.root()))
          .isTrue();
    }
  }

  @Property(tries = 200)
  void everySizeFromBeforeToAfterHasItsRootAndItsProof(
      @ForAll @IntRange(min = 1, max = MAX_BEFORE) int before,
      @ForAll @IntRange(max = MAX_BATCH) int batch) {
    AppendRecorder recorder = record(before, batch);
    int size = before + batch;
    assertThat(recorder.consistency()).isEqualTo(NAIVE.proof(before, size));
    for (int at = before; at <= size; at++) {
      assertThat(Proofs.rootAt(at, recorder)).isEqualTo(NAIVE.rootAt(at));
      assertThat(Proofs.consistency(at, size, recorder)).isEqualTo(NAIVE.proof(at, size));
    }
  }

  @Property(tries = 200)
  void theTreeAfterABatchGoesOn(
      @ForAll @IntRange(max = MAX_BEFORE) int before,
      @ForAll @IntRange(max = MAX_BATCH) int first,
      @ForAll @IntRange(max = MAX_BATCH) int split)
      throws FormatException {
    CompactTree start = tree(before);
    AppendRecorder recorder = new AppendRecorder(start);
    int end = before + first;
    int middle = before + Math.min(first, split);
    NAIVE.leaves(before, middle).forEach(recorder::append);
    AppendRecorder next = new AppendRecorder(recorder.tree());
    NAIVE.leaves(middle, end).forEach(next::append);

    assertThat(start.root()).isEqualTo(NAIVE.rootAt(before));
    assertThat(recorder.root()).isEqualTo(NAIVE.rootAt(middle));
    assertThat(recorder.tree().root()).isEqualTo(NAIVE.rootAt(middle));
    assertThat(recorder.frontier()).isEqualTo(tree(middle).frontier());
    assertThat(CompactTree.restore(next.size(), next.frontier()).root())
        .isEqualTo(NAIVE.rootAt(end));
  }

  @Example
  void leavesOlderThanTheBatchAreNotItsToProve() {
    AppendRecorder recorder = record(100, 10);
    assertThat(recorder.inclusion(100)).isNotEmpty();
    AppendRecorder afterAnOddLeaf = record(101, 10);
    assertThatThrownBy(() -> afterAnOddLeaf.inclusion(100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.inclusion(99)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.inclusion(110)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.node(0, 99)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.node(0, 110)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.node(9, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recorder.node(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static AppendRecorder record(int before, int batch) {
    AppendRecorder recorder = new AppendRecorder(tree(before));
    NAIVE.leaves(before, before + batch).forEach(recorder::append);
    return recorder;
  }

  private static CompactTree tree(int size) {
    CompactTree tree = new CompactTree();
    NAIVE.leaves(0, size).forEach(tree::append);
    return tree;
  }
}
