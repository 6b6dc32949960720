package dev.sealift.client.record;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.value.Names;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The components of a record and how to make one of them. Worked out once for each class. */
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
    @Override
    protected RecordShape computeValue(Class<?> type) {
      return new RecordShape(type.asSubclass(Record.class));
    }
  };

  private final Class<? extends Record> type;
  private final List<Component> components;
  private final Constructor<? extends Record> constructor;

  private RecordShape(Class<? extends Record> type) {
    this.type = type;
    RecordComponent[] parts = type.getRecordComponents();
    constructor = constructor(parts);
    List<Component> made = new ArrayList<>();
    for (RecordComponent part : parts) {
      made.add(component(part));
    }
    components = List.copyOf(made);
    requireDistinct();
  }

  /**
   * @throws SealiftException {@code INVALID_INPUT} for a record that cannot stand in rows
   */
  static RecordShape of(Class<? extends Record> type) {
    return SHAPES.get(type);
  }

  private Constructor<? extends Record> constructor(RecordComponent[] parts) {
    Class<?>[] types = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return accessible(type.getDeclaredConstructor(types));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record has a canonical constructor", e);
    }
  }

  private <A extends AccessibleObject> A accessible(A object) {
    try {
      object.setAccessible(true);
      return object;
    } catch (RuntimeException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          type.getSimpleName()
              + " cannot be read from here: open its package to Sealift in module-info.java.",
          e);
    }
  }

  private Component component(RecordComponent part) {
    Column column = part.getAnnotation(Column.class);
    boolean isKey = part.isAnnotationPresent(Key.class);
    Codec codec = Codecs.of(part.getGenericType(), place(part.getName()));
    if (isKey && !(codec instanceof TextCodec)) {
      throw invalid("A key is text; " + place(part.getName()) + " is kept as something else: "
          + "make it a String, an enum, a UUID or a time.");
    }
    return new Component(
        part.getName(),
        column == null ? part.getName() : column.value(),
        isKey,
        part.isAnnotationPresent(Searchable.class),
        Optional.ofNullable(part.getAnnotation(Was.class)).map(Was::value),
        Optional.ofNullable(part.getAnnotation(Default.class)).map(Default::value),
        part.getType().isPrimitive(),
        codec,
        accessible(part.getAccessor()));
  }

  /** A component, for people. */
  String place(String component) {
    return "the component " + component + " of " + type.getSimpleName();
  }

  private void requireDistinct() {
    Set<String> columns = new HashSet<>();
    boolean hasKey = false;
    for (Component component : components) {
      if (!columns.add(Names.folded(component.column()))) {
        throw invalid("Two components of " + type.getSimpleName()
            + " have one column; upper and lower case count as the same: name one by @Column.");
      }
      if (component.isKey() && hasKey) {
        throw invalid(type.getSimpleName() + " has two components marked @Key: leave one.");
      }
      hasKey |= component.isKey();
    }
  }

  static SealiftException invalid(String message) {
    return new SealiftException(ErrorCode.INVALID_INPUT, message);
  }

  String typeName() {
    return type.getSimpleName();
  }

  List<Component> components() {
    return components;
  }

  /**
   * @param parts parallel to the components
   * @throws SealiftException {@code INVALID_INPUT} when the record's constructor refuses them
   */
  Record make(@Nullable Object[] parts) {
    try {
      return constructor.newInstance(parts);
    } catch (InvocationTargetException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "The constructor of " + type.getSimpleName()
              + " refuses what the row holds; see the cause.",
          e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("it was made accessible", e);
    }
  }
}
