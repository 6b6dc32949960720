package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Progress;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Who waits for something to become durable or up to date. Futures complete outside of the lock. */
final class Waits implements Progress {
  private record Durable(HybridTime upTo, CompletableFuture<Void> future) {}

  private record Seen(DeviceId by, HybridTime upTo, CompletableFuture<Void> future) {}

  private record UpToDate(long question, CompletableFuture<Void> future) {}

  private final List<Durable> durable = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();
  private final List<UpToDate> upToDate = new ArrayList<>();
  private final BooleanSupplier nothingWaits;
  private final BiPredicate<DeviceId, HybridTime> isSeen;
  private final Predicate<DeviceId> isThere;
  private final Runnable progressed;
  private final BooleanSupplier isWatched;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong questions = new AtomicLong();
  private Optional<SealiftException> stopped = Optional.empty();
  private Optional<SealiftException> closed = Optional.empty();

  /**
   * @param nothingWaits whether no local write waits for its receipt
   * @param isSeen whether a device has shown to hold what was written here up to a time
   * @param isThere whether a device is in the space
   * @param progressed is run whenever the exchange went on, and must not block
   * @param isWatched whether somebody wants to know what others hold who does not wait here
   */
  Waits(
      BooleanSupplier nothingWaits,
      BiPredicate<DeviceId, HybridTime> isSeen,
      Predicate<DeviceId> isThere,
      Runnable progressed,
      BooleanSupplier isWatched) {
    this.nothingWaits = nothingWaits;
    this.isSeen = isSeen;
    this.isThere = isThere;
    this.progressed = progressed;
    this.isWatched = isWatched;
  }

  /** There are new local writes, durable here. */
  void written() {
    writes.incrementAndGet();
  }

  /** How often somebody asked to be up to date: each time the mesh is to be asked anew. */
  long questions() {
    return questions.get();
  }

  CompletableFuture<Void> untilDurable(HybridTime upTo) {
    Durable wait = new Durable(upTo, new CompletableFuture<>());
    Optional<SealiftException> failure;
    synchronized (this) {
      durable.add(wait);
      failure = stopped;
    }
    // Looked at only now: a receipt that comes before this line counts here, and one that comes
    // after it finds the wait.
    boolean already = nothingWaits.getAsBoolean();
    if (already || failure.isPresent()) {
      takeDurable(wait::equals);
      finish(wait.future(), already ? Optional.empty() : failure);
    }
    return wait.future();
  }

  /** Until a device has shown to hold what was written here up to a time. Ended by the caller, with the space, or when that device is let go: the exchange may stop and go on meanwhile. */
  CompletableFuture<Void> untilSeen(DeviceId by, HybridTime upTo) {
    Seen wait = new Seen(by, upTo, new CompletableFuture<>());
    synchronized (this) {
      if (closed.isPresent()) {
        return CompletableFuture.failedFuture(closed.get());
      }
      seen.removeIf(one -> one.future().isDone());
      seen.add(wait);
    }
    if (isSeen.test(by, upTo)) { // looked at only now, as above
      wait.future().complete(null);
    }
    return wait.future();
  }

  CompletableFuture<Void> untilUpToDate() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    synchronized (this) {
      if (stopped.isEmpty()) {
        upToDate.add(new UpToDate(questions.incrementAndGet(), future));
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
  public void applied(long position) {
    List<Seen> waiting;
    synchronized (this) {
      seen.removeIf(one -> one.future().isDone());
      waiting = List.copyOf(seen);
    }
    for (Seen wait : waiting) {
      if (isSeen.test(wait.by(), wait.upTo())) {
        wait.future().complete(null);
      } else if (!isThere.test(wait.by())) {
        wait.future()
            .completeExceptionally(new SealiftException(
                ErrorCode.INVALID_INPUT, "The device is not in the space any more."));
      }
    }
    progressed.run();
  }

  @Override
  public boolean wantsPositions() {
    synchronized (this) {
      seen.removeIf(one -> one.future().isDone());
      if (!seen.isEmpty()) {
        return true;
      }
    }
    return isWatched.getAsBoolean();
  }

  @Override
  public void durable(HybridTime upTo) {
    progressed.run();
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
    Optional<SealiftException> failure =
        report.state() == SyncState.STOPPED ? report.problem() : Optional.empty();
    long before = writes.get();
    // A write that came while the loop was about to say so makes it untrue; the loop hears of it
    // and reports again.
    boolean holds = report.state() == SyncState.UP_TO_DATE && nothingWaits.getAsBoolean();
    List<CompletableFuture<Void>> taken;
    synchronized (this) {
      stopped = failure;
      taken =
          failure.isPresent() ? takeAll() : takeReached(holds && writes.get() == before, report);
    }
    taken.forEach(future -> finish(future, failure));
  }

  private List<CompletableFuture<Void>> takeReached(boolean isUpToDate, SyncReport report) {
    List<CompletableFuture<Void>> taken = new ArrayList<>();
    if (isUpToDate) {
      taken.addAll(takeUpToDate(wait -> wait.question() <= report.answered()));
      taken.addAll(takeDurable(wait -> true));
    }
    return taken;
  }

  private synchronized List<CompletableFuture<Void>> takeUpToDate(Predicate<UpToDate> which) {
    List<CompletableFuture<Void>> taken =
        upToDate.stream().filter(which).map(UpToDate::future).toList();
    upToDate.removeIf(which);
    return taken;
  }

  private List<CompletableFuture<Void>> takeAll() {
    List<CompletableFuture<Void>> taken = new ArrayList<>(takeUpToDate(wait -> true));
    taken.addAll(takeDurable(wait -> true));
    return taken;
  }

  void close() {
    SealiftException ended = new SealiftException(ErrorCode.CLOSED, "The space was closed.");
    List<CompletableFuture<Void>> taken;
    synchronized (this) {
      stopped = Optional.of(ended);
      closed = stopped;
      taken = takeAll();
      seen.forEach(wait -> taken.add(wait.future()));
      seen.clear();
    }
    taken.forEach(future -> finish(future, stopped));
  }
}
