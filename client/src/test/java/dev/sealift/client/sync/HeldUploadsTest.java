package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeldUploadsTest {
  private static final MeshBusyException FULL =
      new MeshBusyException(ErrorCode.OVER_QUOTA, "full", 60_000);

  private Optional<MeshBusyException> held = Optional.empty();
  private int retries;
  private final HeldUploads uploads =
      new HeldUploads(() -> held, () -> retries++, Backoff.slow(new Random(1)));

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void nothingIsDueWhileNothingIsHeld() throws Exception {
    assertThat(uploads.untilRetryMillis(0)).isEqualTo(Long.MAX_VALUE);
    uploads.retryIfDue(Long.MAX_VALUE);
    assertThat(retries).isZero();
  }

  @Test
  void whatIsHeldIsTriedOnceItsTimeHasComeAndNotBefore() throws Exception {
    held = Optional.of(FULL);
    long wait = uploads.untilRetryMillis(0);
    assertThat(wait).isBetween(60_001L, 90_001L);
    assertThat(uploads.untilRetryMillis(nanos(10))).isEqualTo(wait - 10);
    uploads.retryIfDue(nanos(60_000));
    assertThat(retries).isZero();
    uploads.retryIfDue(nanos(wait));
    assertThat(retries).isEqualTo(1);
    uploads.retryIfDue(nanos(wait));
    assertThat(retries).isEqualTo(1);
    assertThat(uploads.untilRetryMillis(nanos(wait))).isGreaterThan(60_000);
  }

  @Test
  void aHoldThatIsOverLeavesNothingDue() throws Exception {
    held = Optional.of(FULL);
    uploads.untilRetryMillis(0);
    held = Optional.empty();
    assertThat(uploads.untilRetryMillis(1)).isEqualTo(Long.MAX_VALUE);
    uploads.retryIfDue(Long.MAX_VALUE);
    assertThat(retries).isZero();
  }
}
