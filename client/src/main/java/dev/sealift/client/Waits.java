package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Progress;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Who waits for something to become durable or up to date. Futures complete outside of the lock. */
final class Waits implements Progress {
  private record Durable(HybridTime upTo, CompletableFuture<Void> future) {}

  private final List<Durable> durable = new ArrayList<>();
  private final List<CompletableFuture<Void>> upToDate = new ArrayList<>();
  private final BooleanSupplier nothingWaits;
  private final AtomicLong writes = new AtomicLong();
  private Optional<SealiftException> stopped = Optional.empty();
  private boolean isUpToDate;

  /**
   * @param nothingWaits whether no local write waits for its receipt
   */
  Waits(BooleanSupplier nothingWaits) {
    this.nothingWaits = nothingWaits;
  }

  /** There are new local writes, durable here. */
  void written() {
    writes.incrementAndGet();
    synchronized (this) {
      isUpToDate = false;
    }
  }

  CompletableFuture<Void> untilDurable(HybridTime upTo, boolean already) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    synchronized (this) {
      if (!already && stopped.isEmpty()) {
        durable.add(new Durable(upTo, future));
        return future;
      }
    }
    finish(future, already ? Optional.empty() : stopped);
    return future;
  }

  CompletableFuture<Void> untilUpToDate() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    synchronized (this) {
      if (!isUpToDate && stopped.isEmpty()) {
        upToDate.add(future);
        return future;
      }
    }
    finish(future, stopped);
    return future;
  }

  private static void finish(CompletableFuture<Void> future, Optional<SealiftException> failure) {
    failure.ifPresentOrElse(future::completeExceptionally, () -> future.complete(null));
  }

  @Override
  public void applied(long position) {}

  @Override
  public void durable(HybridTime upTo) {
    takeDurable(wait -> !wait.upTo().isAfter(upTo)).forEach(future -> future.complete(null));
  }

  private synchronized List<CompletableFuture<Void>> takeDurable(Predicate<Durable> which) {
    List<CompletableFuture<Void>> taken =
        durable.stream().filter(which).map(Durable::future).toList();
    durable.removeIf(which);
    return taken;
  }

  /** What the sync loop says of itself. */
  void reported(SyncReport report) {
    List<CompletableFuture<Void>> taken = new ArrayList<>();
    Optional<SealiftException> failure =
        report.state() == SyncState.STOPPED ? report.problem() : Optional.empty();
    long before = writes.get();
    // A write that came while the loop was about to say so makes it untrue; the loop hears of it
    // and reports again.
    boolean holds = report.state() == SyncState.UP_TO_DATE && nothingWaits.getAsBoolean();
    synchronized (this) {
      isUpToDate = holds && writes.get() == before;
      stopped = failure;
      if (isUpToDate || failure.isPresent()) {
        taken.addAll(upToDate);
        upToDate.clear();
        taken.addAll(takeDurable(wait -> true));
      }
    }
    taken.forEach(future -> finish(future, failure));
  }

  void close() {
    SealiftException closed = new SealiftException(ErrorCode.CLOSED, "The space was closed.");
    List<CompletableFuture<Void>> taken;
    synchronized (this) {
      stopped = Optional.of(closed);
      taken = new ArrayList<>(upToDate);
      upToDate.clear();
      taken.addAll(takeDurable(wait -> true));
    }
    taken.forEach(future -> finish(future, stopped));
  }
}
