package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every kind of lie is named, also among others; and of those who work with honest meshes nobody blames anybody. More of it: {@code ops/sealift hostile}. */
class HostileIT {
  private static final int AT_ONCE = 2;
  private static final long SEEDS = 12;
  private static final long HONEST = 24;

  private final Hostile hostile = new Hostile(AT_ONCE, now -> {});

  @Test
  void everyKindOfLieIsNamedAndNothingOfItIsApplied() throws Exception {
    hostile.tellEach(1);

    HostileTally tally = hostile.tally();
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.kinds())
        .hasSize(Lies.all().stream().filter(Lie::isCounted).toList().size());
    assertThat(tally.kinds().size()).isGreaterThanOrEqualTo(100);
    assertThat(tally.lies()).isEqualTo(tally.kinds().size());
    assertThat(tally.named()).isEqualTo(tally.lies());
    assertThat(tally.falselyApplied()).isZero();
    assertThat(tally.isGood()).isTrue();
  }

  @Test
  void liesAreNamedOneAfterTheOtherAndSeveralAtOnce() throws Exception {
    hostile.tell(7_000, SEEDS);

    HostileTally tally = hostile.tally();
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.lies()).isGreaterThan(SEEDS);
    assertThat(tally.isGood()).isTrue();
  }

  @Test
  void nobodyIsBlamedInHonestRuns() throws Exception {
    hostile.honest(3_000, HONEST);

    HostileTally tally = hostile.tally();
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.honestRuns()).isEqualTo(HONEST);
    assertThat(tally.falseAlarms()).isZero();
    assertThat(tally.isGood()).isTrue();
  }
}
