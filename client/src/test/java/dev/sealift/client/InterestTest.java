package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InterestTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // clocks may wrap
  private final Interest interest = new Interest(nanos::get);

  @Test
  void nobodyIsInterestedAtFirst() {
    assertThat(interest.isAlive()).isFalse();
  }

  @Test
  void whoeverAsksIsInterestedForAWhile() {
    assertThat(interest.ask()).as("it is new").isTrue();
    assertThat(interest.ask()).isFalse();
    nanos.addAndGet(Interest.LASTS_NANOS - 1);
    assertThat(interest.isAlive()).isTrue();
    assertThat(interest.ask()).isFalse();
    nanos.addAndGet(Interest.LASTS_NANOS);
    assertThat(interest.isAlive()).isFalse();
    assertThat(interest.ask()).isTrue();
  }

  @Test
  void whoeverWatchesIsInterestedUntilTheLastOfThemLeaves() {
    interest.begin();
    interest.begin();
    nanos.addAndGet(2 * Interest.LASTS_NANOS);
    interest.end();
    assertThat(interest.isAlive()).isTrue();
    interest.end();
    assertThat(interest.isAlive()).isFalse();
  }
}
