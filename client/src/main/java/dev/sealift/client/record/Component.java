package dev.sealift.client.record;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A component of a record. */
record Component(
    String name,
    String column,
    boolean isKey,
    boolean isSearchable,
    Optional<String> was,
    Optional<String> fallback,
    boolean isPrimitive,
    Codec codec,
    Method accessor) {
  @Nullable
  Object get(Record record) {
    try {
      return accessor.invoke(record);
    } catch (InvocationTargetException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "The record's method " + name + " failed; see the cause.",
          e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("it was made accessible", e);
    }
  }
}
