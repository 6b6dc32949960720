package dev.sealift.storage.sqlite;

import dev.sealift.protocol.log.DamagedTilesException;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** As many threads as connections, so that a task that runs always finds one. */
final class ReaderPool implements AutoCloseable {
  /** Requests that may wait. A gateway asks for one range a connection at a time. */
  static final int MAX_WAITING = 4096;

  private static final long CLOSE_SECONDS = 30;

  /** What a reading thread does with a connection. */
  @FunctionalInterface
  interface Query<T> {
    T run(Statements statements) throws SQLException;
  }

  /** The one used last comes first: its pages are in the cache. */
  private final BlockingDeque<Statements> idle;

  private final ThreadPoolExecutor threads;
  private final StoreMeters meters;

  ReaderPool(List<Statements> connections, StoreMeters meters) {
    this.idle = new LinkedBlockingDeque<>(connections);
    this.meters = meters;
    AtomicInteger number = new AtomicInteger();
    int count = connections.size();
    BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    this.threads = new ThreadPoolExecutor(
        count,
        count,
        0,
        TimeUnit.SECONDS,
        waiting,
        task -> StoreThreads.create(task, "reader-" + number.incrementAndGet()));
  }

  int waiting() {
    return threads.getQueue().size();
  }

  <T> CompletableFuture<T> submit(Query<T> query) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(() -> run(query, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          threads.isShutdown()
              ? new StoreException(MeshFailure.UNAVAILABLE, "the store is closed")
              : StoreException.busy("too many reads are waiting"));
    }
    return result;
  }

  private <T> void run(Query<T> query, CompletableFuture<T> result) {
    Statements connection = idle.removeFirst();
    T answer;
    try {
      answer = query.run(connection);
    } catch (SQLException e) {
      count(SqlFailure.of(e));
      connection.forget();
      result.completeExceptionally(SqlFailure.of(e).toStoreException(e));
      return;
    } catch (DamagedTilesException e) {
      count(SqlFailure.DAMAGED);
      result.completeExceptionally(
          new StoreException(MeshFailure.UNAVAILABLE, "the store's tree is damaged", e));
      return;
    } catch (RuntimeException e) {
      connection.forget();
      result.completeExceptionally(e);
      return;
    } finally {
      idle.addFirst(connection);
    }
    result.complete(answer);
  }

  private void count(SqlFailure failure) {
    meters.noteReadFailure(failure.reason());
  }

  @Override
  public void close() throws SQLException {
    threads.shutdown();
    try {
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Statements connection : idle) {
      connection.close();
    }
  }
}
