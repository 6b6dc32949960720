package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a query, read as they are asked for. They are all of the state that the store had at the first one. Close it
 * after reading: until then it holds a connection, and the write-ahead log grows with what is written. For one thread, except
 * {@link #cancel}.
 */
public final class QueryResult implements AutoCloseable {
  private final Readers readers;
  private final Reader reader;
  private final Statement statement;
  private final List<String> columns;
  private boolean closed;

  QueryResult(Readers readers, Reader reader, Statement statement) {
    this.readers = readers;
    this.reader = reader;
    this.statement = statement;
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= statement.columns(); column++) {
      names.add(statement.columnName(column));
    }
    this.columns = List.copyOf(names);
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
    return !closed && statement.next();
  }

  /** A value of the row, by its column's place from 0 on. */
  public Value value(int column) {
    return statement.value(column + 1);
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
    reader.interrupt();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      statement.reset();
      statement.close();
      readers.giveBack(reader);
    }
  }
}
