package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import java.util.function.LongFunction;

/** Whole numbers between two bounds; a JSON number without fraction and exponent. */
record WholeNumberCodec(long min, long max, LongFunction<Object> narrow) implements Codec {
  @Override
  public ColumnType column() {
    return ColumnType.INTEGER;
  }

  @Override
  public Value value(Object object) {
    return Value.of(((Number) object).longValue());
  }

  @Override
  public Object object(Value value) throws MisfitException {
    if (value instanceof Value.Int number) {
      return narrowed(number.value());
    }
    throw new MisfitException("is no whole number");
  }

  private Object narrowed(long number) throws MisfitException {
    if (number < min || number > max) {
      throw new MisfitException("is a whole number too large or too small for the Java type");
    }
    return narrow.apply(number);
  }

  @Override
  public JsonElement json(Object object, int depth) {
    return new JsonPrimitive((Number) object);
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (json instanceof JsonPrimitive number && number.isNumber()) {
      try {
        return narrowed(Long.parseLong(number.getAsString()));
      } catch (NumberFormatException e) {
        throw new MisfitException("is no whole number of 64 bits", e);
      }
    }
    throw new MisfitException("is no whole number");
  }
}
