package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The rows of a query, read as they are asked for: one is in memory at a time. They are all of the state that the store had when the query was asked, whatever
 * is written meanwhile. Close it after reading: until then it holds one of the connections, and up to its last row the write-ahead log grows
 * with what is written; when that reaches a bound, the result is ended, and reading on fails with {@code QUERY_TIMED_OUT}. For one thread, except {@link
 * #cancel}.
 */
public final class QueryResult implements AutoCloseable {
  private final Readers readers;
  private final Reader reader;
  private final Statement statement;
  private final List<String> columns;
  private final ReentrantLock using = new ReentrantLock();

  /** Nobody interrupts the connection once the statement is let go of: what ends the snapshot is not to fail, nor what the next result reads. */
  private final Object interrupting = new Object();

  private final long startNanos = System.nanoTime();
  private volatile boolean ended;
  private boolean holding = true;
  private boolean cut;
  private boolean closed;

  /**
   * @param reader has a snapshot, in which the statement was prepared: so it reads the columns that its names are of
   */
  QueryResult(Readers readers, Reader reader, Statement statement) {
    this.readers = readers;
    this.reader = reader;
    this.statement = statement;
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= statement.columns(); column++) {
      names.add(statement.columnName(column));
    }
    this.columns = List.copyOf(names);
    readers.opened(reader, this);
  }

  /** The names of the columns, as the query says. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Goes to the next row, at first to the first one.
   *
   * @return whether there is one
   */
  public boolean next() {
    using.lock();
    try {
      requireNotEnded();
      if (!holding) {
        return false;
      }
      boolean isRow = statement.next();
      if (!isRow) {
        letGo();
      }
      return isRow;
    } catch (StoreException e) {
      requireNotEnded(); // then this is why it failed
      throw e;
    } finally {
      using.unlock();
      letGoIfEnded();
    }
  }

  /** A value of the row, by its column's place from 0 on. */
  public Value value(int column) {
    using.lock();
    try {
      requireNotEnded();
      return statement.value(column + 1);
    } finally {
      using.unlock();
      letGoIfEnded();
    }
  }

  private void requireNotEnded() {
    cutIfEnded();
    if (cut) {
      throw new StoreException(
          Code.QUERY_TIMED_OUT,
          "the result was held open while very much was written; read it at once, or page by page");
    }
  }

  /** Text; empty for null and for values of another kind. */
  public Optional<String> text(int column) {
    return value(column) instanceof Value.Text text ? Optional.of(text.value()) : Optional.empty();
  }

  /** A whole number; empty for null and for values of another kind. */
  public Optional<Long> integer(int column) {
    return value(column) instanceof Value.Int number
        ? Optional.of(number.value())
        : Optional.empty();
  }

  /** The row, parallel to {@link #columns}. */
  public List<Value> row() {
    List<Value> row = new ArrayList<>(columns.size());
    for (int column = 0; column < columns.size(); column++) {
      row.add(value(column));
    }
    return row;
  }

  /** Makes a {@link #next} that is under way fail, from any thread. */
  public void cancel() {
    synchronized (interrupting) {
      if (holding) {
        reader.interrupt();
      }
    }
  }

  /** Lets go of the state that the result reads, without waiting for who reads it, if that is older than {@code ageNanos}. From any thread. */
  void end(long ageNanos) {
    if (System.nanoTime() - startNanos >= ageNanos) {
      ended = true;
      cancel();
      letGoIfEnded();
    }
  }

  /** Whoever is using the result does this when he is done. */
  private void letGoIfEnded() {
    if (ended && using.tryLock()) {
      try {
        cutIfEnded();
      } finally {
        using.unlock();
      }
    }
  }

  private void cutIfEnded() {
    if (ended && holding) {
      cut = true;
      letGo();
    }
  }

  private void letGo() {
    if (holding) {
      synchronized (interrupting) {
        holding = false;
      }
      statement.reset();
      reader.endSnapshot();
    }
  }

  @Override
  public void close() {
    using.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (!readers.isClosed()) {
        letGo();
      }
      statement.close();
    } finally {
      using.unlock();
      readers.giveBack(reader);
    }
  }
}
