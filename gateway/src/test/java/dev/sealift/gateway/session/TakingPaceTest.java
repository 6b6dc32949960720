package dev.sealift.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TakingPaceTest {
  private final TakingPace pace = new TakingPace();

  @Test
  void whatLaysBeforeTheDeviceAllTheTimeIsMeasured() {
    pace.pushed(100, 10_000);
    assertThat(pace.credited(2_500, 1_000)).as("since when is not known").isEmpty();
    assertThat(pace.credited(2_500, 1_500)).contains(new Taken(1, 25, 500));
    assertThat(pace.credited(5_000, 1_700)).contains(new Taken(1, 50, 200));
  }

  @Test
  void whatCameMeanwhileIsNot() {
    pace.pushed(10, 1_000);
    pace.credited(1_000, 1_000);
    pace.pushed(10, 1_000);
    assertThat(pace.credited(1_000, 9_000)).as("the device waited for news").isEmpty();
  }

  @Test
  void aDeviceThatSleptSaysNothing() {
    pace.pushed(30, 3_000);
    pace.credited(1_000, 0);
    assertThat(pace.credited(1_000, TakingPace.MAX_MILLIS)).isPresent();
    assertThat(pace.credited(1_000, 2 * TakingPace.MAX_MILLIS + 1)).isEmpty();
  }

  @Test
  void creditForWhatWasNeverPushedCountsForNothing() {
    assertThat(pace.credited(1_000, 0)).isEmpty();
    assertThat(pace.credited(Long.MAX_VALUE, 1)).isEmpty();
    pace.pushed(10, 1_000);
    pace.credited(500, 2);
    assertThat(pace.credited(1L << 40, 3)).contains(new Taken(1, 5, 1));
  }
}
