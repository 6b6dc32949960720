package dev.sealift.protocol.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class HybridTimeTest {
  private static final long LAST_MILLIS = 0xffff_ffff_ffffL;

  /** Times are compared across devices for ever: if this test fails, the format has changed. */
  @Test
  void hasTheBitsThatTheSpecificationGives() {
    assertThat(HybridTime.of(1_767_225_600_000L, 0xbeef).bits()).isEqualTo(0x019b_76da_a800_beefL);
  }

  @Test
  void partsComeBackAsTheyWere() {
    HybridTime time = HybridTime.of(1_767_225_600_000L, 65_535);
    assertThat(time.millis()).isEqualTo(1_767_225_600_000L);
    assertThat(time.counter()).isEqualTo(65_535);
  }

  @Test
  void bothEndsOfTimeCanBeSaid() {
    assertThat(HybridTime.of(0, 0)).isEqualTo(HybridTime.ZERO);
    HybridTime last = HybridTime.of(LAST_MILLIS, 65_535);
    assertThat(last.bits()).isEqualTo(-1L);
    assertThat(last.millis()).isEqualTo(LAST_MILLIS).isEqualTo(HybridTime.MAX_MILLIS);
    assertThat(last.counter()).isEqualTo(65_535).isEqualTo(HybridTime.MAX_COUNTER);
  }

  @Test
  void whateverAClockShowsIsATime() {
    assertThat(HybridTime.ofClock(1_767_225_600_000L))
        .isEqualTo(HybridTime.of(1_767_225_600_000L, 0));
    assertThat(HybridTime.ofClock(-1)).isEqualTo(HybridTime.ZERO);
    assertThat(HybridTime.ofClock(Long.MIN_VALUE)).isEqualTo(HybridTime.ZERO);
    assertThat(HybridTime.ofClock(LAST_MILLIS + 1)).isEqualTo(HybridTime.of(LAST_MILLIS, 0));
    assertThat(HybridTime.ofClock(Long.MAX_VALUE)).isEqualTo(HybridTime.of(LAST_MILLIS, 0));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> HybridTime.of(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> HybridTime.of(LAST_MILLIS + 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> HybridTime.of(0, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> HybridTime.of(0, 65_536));
  }

  @Test
  void timesFarInTheFutureAreStillLater() {
    HybridTime beforeTheSignBit = new HybridTime(Long.MAX_VALUE);
    HybridTime behindIt = new HybridTime(Long.MIN_VALUE);
    assertThat(behindIt).isGreaterThan(beforeTheSignBit);
    assertThat(behindIt.isAfter(beforeTheSignBit)).isTrue();
    assertThat(HybridTime.max(beforeTheSignBit, behindIt)).isEqualTo(behindIt);
  }

  @Test
  void aFullCounterCarriesIntoTheMilliseconds() {
    assertThat(HybridTime.of(5, 65_534).next()).isEqualTo(HybridTime.of(5, 65_535));
    assertThat(HybridTime.of(5, 65_535).next()).isEqualTo(HybridTime.of(6, 0));
  }

  @Test
  void nothingIsAfterTheEndOfTime() {
    HybridTime last = HybridTime.of(LAST_MILLIS, 65_534).next();
    assertThatIllegalStateException().isThrownBy(last::next);
  }

  @Test
  void printsItsParts() {
    assertThat(HybridTime.of(1_000, 2)).hasToString("1000.2");
  }
}
