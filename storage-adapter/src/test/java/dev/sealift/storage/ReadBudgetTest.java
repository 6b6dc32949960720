package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadBudgetTest {
  private static final int OVERHEAD = ReadBudget.ENTRY_OVERHEAD_BYTES;

  @Test
  void aBudgetIsUsedToTheLastByteAndNotBeyond() {
    ReadBudget exact = new ReadBudget(2 * (100 + OVERHEAD));
    assertThat(exact.admits(100)).isTrue();
    assertThat(exact.admits(100)).isTrue();
    assertThat(exact.admits(0)).isFalse();

    ReadBudget oneLess = new ReadBudget(2 * (100 + OVERHEAD) - 1);
    assertThat(oneLess.admits(100)).isTrue();
    assertThat(oneLess.admits(100)).isFalse();
  }

  @Test
  void theFirstEntryFitsAnyBudget() {
    ReadBudget none = new ReadBudget(0);
    assertThat(none.admits(1 << 20)).isTrue();
    assertThat(none.admits(0)).isFalse();
  }

  @Test
  void anUnsignedBudgetIsCappedByTheStores() {
    ReadBudget most = new ReadBudget(-1);
    assertThat(most.admits(StoreLimits.MAX_READ_BYTES - OVERHEAD)).isTrue();
    assertThat(most.admits(0)).isFalse();
  }

  @Test
  void filesAreOneAtLeastAndCapped() {
    assertThat(ReadBudget.files(0)).isEqualTo(1);
    assertThat(ReadBudget.files(7)).isEqualTo(7);
    assertThat(ReadBudget.files(-1)).isEqualTo(StoreLimits.MAX_READ_FILES);
  }
}
