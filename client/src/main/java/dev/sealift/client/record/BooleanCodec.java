package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;

/** Truth values: 0 and 1 in a cell, as SQLite has them; false and true in JSON. */
record BooleanCodec() implements Codec {
  @Override
  public ColumnType column() {
    return ColumnType.INTEGER;
  }

  @Override
  public Value value(Object object) {
    return Value.of((Boolean) object ? 1 : 0);
  }

  @Override
  public Object object(Value value) throws MisfitException {
    if (value instanceof Value.Int number && (number.value() == 0 || number.value() == 1)) {
      return number.value() == 1;
    }
    throw new MisfitException("is neither 0 nor 1");
  }

  @Override
  public JsonElement json(Object object, int depth) {
    return new JsonPrimitive((Boolean) object);
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (json instanceof JsonPrimitive truth && truth.isBoolean()) {
      return truth.getAsBoolean();
    }
    throw new MisfitException("is neither true nor false");
  }
}
