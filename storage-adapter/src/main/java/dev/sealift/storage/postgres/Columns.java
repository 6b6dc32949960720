package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows as parameters: an array for each column, which the server turns into rows again by {@code unnest}. So
 * a statement carries a whole group and not a row.
 */
final class Columns<T> {
  private final List<T> rows;
  private final List<Object> columns = new ArrayList<>();

  Columns(List<T> rows) {
    this.rows = rows;
  }

  Columns<T> bytes(Function<T, ByteString> column) {
    columns.add(rows.stream().map(column).map(Columns::buffer).toArray(Buffer[]::new));
    return this;
  }

  Columns<T> longs(ToLongFunction<T> column) {
    columns.add(rows.stream().map(column::applyAsLong).toArray(Long[]::new));
    return this;
  }

  Columns<T> integers(ToIntFunction<T> column) {
    columns.add(rows.stream().map(column::applyAsInt).toArray(Integer[]::new));
    return this;
  }

  Tuple tuple() {
    return Tuple.wrap(columns);
  }

  /** The columns of several lists of rows, for a statement that has use for them all. */
  static Tuple tuple(Columns<?>... lists) {
    return Tuple.wrap(
        Arrays.stream(lists).flatMap(list -> list.columns.stream()).collect(Collectors.toList()));
  }

  static Buffer buffer(ByteString bytes) {
    return Buffer.buffer(bytes.toByteArray());
  }

  /** Empty for NULL. */
  static ByteString bytes(Row row, int column) {
    return bytes(row.getBuffer(column));
  }

  static ByteString bytes(@Nullable Buffer buffer) {
    return buffer == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(buffer.getBytes());
  }
}
