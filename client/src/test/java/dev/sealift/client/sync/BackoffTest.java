package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final RandomGenerator SHORTEST = () -> 0;

  /** Draws the upper end of every span. */
  private static final RandomGenerator LONGEST = new RandomGenerator() {
    @Override
    public long nextLong() {
      return -1;
    }

    @Override
    public long nextLong(long bound) {
      return bound - 1;
    }
  };

  @Test
  void theSpanDoublesUpToItsBound() {
    Backoff backoff = new Backoff(LONGEST);
    assertThat(backoff.nextMillis(0)).isEqualTo(200);
    assertThat(backoff.nextMillis(0)).isEqualTo(400);
    assertThat(backoff.nextMillis(0)).isEqualTo(800);
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.nextMillis(0)).isBetween(1_600L, 30_000L);
    }
    assertThat(backoff.nextMillis(0)).isEqualTo(30_000);
  }

  @Test
  void theWholeSpanIsDrawnFrom() {
    assertThat(new Backoff(SHORTEST).nextMillis(0)).isEqualTo(1);
  }

  @Test
  void whatTheOtherEndAsksForIsTheLeast() {
    assertThat(new Backoff(SHORTEST).nextMillis(700)).isEqualTo(701);
    assertThat(new Backoff(LONGEST).nextMillis(300)).isEqualTo(500);
  }

  @Test
  void whatTheOtherEndAsksForIsBelievedWithinTheBound() {
    assertThat(new Backoff(LONGEST).nextMillis(Long.MAX_VALUE)).isEqualTo(450_000);
    assertThat(new Backoff(SHORTEST).nextMillis(-1)).isEqualTo(300_001);
    assertThat(new Backoff(SHORTEST).nextMillis(299_999)).isEqualTo(300_000);
  }

  @Test
  void aTryThatGotSomewhereStartsItAnew() {
    Backoff backoff = new Backoff(LONGEST);
    backoff.nextMillis(0);
    backoff.nextMillis(0);
    backoff.reset();
    assertThat(backoff.nextMillis(0)).isEqualTo(200);
  }

  @Test
  void whatNoMomentMendsIsTriedEverMoreSeldomUpToAQuarterOfAnHour() {
    Backoff slow = Backoff.slow(LONGEST);
    assertThat(slow.nextMillis(60_000)).isEqualTo(90_000);
    assertThat(slow.nextMillis(60_000)).isEqualTo(90_000);
    for (int i = 0; i < 20; i++) {
      slow.nextMillis(60_000);
    }
    assertThat(slow.nextMillis(60_000)).isEqualTo(960_000);
  }

  /** Thousands of devices that were told the same time: none comes early, and no tenth of the time after it is crowded. */
  @Property(tries = 50)
  void devicesThatWereRefusedAtOnceComeBackSpreadOut(
      @ForAll long seed, @ForAll @LongRange(min = 0, max = 400_000) long asked) {
    int devices = 5_000;
    Random random = new Random(seed);
    long floor = Math.min(asked, Backoff.MOST_ASKED_MILLIS);
    long span = Math.max(400, floor / 2); // the second time in a row
    int[] tenths = new int[10];
    for (int i = 0; i < devices; i++) {
      Backoff backoff = new Backoff(random);
      backoff.nextMillis(asked);
      long wait = backoff.nextMillis(asked);
      assertThat(wait).isBetween(floor + 1, floor + span);
      tenths[(int) ((wait - floor - 1) * 10 / span)]++;
    }
    for (int tenth : tenths) {
      assertThat(tenth).isLessThan(2 * devices / 10);
    }
  }
}
