package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import java.util.Base64;

/** Bytes, as an array or as {@link Bytes}; Base64 within JSON. */
record BytesCodec(boolean isArray) implements Codec {
  @Override
  public ColumnType column() {
    return ColumnType.BYTES;
  }

  private byte[] array(Object object) {
    return isArray ? (byte[]) object : ((Bytes) object).toByteArray();
  }

  private Object object(byte[] bytes) {
    return isArray ? bytes : Bytes.of(bytes);
  }

  @Override
  public Value value(Object object) {
    return Value.of(array(object));
  }

  @Override
  public Object object(Value value) throws MisfitException {
    if (value instanceof Value.Blob blob) {
      return object(blob.value().toByteArray());
    }
    throw new MisfitException("is no bytes");
  }

  @Override
  public JsonElement json(Object object, int depth) {
    return new JsonPrimitive(Base64.getEncoder().encodeToString(array(object)));
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (json instanceof JsonPrimitive text && text.isString()) {
      try {
        return object(Base64.getDecoder().decode(text.getAsString()));
      } catch (IllegalArgumentException e) {
        throw new MisfitException("is no Base64", e);
      }
    }
    throw new MisfitException("is no Base64");
  }
}
