package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
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
    assertThat(new Backoff(LONGEST).nextMillis(700)).isEqualTo(900);
  }

  @Test
  void whatTheOtherEndAsksForIsBelievedWithinTheBound() {
    assertThat(new Backoff(LONGEST).nextMillis(Long.MAX_VALUE)).isEqualTo(30_000);
    assertThat(new Backoff(SHORTEST).nextMillis(-1)).isEqualTo(30_000);
  }

  @Test
  void aTryThatGotSomewhereStartsItAnew() {
    Backoff backoff = new Backoff(LONGEST);
    backoff.nextMillis(0);
    backoff.nextMillis(0);
    backoff.reset();
    assertThat(backoff.nextMillis(0)).isEqualTo(200);
  }
}
