package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompactionTallyTest {
  private final CompactionTally tally = new CompactionTally();

  @Test
  void whoHasSeenTheOtherIsNotBesideIt() {
    tally.made(100, 101);
    tally.made(200, 203);
    tally.made(203, 204);

    assertThat(tally.compactions()).isEqualTo(3);
    assertThat(tally.simultaneous()).isZero();
  }

  @Test
  void ofTwoThatHaveNotSeenEachOtherTheLaterCounts() {
    tally.made(100, 105);
    tally.made(102, 106);
    tally.made(110, 111);

    assertThat(tally.simultaneous()).isEqualTo(1);
  }

  @Test
  void threeAtOnceAreTwoTooMany() {
    tally.made(100, 107);
    tally.made(101, 105);
    tally.made(102, 106);

    assertThat(tally.simultaneous()).isEqualTo(2);
  }
}
