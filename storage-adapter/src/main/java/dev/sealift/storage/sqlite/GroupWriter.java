package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;
import dev.sealift.storage.staging.StagingArea;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. Whatever arrives while a transaction runs goes into the next one together, so
 * that many small commits share an fsync.
 *
 * <p>A transaction that fails costs its connection: closing it rolls back whatever state it was in, and the
 * next group opens another. What is one space's fault makes the group run again step by step, so that
 * this space fails alone.
 */
final class GroupWriter implements AutoCloseable {
  /** Requests that may wait. Callers have bounds of their own and try again. */
  static final int MAX_WAITING = 1024;

  /** Bounds the time that the first of a group waits for the others. */
  private static final int MAX_GROUP_WRITES = 256;

  private static final long MAX_GROUP_BYTES = 16L << 20;

  private static final long IDLE_SECONDS = 5;

  /** Pages of trees that a small commit touches, about. */
  private static final int TOUCHED_PAGES = 8;

  private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);

  private final StoreFile file;
  private final StagingArea staging;
  private final InstantSource clock;
  private final BlockingQueue<Write> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread = StoreThreads.create(this::run, "writer");
  private final StoreMeters meters;
  private @Nullable Statements statements;
  private boolean failing;
  private volatile boolean closing;

  GroupWriter(StoreFile file, StagingArea staging, InstantSource clock, StoreMeters meters) {
    this.file = file;
    this.staging = staging;
    this.clock = clock;
    this.meters = meters;
    this.statements = file.firstWriter();
  }

  void start() {
    thread.start();
  }

  int waiting() {
    return waiting.size();
  }

  /** Takes a write, or fails it as busy. */
  void submit(Write write) {
    if (closing) {
      write.fail(closed());
    } else if (!waiting.offer(write)) {
      write.fail(StoreException.busy("too many writes are waiting"));
    } else if (closing && waiting.remove(write)) { // came in beside close()
      write.fail(closed());
    }
  }

  private static StoreException closed() {
    return new StoreException(MeshFailure.UNAVAILABLE, "the store is closed");
  }

  private void run() {
    try {
      while (!closing || !waiting.isEmpty()) {
        List<Write> group = nextGroup();
        if (group.isEmpty()) {
          staging.dropStale(System.nanoTime());
        } else {
          attempt(group, () -> runGroup(group));
        }
      }
    } finally {
      closing = true;
      closeConnection();
      waiting.forEach(write -> write.fail(closed()));
    }
  }

  private List<Write> nextGroup() {
    List<Write> group = new ArrayList<>();
    long bytes = 0;
    Write next = first();
    while (next != null) {
      group.add(next);
      bytes += next.bytes();
      boolean full = group.size() == MAX_GROUP_WRITES || bytes >= MAX_GROUP_BYTES;
      next = full ? null : waiting.poll();
    }
    return group;
  }

  private @Nullable Write first() {
    try {
      return waiting.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return null; // close() wakes the thread this way
    }
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws SQLException;
  }

  private void attempt(List<Write> affected, Attempt attempt) {
    try {
      attempt.run();
    } catch (SQLException e) {
      dropConnection(e);
      fail(affected, SqlFailure.of(e).toStoreException(e));
    } catch (RuntimeException e) {
      dropConnection(e);
      fail(affected, new StoreException(MeshFailure.INTERNAL, "the store's writer has a bug", e));
    }
  }

  private static void fail(List<Write> affected, StoreException failure) {
    affected.forEach(write -> write.fail(failure));
  }

  private void runGroup(List<Write> group) throws SQLException {
    try {
      writeTogether(group);
    } catch (SQLException | StoreException e) {
      if (!isOneStepsFault(e)) {
        throw e;
      }
      meters.noteWriteFailure(StoreMeters.RETRIED);
      closeConnection();
      group.forEach(write -> attempt(List.of(write), () -> writeApart(write)));
      return;
    }
    group.forEach(Write::answer);
  }

  /** A broken constraint, or a space whose rows contradict each other: no reason to keep others out. */
  private static boolean isOneStepsFault(Exception e) {
    return e instanceof StoreException
        || (e instanceof SQLException sql && SqlFailure.of(sql) == SqlFailure.CONSTRAINT);
  }

  private void writeTogether(List<Write> group) throws SQLException {
    long files = group.stream().mapToLong(Write::files).sum();
    long bytes = group.stream().mapToLong(Write::bytes).sum();
    inTransaction(files, bytes, writes -> {
      for (Write write : group) {
        for (int step = 0; step < write.steps(); step++) {
          write.apply(step, writes);
        }
      }
    });
    file.checkpointer().written(group.stream().mapToLong(GroupWriter::walBytes).sum());
  }

  private void writeApart(Write write) throws SQLException {
    for (int step = 0; step < write.steps(); step++) {
      writeAlone(write, step);
    }
    write.answer();
  }

  private void writeAlone(Write write, int step) throws SQLException {
    try {
      // Of a write with many steps the bytes of one are not known: the mean of them is shown.
      inTransaction(
          write.files() / write.steps(),
          write.bytes() / write.steps(),
          writes -> write.apply(step, writes));
    } catch (SQLException | StoreException e) {
      if (!isOneStepsFault(e)) {
        throw e;
      }
      dropConnection(e);
      write.refuse(step);
    }
  }

  private interface Work {
    void run(StoreWrites writes) throws SQLException;
  }

  private void inTransaction(long files, long bytes, Work work) throws SQLException {
    Statements open = statements == null ? file.reopenWriter() : statements;
    statements = open;
    file.checkpointer().makeWay(open.connection());
    long started = System.nanoTime();
    open.connection().setAutoCommit(false); // begins
    work.run(new StoreWrites(open, staging, clock.millis()));
    open.connection().setAutoCommit(true); // commits; durable when it returns
    meters.noteTransaction(System.nanoTime() - started, files, bytes);
    if (failing) {
      failing = false;
      LOG.info("The store commits again.");
    }
  }

  /** What a write adds to the write-ahead log: itself, and the pages of trees that it touches. */
  private static long walBytes(Write write) {
    return write.bytes() + (long) write.steps() * TOUCHED_PAGES * Database.PAGE_BYTES;
  }

  private void dropConnection(Exception cause) {
    countFailure(cause);
    closeConnection();
  }

  private void countFailure(Exception cause) {
    SqlFailure failure = cause instanceof SQLException sql ? SqlFailure.of(sql) : SqlFailure.OTHER;
    meters.noteWriteFailure(failure.reason());
    if (!failing) {
      failing = true;
      LOG.warn("A transaction of the store failed and was rolled back.", cause);
    }
  }

  private void closeConnection() {
    try (Statements closed = statements) {
      statements = null;
    } catch (SQLException e) {
      LOG.warn("The store's writing connection did not close well.", e);
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
