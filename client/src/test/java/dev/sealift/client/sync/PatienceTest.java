package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final Patience patience = new Patience();
  private long heard;

  @BeforeEach
  void connect() {
    patience.begin(at(0));
    heard = at(0);
  }

  private static long at(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis) - 5_000_000_000L; // nanoseconds may be negative
  }

  private void look(long millis, boolean owed, long bytes) {
    patience.look(at(millis), heard, owed, bytes);
  }

  @Test
  void whoIsOwedNothingAsksAfterTwentySecondsAndGivesUpAfterTwentyMore() {
    look(19_999, false, 0);
    assertThat(patience.asks(at(19_999))).isFalse();
    assertThat(patience.untilMillis(at(19_999))).isBetween(1L, 2L);
    assertThat(patience.asks(at(20_000))).isTrue();
    patience.asked(at(20_000));
    look(39_999, false, 0);
    assertThat(patience.asks(at(39_999))).isFalse();
    assertThat(patience.isOver(at(39_999))).isFalse();
    assertThat(patience.isOver(at(40_000))).isTrue();
  }

  @Test
  void whoIsOwedAnAnswerAsksThreeSecondsAfterItBecameDueAndGivesUpAfterThreeMore() {
    look(10_000, true, 200);
    look(12_900, true, 200);
    assertThat(patience.asks(at(12_900))).isFalse();
    assertThat(patience.asks(at(13_013))).isTrue();
    patience.asked(at(13_013));
    look(14_000, true, 200);
    assertThat(patience.isOver(at(16_000))).isFalse();
    assertThat(patience.isOver(at(16_026))).isTrue();
  }

  @Test
  void aSignOfLifeBeginsTheWaitAnew() {
    look(0, true, 0);
    patience.asked(at(3_000));
    heard = at(3_500);
    look(3_600, true, 0);
    assertThat(patience.isOver(at(6_000))).isFalse();
    assertThat(patience.asks(at(6_499))).isFalse();
    assertThat(patience.asks(at(6_500))).isTrue();
  }

  @Test
  void askingMoreMeanwhileDoesNotPutOffTheEnd() {
    for (long millis = 0; millis < 3_000; millis += 100) {
      look(millis, true, 0);
    }
    assertThat(patience.asks(at(3_000))).isTrue();
  }

  @Test
  void whatIsStillOnItsWayOverASlowLinkIsWaitedForWithinABound() {
    look(0, true, 64 << 10);
    assertThat(patience.asks(at(6_999))).isFalse();
    assertThat(patience.asks(at(7_000))).isTrue();
    look(0, true, 1 << 20);
    assertThat(patience.asks(at(66_999))).isFalse();
    assertThat(patience.asks(at(67_000))).isTrue();
    look(0, true, 4 << 20);
    assertThat(patience.asks(at(74_999))).isFalse();
    assertThat(patience.asks(at(75_000))).isTrue();
  }

  @Test
  void eachConnectionLostMakesTheNextOneMorePatientUntilOneGetsSomewhere() {
    for (long expected : new long[] {3_000, 6_000, 12_000, 24_000, 48_000, 75_000, 75_000}) {
      patience.begin(at(0));
      look(0, true, 0);
      assertThat(patience.asks(at(expected - 1))).isFalse();
      assertThat(patience.asks(at(expected))).isTrue();
      patience.lost();
    }
    patience.reset();
    look(0, true, 0);
    assertThat(patience.asks(at(3_000))).isTrue();
  }

  @Test
  void aNewConnectionOwesNothingOfTheOneBefore() {
    look(0, true, 0);
    patience.asked(at(3_000));
    patience.begin(at(50_000));
    heard = at(50_000);
    look(50_000, false, 0);
    assertThat(patience.isOver(at(60_000))).isFalse();
    assertThat(patience.asks(at(69_999))).isFalse();
  }
}
