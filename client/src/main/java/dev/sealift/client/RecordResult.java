package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The records of a query, read as they are asked for: one is in memory at a time. They are all of one state. To be closed after
 * reading, as a {@link QueryResult} is. For one thread.
 *
 * <pre>{@code
 * try (var cities = space.query("select * from cities order by name", City.class)) {
 *   cities.stream().map(City::name).forEach(System.out::println);
 * }
 * }</pre>
 */
public final class RecordResult<T extends Record> implements AutoCloseable {
  private final QueryResult rows;
  private final Function<List<Value>, T> reader;

  RecordResult(QueryResult rows, Function<List<Value>, T> reader) {
    this.rows = rows;
    this.reader = reader;
  }

  /**
   * Goes to the next row, at first to the first one.
   *
   * @return whether there is one
   * @throws SealiftException {@code TIMED_OUT} when the query takes too long or was held open too long; {@code CLOSED}
   */
  public boolean next() {
    return Errors.checked(() -> rows.next());
  }

  /**
   * The record of the row.
   *
   * @throws SealiftException {@code INVALID_INPUT} when a value does not fit the record; {@link #next} may go on behind it, and {@link #row} has the
   *     values
   */
  public T record() {
    return reader.apply(row());
  }

  /** The values of the row, parallel to the query's columns. */
  public List<Value> row() {
    return Errors.checked(() -> rows.row());
  }

  /** The records that are left, once. Closing the stream closes the result. */
  public Stream<T> stream() {
    Spliterator<T> left =
        new Spliterators.AbstractSpliterator<>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super T> action) {
            if (!next()) {
              return false;
            }
            action.accept(record());
            return true;
          }
        };
    return StreamSupport.stream(left, false).onClose(this::close);
  }

  @Override
  public void close() {
    rows.close();
  }
}
