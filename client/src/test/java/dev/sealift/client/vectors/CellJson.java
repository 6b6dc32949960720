package dev.sealift.client.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values of cells in the form of the vectors. */
public final class CellJson {
  private CellJson() {}

  public static JsonElement toJson(Value value) {
    if (value instanceof Value.Int number) {
      return Json.of("int", Long.toString(number.value())).get();
    } else if (value instanceof Value.Real real) {
      return Json.object()
          .hex("real", ByteBuffer.allocate(Double.BYTES).putDouble(real.value()).array())
          .get();
    } else if (value instanceof Value.Text text) {
      return Json.of("text", text.value()).get();
    } else if (value instanceof Value.Blob blob) {
      return Json.object().hex("bytes", blob.value().toByteArray()).get();
    }
    return JsonNull.INSTANCE;
  }

  /** Refuses what production code refuses; else only what is not in the form. */
  public static Value fromJson(JsonElement json) throws FormatException {
    if (json.isJsonNull()) {
      return Value.NULL;
    }
    JsonObject object = json.getAsJsonObject();
    if (object.size() != 1) {
      throw new BadVectorException("a value has one field");
    }
    Map.Entry<String, JsonElement> field = object.entrySet().iterator().next();
    try {
      return of(field.getKey(), field.getValue());
    } catch (InvalidValueException e) {
      throw new FormatException("no value", e);
    }
  }

  private static Value of(String kind, JsonElement json) {
    return switch (kind) {
      case "int" -> Value.of(Inputs.i64(json));
      case "real" -> Value.of(real(Inputs.hex(json)));
      case "text" -> Value.of(Inputs.text(json));
      case "utf16" -> Value.of(utf16(Inputs.hex(json)));
      case "bytes" -> Value.of(Inputs.hex(json));
      default -> throw new BadVectorException("an unknown kind of value");
    };
  }

  /** Text that has no other form: a decoder would replace what is wrong with it. */
  private static String utf16(byte[] bytes) {
    return ByteBuffer.wrap(bytes).asCharBuffer().toString();
  }

  private static double real(byte[] bytes) {
    if (bytes.length != Double.BYTES) {
      throw new BadVectorException("a real has 8 bytes");
    }
    return ByteBuffer.wrap(bytes).getDouble();
  }

  static Json cells(Map<String, Value> cells) {
    Json json = Json.object();
    cells.forEach((column, value) -> json.json(column, toJson(value)));
    return json;
  }

  static Map<String, Value> cells(JsonElement json) throws FormatException {
    Map<String, Value> cells = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> cell : json.getAsJsonObject().entrySet()) {
      cells.put(cell.getKey(), fromJson(cell.getValue()));
    }
    return cells;
  }
}
