package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Reads, each on a lane of its own while it runs. On one event loop, but for {@link #submit}. */
final class ReadQueue {
  /** Requests that may wait. A gateway asks for one range a connection at a time. */
  static final int MAX_WAITING = 4096;

  private final class Read<T> {
    private final Function<Session, Future<T>> query;
    private final CompletableFuture<T> reply = new CompletableFuture<>();

    Read(Function<Session, Future<T>> query) {
      this.query = query;
    }

    Future<Void> run(Lane lane) {
      return lane.session().compose(query).transform(outcome -> {
        if (outcome.succeeded()) {
          reply.complete(outcome.result());
        } else {
          fail(lane, outcome.cause());
        }
        return Future.succeededFuture();
      });
    }

    private void fail(Lane lane, Throwable failure) {
      if (failure instanceof StoreException told) {
        reply.completeExceptionally(told);
        return;
      }
      PgFailure known = PgFailure.of(failure);
      meters.counter("sealift.storage.read.failures", "reason", known.reason()).increment();
      if (known != PgFailure.DAMAGED) {
        lane.drop();
      }
      reply.completeExceptionally(known.toStoreException(failure));
    }
  }

  private final Context context;
  private final List<Lane> lanes;
  private final MeterRegistry meters;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Deque<Read<?>> queue = new ArrayDeque<>();
  private volatile boolean closing;

  ReadQueue(Context context, List<Lane> lanes, MeterRegistry meters) {
    this.context = context;
    this.lanes = lanes;
    this.meters = meters;
  }

  int waiting() {
    return waiting.get();
  }

  <T> CompletableFuture<T> submit(Function<Session, Future<T>> query) {
    Read<T> read = new Read<>(query);
    if (closing) {
      read.reply.completeExceptionally(GroupWriter.closed());
    } else if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      read.reply.completeExceptionally(StoreException.busy("too many reads are waiting"));
    } else {
      context.runOnContext(turn -> {
        queue.add(read);
        startNext();
      });
    }
    return read.reply;
  }

  private void startNext() {
    for (Lane lane : lanes) {
      if (!queue.isEmpty() && !lane.isBusy()) {
        lane.setBusy(true);
        waiting.decrementAndGet();
        queue.remove().run(lane).onComplete(done -> context.runOnContext(turn -> release(lane)));
      }
    }
  }

  /** In a turn of its own: while the server is away reads fail at once, and each would begin the next within itself. */
  private void release(Lane lane) {
    lane.setBusy(false);
    startNext();
  }

  void stopTaking() {
    closing = true;
  }

  boolean isIdle() {
    return waiting.get() == 0 && lanes.stream().noneMatch(Lane::isBusy);
  }
}
