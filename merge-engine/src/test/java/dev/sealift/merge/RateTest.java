package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.admission.SpaceQuota;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final SpaceQuota QUOTA = new SpaceQuota(0, 0, 0, 0, 1_000, 2, 0, 0);

  private static void charge(Rate rate, int files, long bytes, long nowMillis) {
    for (int i = 0; i < files; i++) {
      rate.charge(QUOTA, bytes, nowMillis);
    }
  }

  @Test
  void aBurstOfTenSecondsComesAtOnceAndNotAFileMore() {
    Rate rate = new Rate(0);
    charge(rate, 19, 0, 0);
    assertThat(rate.waitMillis(QUOTA, 0, 0)).isZero();
    charge(rate, 1, 0, 0);
    assertThat(rate.waitMillis(QUOTA, 0, 0)).isEqualTo(500);
    assertThat(rate.waitMillis(QUOTA, 0, 499)).isPositive();
    assertThat(rate.waitMillis(QUOTA, 0, 500)).isZero();
  }

  @Test
  void aFileOfAnySizeGetsThroughAndTheNextWaitsForWhatItOwes() {
    Rate rate = new Rate(0);
    rate.charge(QUOTA, 15_000, 0);
    assertThat(rate.waitMillis(QUOTA, 0, 0)).isEqualTo(5_001);
    assertThat(rate.waitMillis(QUOTA, 0, 5_001)).isZero();
  }

  @Test
  void aWaitIsBoundedHoweverMuchIsOwed() {
    Rate rate = new Rate(0);
    rate.charge(QUOTA, 1L << 40, 0);
    assertThat(rate.waitMillis(QUOTA, 0, 0)).isEqualTo(Rate.MAX_WAIT_MILLIS);
  }

  @Test
  void whoHasAnExtraBurstMayGoAsFarAgain() {
    Rate rate = new Rate(0);
    charge(rate, 20, 0, 0);
    assertThat(rate.waitMillis(QUOTA, 1, 0)).isZero();
    charge(rate, 20, 0, 0);
    assertThat(rate.waitMillis(QUOTA, 1, 0)).isPositive();
  }

  @Test
  void aClockThatGoesBackGivesNothingAndTakesNothing() {
    Rate rate = new Rate(10_000);
    charge(rate, 20, 0, 10_000);
    assertThat(rate.waitMillis(QUOTA, 0, 0)).isEqualTo(500);
    assertThat(rate.waitMillis(QUOTA, 0, 500)).isZero();
  }

  /** Whoever comes back when told gets in, at any moment, and over any time no more than rate and burst. */
  @Property(tries = 200)
  void onTheLongRunNoMoreGetsInThanTheRateAllows(
      @ForAll @LongRange(min = 1, max = 5_000) long bytes,
      @ForAll @LongRange(min = 1, max = 400) long stepMillis) {
    Rate rate = new Rate(0);
    long admittedFiles = 0;
    long now = 0;
    while (now < 60_000) {
      long wait = rate.waitMillis(QUOTA, 0, now);
      if (wait > 0) {
        assertThat(rate.waitMillis(QUOTA, 0, now + wait)).isZero();
        now += wait;
      }
      rate.charge(QUOTA, bytes, now);
      admittedFiles++;
      now += stepMillis;
    }
    double seconds = now / 1_000.0 + Rate.BURST_SECONDS;
    assertThat((double) admittedFiles).isLessThanOrEqualTo(2 * seconds + 1);
    assertThat((double) admittedFiles * bytes).isLessThanOrEqualTo(1_000 * seconds + bytes);
  }
}
