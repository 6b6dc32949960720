package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
  private @Nullable Future<Session> connecting;
  private int failures;
  private long notBeforeNanos;
  private boolean busy;
  private boolean closed;

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
    if (closed) {
      return Future.failedFuture(GroupWriter.closed());
    }
    if (present != null && present.isOpen()) {
      return Future.succeededFuture(present);
    }
    if (connecting != null) {
      return connecting;
    }
    if (failures > 0 && System.nanoTime() - notBeforeNanos < 0) {
      return Future.failedFuture(new StoreException(
          MeshFailure.UNAVAILABLE, "the database could not be reached a moment ago"));
    }
    return connect();
  }

  private Future<Session> connect() {
    Promise<Session> connected = Promise.promise();
    connecting = connected.future();
    Future<Session> asked = connecting;
    connector.connect().compose(this::opened).onFailure(this::failed).onComplete(outcome -> {
      connecting = null;
      connected.handle(outcome);
    });
    return asked;
  }

  /** One that comes after the lane was closed is nobody's. */
  private Future<Session> opened(Session opened) {
    if (closed) {
      opened.close();
      return Future.failedFuture(GroupWriter.closed());
    }
    session = opened;
    failures = 0;
    return Future.succeededFuture(opened);
  }

  private void failed(Throwable failure) {
    long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    failures++;
    notBeforeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(jittered);
  }

  /**
   * Gives up a server that is silent, and finds out whether an idle session still is one, and to a primary: so that the next request is
   * not the first to know.
   */
  void ping(long nowNanos) {
    Session present = session;
    if (present == null) {
      return;
    }
    present.giveUpIfSilent(nowNanos);
    if (present.isOpen() && !busy) {
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

  /** Connects again though nobody asks for anything, so that the server knows of this adapter. */
  void keepOpen() {
    if (!isOpen() && !busy) {
      session();
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

  /** For good. What is still under way then is asked to end. */
  Future<Void> close() {
    closed = true;
    Session last = session;
    session = null;
    if (last == null) {
      return Future.succeededFuture();
    }
    return busy ? last.abandon() : last.close();
  }
}
