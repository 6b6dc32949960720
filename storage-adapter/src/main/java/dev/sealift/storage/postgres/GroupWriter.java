package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;
import dev.sealift.storage.staging.StagingArea;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What writes. Requests that arrive while transactions are under way go into the next one together, so that
 * many small commits share a round trip and an fsync. A few transactions are under way at once, each on a
 * lane of its own; a space is in one of them only, so that its commits keep their order.
 *
 * <p>Everything happens on one event loop; only {@link #submit} may be called from elsewhere.
 */
final class GroupWriter {
  /** Requests that may wait. Callers have bounds of their own and try again. */
  static final int MAX_WAITING = 1024;

  /** Bounds the time that the first of a group waits for the others. */
  private static final int MAX_GROUP_WRITES = 256;

  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final Context context;
  private final List<Lane> lanes;
  private final WriteFailures failures;
  private final GroupCommit commits;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Deque<PgWrite<?>> queue = new ArrayDeque<>();
  private final Set<ByteString> spacesUnderWay = new HashSet<>();
  private volatile boolean closing;

  GroupWriter(Context context, List<Lane> lanes, StagingArea staging, StoreMeters meters) {
    this.context = context;
    this.lanes = lanes;
    this.failures = new WriteFailures(meters);
    this.commits = new GroupCommit(context, staging, failures, meters);
  }

  int waiting() {
    return waiting.get();
  }

  /** Takes a write, or fails it as busy. */
  void submit(PgWrite<?> write) {
    if (closing) {
      write.fail(closed());
    } else if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      write.fail(StoreException.busy("too many writes are waiting"));
    } else {
      context.runOnContext(turn -> {
        queue.add(write);
        startNext();
      });
    }
  }

  static StoreException closed() {
    return new StoreException(MeshFailure.UNAVAILABLE, "the store is closed");
  }

  private void startNext() {
    for (Lane lane : lanes) {
      PgWrite<?> first = queue.peek();
      if (first != null && !lane.isBusy() && !isBlocked(first)) {
        lane.setBusy(true);
        run(lane).onComplete(done -> context.runOnContext(turn -> release(lane)));
      }
    }
  }

  /** In a turn of its own: while the server is away writes fail at once, and each would begin the next within itself. */
  private void release(Lane lane) {
    lane.setBusy(false);
    startNext();
  }

  private boolean isBlocked(PgWrite<?> write) {
    return write instanceof PgWrite.Commit commit
        && commit.spaces().stream().anyMatch(spacesUnderWay::contains);
  }

  private PgWrite<?> take() {
    waiting.decrementAndGet();
    return queue.remove();
  }

  /** Never fails: whatever happens is told to whoever asked. */
  private Future<Void> run(Lane lane) {
    if (queue.peek() instanceof PgWrite.Commit) {
      return runGroup(lane, nextGroup());
    }
    PgWrite<?> write = take();
    return runAlone(lane, write).recover(failure -> {
      lane.drop();
      write.fail(failures.note(failure));
      return Future.succeededFuture();
    });
  }

  private static Future<Void> runAlone(Lane lane, PgWrite<?> write) {
    if (write instanceof PgWrite.Reclaim reclaim) {
      return answered(reclaim, new Reclaiming(lane, reclaim.request()).run());
    } else if (write instanceof PgWrite.Expire expire) {
      return answered(expire, new Expiring(lane, expire.request()).run());
    }
    return positions(lane, (PgWrite.Positions) write);
  }

  private static <R> Future<Void> answered(PgWrite<R> write, Future<R> done) {
    return done.map(reply -> {
      write.answer(reply);
      return null;
    });
  }

  private static Future<Void> positions(Lane lane, PgWrite.Positions write) {
    return lane.session()
        .compose(session -> new PositionWrites(session).raise(write.request()))
        .map(raised -> {
          write.answer(PositionsReply.getDefaultInstance());
          return null;
        });
  }

  private List<PgWrite.Commit> nextGroup() {
    List<PgWrite.Commit> group = new ArrayList<>();
    long bytes = 0;
    while (group.size() < MAX_GROUP_WRITES
        && bytes < MAX_GROUP_BYTES
        && queue.peek() instanceof PgWrite.Commit commit
        && !isBlocked(commit)) {
      take();
      group.add(commit);
      spacesUnderWay.addAll(commit.spaces());
      bytes += commit.bytes();
    }
    return group;
  }

  private Future<Void> runGroup(Lane lane, List<PgWrite.Commit> group) {
    return commits.run(lane, group).onComplete(done -> {
      group.forEach(commit -> commit.spaces().forEach(spacesUnderWay::remove));
    });
  }

  void stopTaking() {
    closing = true;
  }

  boolean isIdle() {
    return waiting.get() == 0 && lanes.stream().noneMatch(Lane::isBusy);
  }
}
