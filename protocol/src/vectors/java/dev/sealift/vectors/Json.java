package dev.sealift.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** A JSON object in the forms of the vectors, field by field. */
public final class Json {
  private final JsonObject object = new JsonObject();

  public static Json of(String name, String text) {
    return new Json().text(name, text);
  }

  public static Json object() {
    return new Json();
  }

  public Json text(String name, String text) {
    object.addProperty(name, text);
    return this;
  }

  public Json hex(String name, byte[] bytes) {
    return text(name, HexFormat.of().formatHex(bytes));
  }

  public Json hex(String name, ByteString bytes) {
    return hex(name, bytes.toByteArray());
  }

  public Json u32(String name, int number) {
    object.addProperty(name, Integer.toUnsignedLong(number));
    return this;
  }

  public Json u64(String name, long number) {
    return text(name, Long.toUnsignedString(number));
  }

  public Json bool(String name, boolean value) {
    object.addProperty(name, value);
    return this;
  }

  public Json json(String name, JsonElement json) {
    object.add(name, json);
    return this;
  }

  public Json object(String name, Json part) {
    return json(name, part.get());
  }

  public <T> Json list(String name, List<T> items, Function<T, JsonElement> json) {
    return json(name, array(items, json));
  }

  /** The printed forms, which ids and hashes have in hexadecimal. */
  public Json texts(String name, List<?> items) {
    return list(name, items, item -> text(item.toString()));
  }

  public static <T> JsonArray array(List<T> items, Function<T, JsonElement> json) {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(json.apply(item)));
    return array;
  }

  public static JsonElement text(String text) {
    return new com.google.gson.JsonPrimitive(text);
  }

  public static JsonElement hex(byte[] bytes) {
    return text(HexFormat.of().formatHex(bytes));
  }

  public JsonObject get() {
    return object;
  }
}
