package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A query and its arguments, to be {@link Space#watch(Query, java.util.concurrent.Executor, java.util.function.Consumer) watched}. Immutable. */
public final class Query {
  private final String sql;
  private final List<Value> arguments;
  private final Optional<String> key;

  private Query(String sql, List<Value> arguments, Optional<String> key) {
    this.sql = sql;
    this.arguments = List.copyOf(arguments);
    this.key = key;
  }

  /**
   * A query as in {@link Space#query}. It is checked when it is used.
   *
   * @throws SealiftException {@code INVALID_INPUT} for an argument of a type that cannot be stored
   */
  public static Query of(String sql, @Nullable Object... arguments) {
    return new Query(sql, Row.valuesOf(arguments), Optional.empty());
  }

  /** The same, with a column of the result by which a row is known again when others of its columns change. Without one a row that changes is another row. */
  public Query by(String column) {
    return new Query(sql, arguments, Optional.of(column));
  }

  String sql() {
    return sql;
  }

  Object[] arguments() {
    return arguments.toArray();
  }

  Optional<String> key() {
    return key;
  }
}
