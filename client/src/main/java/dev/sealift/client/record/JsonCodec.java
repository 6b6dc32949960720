package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.io.StringReader;

/** What has parts: one JSON text in a cell. Equal objects give equal texts, so that devices which write the same do not disagree. */
abstract class JsonCodec implements Codec {
  /** Arrays and objects in one another: more than any sensible row, few enough to read by recursion. */
  static final int MAX_DEPTH = 64;

  @Override
  public final ColumnType column() {
    return ColumnType.TEXT;
  }

  @Override
  public final Value value(Object object) {
    return Value.of(json(object, 0).toString());
  }

  @Override
  public final Object object(Value value) throws MisfitException {
    if (value instanceof Value.Text text) {
      return object(parse(text.value()));
    }
    throw new MisfitException("is no JSON text");
  }

  private static JsonElement parse(String text) throws MisfitException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MAX_DEPTH);
    try {
      JsonElement json = JsonParser.parseReader(reader);
      if (reader.peek() == JsonToken.END_DOCUMENT) {
        return json;
      }
      throw new MisfitException("has something behind its JSON");
    } catch (JsonParseException | MalformedJsonException e) {
      throw new MisfitException(
          "is no JSON, or is nested in more than " + MAX_DEPTH + " levels", e);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can be read", e);
    }
  }

  @Override
  public final JsonElement json(Object object, int depth) {
    if (depth == MAX_DEPTH) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "Lists, maps and records may be nested in " + MAX_DEPTH
              + " levels: keep deeper ones in rows of their own.");
    }
    return parts(object, depth + 1);
  }

  /**
   * @param depth that of the parts
   */
  abstract JsonElement parts(Object object, int depth);
}
