package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;

/** Reals of double or single precision. A whole number is taken for one where none of its digits is lost. */
record RealCodec(boolean isSingle) implements Codec {
  /** Beyond this not every whole number is a real. */
  private static final long MAX_EXACT = 1L << 53;

  @Override
  public ColumnType column() {
    return ColumnType.REAL;
  }

  @Override
  public Value value(Object object) {
    return Value.of(((Number) object).doubleValue());
  }

  @Override
  public Object object(Value value) throws MisfitException {
    if (value instanceof Value.Real real) {
      return narrowed(real.value());
    }
    if (value instanceof Value.Int number) {
      if (Math.abs(number.value()) > MAX_EXACT || number.value() == Long.MIN_VALUE) {
        throw new MisfitException("is a whole number with more digits than a real keeps");
      }
      return narrowed(number.value());
    }
    throw new MisfitException("is no number");
  }

  private Object narrowed(double real) throws MisfitException {
    if (!isSingle) {
      return real;
    }
    if ((double) (float) real != real) {
      throw new MisfitException("is a real with more digits than a float keeps");
    }
    return (float) real;
  }

  @Override
  public JsonElement json(Object object, int depth) {
    double real = ((Number) object).doubleValue();
    if (!Double.isFinite(real)) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "JSON has no infinite numbers and no NaN: write null instead.");
    }
    return new JsonPrimitive(real);
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (json instanceof JsonPrimitive number && number.isNumber()) {
      double real = Double.parseDouble(number.getAsString());
      if (Double.isFinite(real)) {
        return narrowed(real);
      }
    }
    throw new MisfitException("is no number of 64 bits");
  }
}
