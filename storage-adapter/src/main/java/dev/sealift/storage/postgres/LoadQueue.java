package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.storage.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loads, on lanes of their own: each waits for the standby in the end, and reads must go on while that is away. What waits when a lane
 * is free is read together, and one barrier behind it serves it all; but a space with a large membership by itself ({@link LoadTurns}), so that each
 * lane has some 20 MiB in memory at most. On one event loop, but for {@link #submit}.
 */
final class LoadQueue {
  /** Requests that may wait: of an engine that takes over another one's shards, more than it asks for at once. */
  static final int MAX_WAITING = 4096;

  /** What a question over the event bus may take: nobody waits for the answer any more. */
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Load(
      LoadSpaceRequest request, long sinceNanos, CompletableFuture<LoadSpaceReply> reply) {}

  private final Context context;
  private final List<Lane> lanes;
  private final ReadFailures failures;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LoadTurns<Load> turns = new LoadTurns<>();
  private volatile boolean closing;

  LoadQueue(Context context, List<Lane> lanes, ReadFailures failures) {
    this.context = context;
    this.lanes = lanes;
    this.failures = failures;
  }

  int waiting() {
    return waiting.get();
  }

  CompletableFuture<LoadSpaceReply> submit(LoadSpaceRequest request) {
    Load load = new Load(request, System.nanoTime(), new CompletableFuture<>());
    if (closing) {
      load.reply.completeExceptionally(GroupWriter.closed());
    } else if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      load.reply.completeExceptionally(StoreException.busy("too many loads are waiting"));
    } else {
      context.runOnContext(turn -> {
        turns.add(load);
        startNext();
      });
    }
    return load.reply;
  }

  private void startNext() {
    for (Lane lane : lanes) {
      if (!turns.isEmpty() && !lane.isBusy()) {
        lane.setBusy(true);
        LoadTurns.Group<Load> group = turns.next();
        waiting.addAndGet(-group.loads().size());
        run(lane, group).onComplete(done -> context.runOnContext(turn -> release(lane)));
      }
    }
  }

  /** In a turn of its own, as in {@link ReadQueue}. */
  private void release(Lane lane) {
    lane.setBusy(false);
    startNext();
  }

  /** Never fails: whatever happens is told to whoever asked. */
  private Future<Void> run(Lane lane, LoadTurns.Group<Load> group) {
    List<LoadSpaceRequest> requests = group.loads().stream().map(Load::request).toList();
    return lane.session()
        .map(session -> SpaceQueries.load(session, requests, group.maxBytes()))
        .otherwise(failure -> requests.stream()
            .map(request -> Future.<Optional<LoadSpaceReply>>failedFuture(failure))
            .toList())
        .compose(replies -> Future.join(replies).transform(all -> {
          answer(lane, group.loads(), replies);
          return Future.succeededFuture();
        }));
  }

  /** When all is over: what one load meets, as a statement that takes too long, is not the others' fault. */
  private void answer(Lane lane, List<Load> group, List<Future<Optional<LoadSpaceReply>>> replies) {
    for (int i = 0; i < group.size(); i++) {
      Load load = group.get(i);
      Future<Optional<LoadSpaceReply>> reply = replies.get(i);
      if (reply.failed()) {
        load.reply.completeExceptionally(failures.note(lane, reply.cause()));
      } else if (reply.result().isPresent()) {
        load.reply.complete(reply.result().get());
      } else {
        waiting.incrementAndGet();
        turns.addHeavy(load);
      }
    }
  }

  /** While the standby is away each group takes its time, and those behind it would wait for many of them. */
  void dropStale(long nowNanos) {
    List<Load> stale = turns.takeWhile(load -> nowNanos - load.sinceNanos >= MAX_WAIT_NANOS);
    waiting.addAndGet(-stale.size());
    stale.forEach(load -> load.reply.completeExceptionally(
        new StoreException(MeshFailure.UNAVAILABLE, "the database's standby is waited for")));
  }

  void stopTaking() {
    closing = true;
  }

  boolean isIdle() {
    return waiting.get() == 0 && lanes.stream().noneMatch(Lane::isBusy);
  }
}
