package dev.sealift.client.record;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the records of one class stand in rows: each component in the column of its name, or of its {@link Column}'s. The README lists the types.
 *
 * <p>Reading takes a value exactly as it was meant or fails: whatever other devices wrote, no value is bent to fit. Immutable, for any thread.
 */
public final class RecordMapping<T extends Record> {
  private final Class<T> type;
  private final RecordShape shape;
  private final @Nullable Component key;

  private RecordMapping(Class<T> type) {
    this.type = type;
    shape = RecordShape.of(type);
    key = shape.components().stream().filter(Component::isKey).findFirst().orElse(null);
  }

  /**
   * @throws SealiftException {@code INVALID_INPUT} for a record with components of types that are not kept, or two of one column
   */
  public static <T extends Record> RecordMapping<T> of(Class<T> type) {
    return new RecordMapping<>(type);
  }

  /** The class of a record, which the compiler does not know. */
  @SuppressWarnings("unchecked")
  public static <T extends Record> RecordMapping<T> of(T record) {
    return of((Class<T>) record.getClass());
  }

  /** The name of the records, for messages. */
  public String typeName() {
    return shape.typeName();
  }

  /** The name under which queries see the key; empty when no component is marked as the key. */
  public Optional<String> keyColumn() {
    return Optional.ofNullable(key).map(Component::column);
  }

  /** The columns beside the key, in the order of the components. */
  public List<ColumnSchema> columns() {
    return shape.components().stream()
        .filter(component -> !component.isKey())
        .map(this::column)
        .toList();
  }

  private ColumnSchema column(Component component) {
    ColumnType column = component.codec().column();
    ColumnSchema named = new ColumnSchema(component.column(), column)
        .was(component.was().orElse(component.column()));
    return component
        .fallback()
        .map(text -> named.byDefault(fallback(component, column, text)))
        .orElse(named);
  }

  private Value fallback(Component component, ColumnType column, String text) {
    try {
      return switch (column) {
        case TEXT -> Value.of(text);
        case INTEGER -> Value.of(Long.parseLong(text));
        case REAL -> Value.of(Double.parseDouble(text));
        default -> throw new NumberFormatException();
      };
    } catch (NumberFormatException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "The default of " + shape.place(component.name())
              + " is no value of its column: write text, or a number in digits.",
          e);
    }
  }

  /** The columns that are to be searched for words. */
  public List<String> searchable() {
    return shape.components().stream()
        .filter(Component::isSearchable)
        .map(Component::column)
        .toList();
  }

  /**
   * The key of a record.
   *
   * @throws SealiftException {@code INVALID_INPUT} when no component is the key, or it is null
   */
  public String key(T record) {
    if (key == null) {
      throw RecordShape.invalid("No component of " + typeName()
          + " is the key: mark one by @Key, or give the key beside the record.");
    }
    Object part = key.get(record);
    if (part == null) {
      throw RecordShape.invalid("The key of a " + typeName() + " is null: give it one.");
    }
    return ((TextCodec) key.codec()).text(part);
  }

  /**
   * The values of a record by column, in order, without its key.
   *
   * @throws SealiftException {@code INVALID_INPUT} for what cannot be written
   * @throws dev.sealift.client.value.InvalidValueException for what cannot be stored
   */
  public Map<String, Value> values(T record) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (Component component : shape.components()) {
      if (!component.isKey()) {
        Object part = component.get(record);
        values.put(
            component.column(), part == null ? Value.NULL : component.codec().value(part));
      }
    }
    return values;
  }

  /**
   * Makes records of rows that have {@code columns}; others than the record's are passed over.
   *
   * @return takes values parallel to {@code columns}; throws {@code INVALID_INPUT} for a row with a value that does not fit
   * @throws SealiftException {@code INVALID_INPUT} when a component has no column, or two
   */
  public Function<List<Value>, T> reader(List<String> columns) {
    List<String> folded = columns.stream().map(Names::folded).toList();
    int[] places = new int[shape.components().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(shape.components().get(i), folded);
    }
    return row -> read(places, row);
  }

  private int place(Component component, List<String> columns) {
    String wanted = Names.folded(component.column());
    int place = columns.indexOf(wanted);
    if (place < 0) {
      throw RecordShape.invalid("There is no column " + component.column() + " for "
          + shape.place(component.name()) + ": select or declare it, or name another by @Column.");
    }
    if (columns.lastIndexOf(wanted) != place) {
      throw RecordShape.invalid("There are two columns " + component.column() + " for "
          + shape.place(component.name()) + ": name one of them otherwise, by \"as\" in a query.");
    }
    return place;
  }

  private T read(int[] places, List<Value> row) {
    Object[] parts = new Object[places.length];
    for (int i = 0; i < places.length; i++) {
      parts[i] = part(shape.components().get(i), row.get(places[i]));
    }
    return type.cast(shape.make(parts));
  }

  private @Nullable Object part(Component component, Value value) {
    if (value == Value.NULL) {
      if (component.isPrimitive()) {
        throw RecordShape.invalid("A row has null for " + shape.place(component.name())
            + ", which is a primitive: make it a boxed type.");
      }
      return null;
    }
    try {
      return component.codec().object(value);
    } catch (MisfitException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A row's value for " + shape.place(component.name()) + " " + e.getMessage()
              + ". It stays as it is: read it by get or query without the record.",
          e);
    }
  }
}
