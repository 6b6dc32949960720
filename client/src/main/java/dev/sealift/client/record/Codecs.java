package dev.sealift.client.record;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.value.Bytes;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Which Java type is kept in which way. */
final class Codecs {
  private static final Codec LONG = new WholeNumberCodec(Long.MIN_VALUE, Long.MAX_VALUE, n -> n);
  private static final Codec INT =
      new WholeNumberCodec(Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) n);
  private static final Codec SHORT =
      new WholeNumberCodec(Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) n);
  private static final Codec BYTE =
      new WholeNumberCodec(Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) n);
  private static final Codec BOOLEAN = new BooleanCodec();
  private static final Codec DOUBLE = new RealCodec(false);
  private static final Codec FLOAT = new RealCodec(true);

  private static final Map<Class<?>, Codec> BY_CLASS = Map.ofEntries(
      Map.entry(long.class, LONG),
      Map.entry(Long.class, LONG),
      Map.entry(int.class, INT),
      Map.entry(Integer.class, INT),
      Map.entry(short.class, SHORT),
      Map.entry(Short.class, SHORT),
      Map.entry(byte.class, BYTE),
      Map.entry(Byte.class, BYTE),
      Map.entry(boolean.class, BOOLEAN),
      Map.entry(Boolean.class, BOOLEAN),
      Map.entry(double.class, DOUBLE),
      Map.entry(Double.class, DOUBLE),
      Map.entry(float.class, FLOAT),
      Map.entry(Float.class, FLOAT),
      Map.entry(String.class, text("text", String.class, text -> text, text -> text)),
      Map.entry(byte[].class, new BytesCodec(true)),
      Map.entry(Bytes.class, new BytesCodec(false)),
      Map.entry(UUID.class, text("UUID", UUID.class, UUID::toString, UUID::fromString)),
      Map.entry(
          Instant.class, text("instant of ISO 8601", Instant.class, Times::text, Instant::parse)),
      Map.entry(
          LocalDate.class,
          text("date of ISO 8601", LocalDate.class, Times::text, LocalDate::parse)),
      Map.entry(
          LocalDateTime.class,
          text(
              "date and time of ISO 8601", LocalDateTime.class, Times::text, LocalDateTime::parse)),
      Map.entry(
          LocalTime.class,
          text("time of ISO 8601", LocalTime.class, Times::text, LocalTime::parse)));

  private Codecs() {}

  private static <T> TextCodec text(
      String what, Class<T> type, Function<T, String> format, Function<String, T> parse) {
    return new TextCodec(what, object -> format.apply(type.cast(object)), parse::apply);
  }

  /**
   * @param place where the type stands, for people
   * @throws dev.sealift.client.error.SealiftException {@code INVALID_INPUT} for a type that is not kept
   */
  static Codec of(Type type, String place) {
    if (type instanceof Class<?> plain) {
      return of(plain, place);
    }
    if (type instanceof WildcardType wildcard) {
      return of(wildcard.getUpperBounds()[0], place);
    }
    if (type instanceof ParameterizedType generic) {
      return of(generic, place);
    }
    throw refused(place);
  }

  private static Codec of(Class<?> type, String place) {
    Codec known = BY_CLASS.get(type);
    if (known != null) {
      return known;
    }
    if (type.isEnum()) {
      return ofEnum(type);
    }
    if (type.isRecord()) {
      return new RecordCodec(type.asSubclass(Record.class));
    }
    throw refused(place);
  }

  private static Codec ofEnum(Class<?> type) {
    Map<String, Object> byName = new HashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return new TextCodec(
        "constant that this version of " + type.getSimpleName()
            + " has: update the app, or read the column as text",
        constant -> ((Enum<?>) constant).name(),
        name -> {
          Object constant = byName.get(name);
          if (constant == null) {
            throw new IllegalArgumentException("no such constant");
          }
          return constant;
        });
  }

  private static Codec of(ParameterizedType type, String place) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      return new CollectionCodec(of(arguments[0], place), false);
    }
    if (type.getRawType() == Set.class) {
      return new CollectionCodec(of(arguments[0], place), true);
    }
    if (type.getRawType() == Map.class && of(arguments[0], place) instanceof TextCodec key) {
      return new MapCodec(key, of(arguments[1], place));
    }
    throw refused(place);
  }

  private static SealiftException refused(String place) {
    return RecordShape.invalid(
        "The type of " + place
            + " is not kept: use whole numbers, reals, boolean, String, enums, byte[], Bytes, UUID, Instant, LocalDate,"
            + " LocalDateTime, LocalTime, records, or a List, a Set or a Map from what is text of those.");
  }
}
