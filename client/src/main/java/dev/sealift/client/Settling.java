package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a space and its mesh, for work that cannot wait for ever. */
final class Settling {
  /** A mesh that is just being restarted is back by then. */
  private static final Duration NOBODY_THERE = Duration.ofSeconds(5);

  /** What a moment does not mend. */
  private static final Set<ErrorCode> NOBODY = EnumSet.of(
      ErrorCode.MESH_UNREACHABLE,
      ErrorCode.NOT_A_MESH,
      ErrorCode.MESH_NOT_TRUSTED,
      ErrorCode.MESH_VERSION,
      ErrorCode.OVER_QUOTA,
      ErrorCode.TOKEN_EXPIRED);

  /** What time does not mend, or nobody should wait for. */
  private static final Set<ErrorCode> NEVER = EnumSet.of(
      ErrorCode.MESH_LOST_SPACE,
      ErrorCode.MESH_VIOLATION,
      ErrorCode.TOKEN_REQUIRED,
      ErrorCode.TOKEN_INVALID);

  private static final long LOOK_MILLIS = 50;

  private Settling() {}

  /**
   * Waits until both sides have everything of each other.
   *
   * @throws SealiftException what stands in the way; {@code TIMED_OUT}
   */
  static void upToDate(Space space, Duration patience) {
    await(space, space.whenUpToDate(), patience);
  }

  /** Waits until everything written here is durable in the mesh. */
  static void durable(Space space, Duration patience) {
    await(space, space.whenDurable(), patience);
  }

  private static void await(Space space, CompletableFuture<Void> future, Duration patience) {
    long start = System.nanoTime();
    while (!isDone(future)) {
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      Optional<SealiftException> problem = space.status().problem();
      if (problem.filter(why -> isHopeless(why.code(), waited)).isPresent()) {
        throw problem.get();
      }
      if (waited.compareTo(patience) > 0) {
        throw problem.orElseGet(() -> new SealiftException(
            ErrorCode.TIMED_OUT,
            "The exchange took longer than " + patience.toSeconds() + " seconds."));
      }
    }
  }

  private static boolean isHopeless(ErrorCode why, Duration waited) {
    return NEVER.contains(why) || NOBODY.contains(why) && waited.compareTo(NOBODY_THERE) > 0;
  }

  private static boolean isDone(CompletableFuture<Void> future) {
    try {
      future.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SealiftException known
          ? known
          : new SealiftException(ErrorCode.INTERNAL, "The exchange failed by a bug in Sealift.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SealiftException(ErrorCode.TIMED_OUT, "The wait was interrupted.", e);
    }
  }
}
