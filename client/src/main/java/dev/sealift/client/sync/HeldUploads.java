package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** When one connection tries again what its mesh does not take now. Time is a parameter, in nanoseconds that only rise. */
final class HeldUploads {
  interface Retry {
    void retry() throws FormatException;
  }

  private final Supplier<Optional<MeshBusyException>> held;
  private final Retry retry;
  private final Backoff backoff;
  private Optional<Long> retryNanos = Optional.empty();

  /** @param held why nothing is taken now; empty when something is */
  HeldUploads(Supplier<Optional<MeshBusyException>> held, Retry retry, Backoff backoff) {
    this.held = held;
    this.retry = retry;
    this.backoff = backoff;
  }

  /** How long until {@link #retryIfDue} has something to do; the longest time there is when nothing is held. */
  long untilRetryMillis(long nowNanos) {
    Optional<MeshBusyException> why = held.get();
    if (why.isEmpty()) {
      retryNanos = Optional.empty();
      return Long.MAX_VALUE;
    }
    if (retryNanos.isEmpty()) {
      long wait = backoff.nextMillis(why.get().retryAfterMillis());
      retryNanos = Optional.of(nowNanos + TimeUnit.MILLISECONDS.toNanos(wait));
    }
    // Rounded up, so that it is due when it is looked at.
    return Math.max(0, 1 + TimeUnit.NANOSECONDS.toMillis(retryNanos.get() - nowNanos));
  }

  void retryIfDue(long nowNanos) throws FormatException {
    if (retryNanos.isPresent() && nowNanos - retryNanos.get() >= 0) {
      retryNanos = Optional.empty();
      retry.retry();
    }
  }
}
