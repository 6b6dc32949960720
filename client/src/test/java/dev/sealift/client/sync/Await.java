package dev.sealift.client.sync;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is to happen, with a deadline. */
public final class Await {
  /** Far beyond what anything here takes, also on a machine that is busy with other things. */
  private static final long SECONDS = 90;

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Await() {}

  public static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  public static <T> T done(CompletableFuture<T> future) {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("nothing came of it in time", e);
    } catch (ExecutionException e) {
      throw new AssertionError("it failed", e.getCause());
    }
  }

  /** What a future fails with. */
  public static Throwable failure(CompletableFuture<?> future) {
    try {
      future.get(SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("it did not fail");
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("nothing came of it in time", e);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }
}
