package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
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
          reply.completeExceptionally(failures.note(lane, outcome.cause()));
        }
        return Future.succeededFuture();
      });
    }
  }

  private final Context context;
  private final List<Lane> lanes;
  private final ReadFailures failures;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Deque<Read<?>> queue = new ArrayDeque<>();
  private volatile boolean closing;

  ReadQueue(Context context, List<Lane> lanes, ReadFailures failures) {
    this.context = context;
    this.lanes = lanes;
    this.failures = failures;
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
