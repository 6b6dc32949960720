package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreOpenException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All the store's lanes, on one event loop, from the first connection to the last. */
final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** Longer than a few hosts take one after another to be found silent. */
  private static final long OPEN_SECONDS = 30;

  private static final long CLOSE_SECONDS = 30;

  /** Below the silence after which a connection is given up. */
  private static final long PING_MILLIS = 5_000;

  private static final long CLOSE_CHECK_MILLIS = 10;

  private final Vertx vertx;
  private final Context context;
  private final List<Lane> writers = new ArrayList<>();
  private final List<Lane> readers = new ArrayList<>();
  private final List<Lane> loaders = new ArrayList<>();
  private long timer;

  private Lanes(Vertx vertx, Context context, Connector connector, Session first) {
    this.vertx = vertx;
    this.context = context;
    PostgresOptions options = connector.options();
    writers.add(new Lane(connector, first));
    while (writers.size() < options.writers()) {
      writers.add(new Lane(connector));
    }
    while (readers.size() < options.readers()) {
      readers.add(new Lane(connector));
    }
    while (loaders.size() < options.loaders()) {
      loaders.add(new Lane(connector));
    }
  }

  /** Connects once, and checks what is found there. Blocks. */
  static Lanes open(Vertx vertx, PostgresOptions options) throws StoreOpenException {
    Context context = vertx.getOrCreateContext();
    Connector connector = new Connector(vertx, options);
    String store = options.place();
    Promise<Session> connected = Promise.promise();
    Promise<Optional<StoreOpenException>> checked = Promise.promise();
    context.runOnContext(turn -> {
      connector.connect().onComplete(connected);
      connected.future().compose(found -> SchemaCheck.check(found, store)).onComplete(checked);
    });
    try {
      Optional<StoreOpenException> reason = outcome(checked.future(), store);
      if (reason.isPresent()) {
        throw reason.get();
      }
    } catch (StoreOpenException e) {
      // Now, or when it comes after all.
      context.runOnContext(turn -> connected.future().onSuccess(Session::close));
      throw e;
    }
    return new Lanes(vertx, context, connector, connected.future().result());
  }

  private static Optional<StoreOpenException> outcome(
      Future<Optional<StoreOpenException>> checked, String store) throws StoreOpenException {
    try {
      return checked.toCompletionStage().toCompletableFuture().get(OPEN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw explained(e.getCause() == null ? e : e.getCause(), store);
    } catch (TimeoutException e) {
      throw new StoreOpenException.Unreachable(store, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreOpenException.Unreachable(store, e);
    }
  }

  private static StoreOpenException explained(Throwable failure, String store) {
    return PgFailure.of(failure) == PgFailure.DENIED
        ? new StoreOpenException.Denied(store, failure)
        : new StoreOpenException.Unreachable(store, failure);
  }

  Context context() {
    return context;
  }

  List<Lane> writers() {
    return writers;
  }

  List<Lane> readers() {
    return readers;
  }

  List<Lane> loaders() {
    return loaders;
  }

  private List<Lane> all() {
    List<Lane> all = new ArrayList<>(writers);
    all.addAll(readers);
    all.addAll(loaders);
    return all;
  }

  int open() {
    return (int) all().stream().filter(Lane::isOpen).count();
  }

  int busy() {
    return (int) all().stream().filter(Lane::isBusy).count();
  }

  /** Looks after idle sessions from time to time, and does what else is to be done then. */
  void keep(Runnable chore) {
    timer = vertx.setPeriodic(
        PING_MILLIS,
        id -> context.runOnContext(turn -> {
          long now = System.nanoTime();
          all().forEach(lane -> lane.ping(now));
          writers.get(0).keepOpen();
          chore.run();
        }));
  }

  /** Closes everything once what was taken is done, or has had its time. Blocks. */
  void closeWhen(BooleanSupplier idle) {
    vertx.cancelTimer(timer);
    Promise<Void> closed = Promise.promise();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    context.runOnContext(turn -> closeWhen(idle, deadline, closed));
    try {
      closed
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(2 * CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The store's connections did not close well.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeWhen(BooleanSupplier idle, long deadline, Promise<Void> closed) {
    if (idle.getAsBoolean() || System.nanoTime() - deadline > 0) {
      Future.join(all().stream().map(Lane::close).toList()).<Void>mapEmpty().onComplete(closed);
    } else {
      vertx.setTimer(
          CLOSE_CHECK_MILLIS,
          id -> context.runOnContext(turn -> closeWhen(idle, deadline, closed)));
    }
  }
}
