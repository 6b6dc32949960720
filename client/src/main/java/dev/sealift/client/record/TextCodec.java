package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import java.util.function.Function;

/**
 * What is kept as text, also within JSON.
 *
 * @param what what a text must be, for people
 * @param parse throws a {@link RuntimeException} for what is none
 */
record TextCodec(String what, Function<Object, String> format, Function<String, Object> parse)
    implements Codec {
  @Override
  public ColumnType column() {
    return ColumnType.TEXT;
  }

  String text(Object object) {
    return format.apply(object);
  }

  Object object(String text) throws MisfitException {
    try {
      return parse.apply(text);
    } catch (RuntimeException e) {
      throw new MisfitException("is no " + what, e);
    }
  }

  @Override
  public Value value(Object object) {
    return Value.of(text(object));
  }

  @Override
  public Object object(Value value) throws MisfitException {
    if (value instanceof Value.Text text) {
      return object(text.value());
    }
    throw new MisfitException("is no text");
  }

  @Override
  public JsonElement json(Object object, int depth) {
    return new JsonPrimitive(text(object));
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (json instanceof JsonPrimitive text && text.isString()) {
      return object(text.getAsString());
    }
    throw new MisfitException("is no text");
  }
}
