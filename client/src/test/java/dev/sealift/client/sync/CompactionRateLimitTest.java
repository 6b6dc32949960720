package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompactionRateLimitTest {
  private static final long MINUTE_MILLIS = 60_000;

  private static CompactionRateLimit having(long eventFiles) {
    return new CompactionRateLimit(eventFiles);
  }

  private static void at(CompactionRateLimit limit, long millis) {
    limit.at(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** With enough files of events, made in so long; whether it may make one that much later. */
  private static boolean admitsAfter(long tookMillis, long millis) {
    CompactionRateLimit limit = having(1_000);
    at(limit, -77);
    limit.made(tookMillis);
    at(limit, -77 + millis);
    return limit.admits(64);
  }

  @Test
  void theFirstOneNeedsFilesOfEventsAndNoPause() {
    assertThat(having(63).admits(64)).isFalse();
    assertThat(having(64).admits(64)).isTrue();
  }

  /** A clock that only rises may begin anywhere. */
  @Test
  void theFirstOneNeedsNoPauseWhateverTheClockSays() {
    CompactionRateLimit limit = having(64);
    at(limit, -MINUTE_MILLIS);
    assertThat(limit.admits(64)).isTrue();
  }

  @Test
  void theNextOneWaitsTenMinutes() {
    assertThat(admitsAfter(100, 10 * MINUTE_MILLIS - 1)).isFalse();
    assertThat(admitsAfter(100, 10 * MINUTE_MILLIS)).isTrue();
  }

  @Test
  void whatTakesLongIsMadeMoreRarely() {
    assertThat(admitsAfter(MINUTE_MILLIS, 20 * MINUTE_MILLIS - 1)).isFalse();
    assertThat(admitsAfter(MINUTE_MILLIS, 20 * MINUTE_MILLIS)).isTrue();
  }

  @Test
  void aClockThatJumpsStopsNobodyForGood() {
    assertThat(admitsAfter(-MINUTE_MILLIS, 10 * MINUTE_MILLIS)).isTrue();
    assertThat(admitsAfter(Long.MAX_VALUE, 600 * MINUTE_MILLIS)).isTrue();
  }
}
