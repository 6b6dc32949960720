package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CompactTreeProperties {

  @Property(tries = 100)
  void theRootIsTheOneOfTheRfcAtEverySize(
      @ForAll @IntRange(max = 300) int size, @ForAll long seed) {
    NaiveTree naive = NaiveTree.ofNumbers(size, seed);
    CompactTree tree = new CompactTree();
    for (int i = 0; i < size; i++) {
      tree.append(naive.leaf(i));
    }
    assertThat(tree.size()).isEqualTo(size);
    assertThat(tree.root()).isEqualTo(naive.root());
  }

  @Property(tries = 200)
  void aRestoredTreeGoesOnAsIfItHadNeverStopped(
      @ForAll @IntRange(max = 300) int before,
      @ForAll @IntRange(max = 300) int after,
      @ForAll long seed)
      throws FormatException {
    NaiveTree naive = NaiveTree.ofNumbers(before + after, seed);
    CompactTree tree = new CompactTree();
    naive.leaves(0, before).forEach(tree::append);
    CompactTree restored = CompactTree.restore(tree.size(), tree.frontier());
    assertThat(restored.root()).isEqualTo(naive.rootAt(before));

    naive.leaves(before, before + after).forEach(restored::append);

    assertThat(restored.size()).isEqualTo(before + after);
    assertThat(restored.root()).isEqualTo(naive.root());
  }

  @Property(tries = 100)
  void aCopyAndItsOriginalGoWaysOfTheirOwn(
      @ForAll @IntRange(max = 300) int shared,
      @ForAll @IntRange(min = 1, max = 40) int own,
      @ForAll long seed) {
    NaiveTree naive = NaiveTree.ofNumbers(shared + own, seed);
    CompactTree original = new CompactTree();
    naive.leaves(0, shared).forEach(original::append);
    CompactTree copy = original.copy();

    naive.leaves(shared, shared + own).forEach(copy::append);

    assertThat(original.root()).isEqualTo(naive.rootAt(shared));
    assertThat(copy.root()).isEqualTo(naive.root());
  }

  /** Whatever a store hands back makes a tree or is refused; nothing else is thrown. */
  @Property
  void anyBytesMakeATreeOrAreRefused(@ForAll long size, @ForAll byte[] frontier) {
    boolean fits =
        size >= 0 && size < Limits.MAX_SEQUENCE && frontier.length == 32 * Long.bitCount(size);
    assertThat(isTree(size, frontier)).isEqualTo(fits);
  }

  private static boolean isTree(long size, byte[] frontier) {
    try {
      return CompactTree.restore(size, frontier).size() == size;
    } catch (FormatException refused) {
      return false;
    }
  }
}
