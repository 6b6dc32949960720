package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import io.vertx.core.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session that is opened when it is needed, and again after it was lost. After connecting failed it is not
 * tried again for a while, which grows; until then whoever asks is refused at once. For one event loop.
 */
final class Lane {
  private static final long FIRST_PAUSE_MILLIS = 100;

  /** A server that is back is found within this. */
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final Connector connector;
  private @Nullable Session session;
  private int failures;
  private long notBeforeNanos;
  private boolean busy;

  Lane(Connector connector) {
    this.connector = connector;
  }

  Lane(Connector connector, Session first) {
    this(connector);
    this.session = first;
  }

  boolean isBusy() {
    return busy;
  }

  void setBusy(boolean nowBusy) {
    busy = nowBusy;
  }

  boolean isOpen() {
    return session != null && session.isOpen();
  }

  Future<Session> session() {
    Session present = session;
    if (present != null && present.isOpen()) {
      return Future.succeededFuture(present);
    }
    if (failures > 0 && System.nanoTime() - notBeforeNanos < 0) {
      return Future.failedFuture(new StoreException(
          MeshFailure.UNAVAILABLE, "the database could not be reached a moment ago"));
    }
    return connector.connect().onSuccess(this::opened).onFailure(this::failed);
  }

  private void opened(Session opened) {
    session = opened;
    failures = 0;
  }

  private void failed(Throwable failure) {
    long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    failures++;
    notBeforeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(jittered);
  }

  /** Finds out whether an idle session still is one, and to a primary: so that the next request is not the first to know. */
  void ping() {
    Session present = session;
    if (present != null && present.isOpen() && !busy) {
      present
          .run("SELECT pg_is_in_recovery()")
          .map(rows -> rows.iterator().next().getBoolean(0))
          .onComplete(standby -> {
            if (session == present && (standby.failed() || standby.result())) {
              drop();
            }
          });
    }
  }

  /** After a failure: in whatever state it was, the next one is not. */
  void drop() {
    Session dropped = session;
    session = null;
    if (dropped != null) {
      dropped.abandon();
    }
  }

  Future<Void> close() {
    Session closed = session;
    session = null;
    return closed == null ? Future.succeededFuture() : closed.close();
  }
}
