package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Columns and their values, in order. Values are {@code null}, whole numbers, reals, text and bytes. Immutable.
 *
 * <p>Where a row is written, a column with {@code null} is set to null, and one that is not there is left alone by
 * {@link Table#patch} and set to null by {@link Table#put}.
 */
public final class Row {
  private final Map<String, Value> values;

  private Row(Map<String, Value> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /**
   * A row of names and values by turns: {@code Row.of("name", "Hobart", "population", 252_669)}.
   *
   * @throws SealiftException {@code INVALID_INPUT} for an odd number of arguments, a name that is no text, a name that comes
   *     twice, or a value of a type that cannot be stored
   */
  public static Row of(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw invalid("A row is made of names and values by turns; the last name has no value.");
    }
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!(namesAndValues[i] instanceof String name)) {
        throw invalid(
            "A row is made of names and values by turns; a name is missing or is no text.");
      }
      if (values.put(name, valueOf(namesAndValues[i + 1])) != null) {
        throw invalid("A column comes twice in one row.");
      }
    }
    return new Row(values);
  }

  /**
   * The row of a record: each component by the name of its column, without the key. The README lists the types.
   *
   * @throws SealiftException {@code INVALID_INPUT} for a component of a type that is not kept, or with a value that cannot be stored
   */
  public static Row of(Record record) {
    return Errors.checked(() -> new Row(RecordMapping.of(record).values(record)));
  }

  /**
   * The record of this row, by the names of the columns; those that the record has not are passed over.
   *
   * @throws SealiftException {@code INVALID_INPUT} when a component has no column, or a value that does not fit it; also for a record
   *     with a key, which a row has not: ask a {@link RecordTable} for that
   */
  public <T extends Record> T as(Class<T> type) {
    return RecordMapping.of(type)
        .reader(List.copyOf(values.keySet()))
        .apply(List.copyOf(values.values()));
  }

  /** A row of these columns. */
  public static Row ofValues(Map<String, Value> values) {
    return new Row(new LinkedHashMap<>(values));
  }

  /** Makes rows of values that are parallel to {@code columns}. */
  static Function<List<Value>, Row> reader(List<String> columns) {
    if (new HashSet<>(columns).size() < columns.size()) {
      throw invalid(
          "The query has two columns of one name: name one of them otherwise, by \"as\".");
    }
    return values -> {
      Map<String, Value> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i), values.get(i));
      }
      return new Row(row);
    };
  }

  static List<Value> valuesOf(@Nullable Object[] arguments) {
    List<Value> values = new ArrayList<>(arguments.length);
    for (Object argument : arguments) {
      values.add(valueOf(argument));
    }
    return values;
  }

  static Value valueOf(@Nullable Object value) {
    if (value == null) {
      return Value.NULL;
    }
    if (value instanceof Value known) {
      return known;
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return Value.of(((Number) value).longValue());
    }
    if (value instanceof Double || value instanceof Float) {
      return Errors.checked(() -> Value.of(((Number) value).doubleValue()));
    }
    if (value instanceof String text) {
      return Errors.checked(() -> Value.of(text));
    }
    if (value instanceof byte[] bytes) {
      return Errors.checked(() -> Value.of(bytes));
    }
    throw invalid("A value of type " + value.getClass().getSimpleName()
        + " cannot be stored: use a whole number, a real, text, bytes or null.");
  }

  private static SealiftException invalid(String message) {
    return new SealiftException(ErrorCode.INVALID_INPUT, message);
  }

  /** The names, in order. */
  public Set<String> columns() {
    return values.keySet();
  }

  /** All columns with their values, in order. */
  public Map<String, Value> values() {
    return values;
  }

  /**
   * The value of a column; null counts as one.
   *
   * @throws SealiftException {@code INVALID_INPUT} when the row has no such column
   */
  public Value value(String column) {
    Value value = values.get(column);
    if (value == null) {
      throw invalid("The row has no column of this name.");
    }
    return value;
  }

  /** Text; empty for null and for values of another kind. */
  public Optional<String> text(String column) {
    return value(column) instanceof Value.Text text ? Optional.of(text.value()) : Optional.empty();
  }

  /** A whole number; empty for null and for values of another kind. */
  public Optional<Long> integer(String column) {
    return value(column) instanceof Value.Int number
        ? Optional.of(number.value())
        : Optional.empty();
  }

  /** A real or a whole number as a real; empty for null and for values of another kind. */
  public Optional<Double> real(String column) {
    Value value = value(column);
    if (value instanceof Value.Int number) {
      return Optional.of((double) number.value());
    }
    return value instanceof Value.Real real ? Optional.of(real.value()) : Optional.empty();
  }

  /** Bytes, a copy; empty for null and for values of another kind. */
  public Optional<byte[]> bytes(String column) {
    return value(column) instanceof Value.Blob blob
        ? Optional.of(blob.value().toByteArray())
        : Optional.empty();
  }

  public boolean isNull(String column) {
    return value(column) == Value.NULL;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Row && values.equals(((Row) other).values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
