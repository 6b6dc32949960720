package dev.sealift.ops.exchange;

import dev.sealift.client.Space;
import dev.sealift.client.SpaceStatus;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Connects a space and waits, for people who wait in front of a terminal. */
public final class Exchange {
  /**
   * The library tries for ever to reach a mesh; a command gives up when it is nothing that a moment mends. A mesh that is just
   * being restarted is back by then.
   */
  private static final Duration NOBODY_THERE = Duration.ofSeconds(5);

  private static final Set<ErrorCode> NOBODY = EnumSet.of(
      ErrorCode.MESH_UNREACHABLE,
      ErrorCode.NOT_A_MESH,
      ErrorCode.MESH_NOT_TRUSTED,
      ErrorCode.MESH_VERSION,
      ErrorCode.MESH_LOST_SPACE,
      ErrorCode.OVER_QUOTA,
      ErrorCode.TOKEN_REQUIRED,
      ErrorCode.TOKEN_INVALID,
      ErrorCode.TOKEN_EXPIRED);

  private static final long LOOK_MILLIS = 100;

  private final Space space;
  private final Duration nobodyThere;

  public Exchange(Space space) {
    this(space, NOBODY_THERE);
  }

  private Exchange(Space space, Duration nobodyThere) {
    this.space = space;
    this.nobodyThere = nobodyThere;
  }

  /** For what need not be exchanged now: gives up at the first sign that no mesh is there. */
  public static Exchange impatient(Space space) {
    return new Exchange(space, Duration.ZERO);
  }

  /** Waits until both sides have everything of each other. Progress counts the files of the log. */
  public void awaitUpToDate(Console console, Duration patience) {
    try (Progress progress = console.progress("sync", 0, "files")) {
      await(space.whenUpToDate(), patience, status -> {
        progress.of(status.logSize() + status.waitingFiles());
        progress.reached(status.position());
      });
    }
  }

  /** Waits until everything written here is durable in the mesh. Progress counts the writes. */
  public void awaitDurable(Console console, Duration patience) {
    long writes = space.status().pendingWrites();
    try (Progress progress = console.progress("upload", writes, "writes")) {
      await(
          space.whenDurable(),
          patience,
          status -> progress.reached(writes - status.pendingWrites()));
    }
  }

  private void await(
      CompletableFuture<Void> future, Duration patience, Consumer<SpaceStatus> look) {
    long start = System.nanoTime();
    while (!isDone(future)) {
      SpaceStatus status = space.status();
      look.accept(status);
      giveUpIfHopeless(status, Duration.ofNanos(System.nanoTime() - start), patience);
    }
    look.accept(space.status());
  }

  private void giveUpIfHopeless(SpaceStatus status, Duration waited, Duration patience) {
    Optional<SealiftException> problem = status.problem();
    if (problem.isPresent()
        && NOBODY.contains(problem.get().code())
        && waited.compareTo(nobodyThere) > 0) {
      throw problem.get();
    }
    if (waited.compareTo(patience) > 0) {
      throw problem.orElseGet(() -> new SealiftException(
          ErrorCode.TIMED_OUT,
          "The exchange took longer than " + patience.toSeconds() + " seconds."));
    }
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
