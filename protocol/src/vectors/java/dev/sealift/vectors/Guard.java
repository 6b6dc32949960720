package dev.sealift.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sealift.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * SHA-256 over all inputs of a case, for cases whose result is the same for many inputs, as with a refusal. The text under it has
 * one line for each value, <code>path=value</code>, names and places on the path parted by dots.
 */
final class Guard {
  static final String FIELD = "inputs_sha256";

  private Guard() {}

  static String of(JsonObject inputs) {
    StringBuilder text = new StringBuilder();
    inputs.entrySet().forEach(field -> write(text, field.getKey(), field.getValue()));
    return Hash.of(text.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static void write(StringBuilder text, String path, JsonElement json) {
    if (json.isJsonObject() && !json.getAsJsonObject().isEmpty()) {
      for (Map.Entry<String, JsonElement> field : json.getAsJsonObject().entrySet()) {
        write(text, path + "." + field.getKey(), field.getValue());
      }
    } else if (json.isJsonArray() && !json.getAsJsonArray().isEmpty()) {
      for (int i = 0; i < json.getAsJsonArray().size(); i++) {
        write(text, path + "." + i, json.getAsJsonArray().get(i));
      }
    } else {
      String value = json.isJsonPrimitive() ? json.getAsString() : json.toString();
      text.append(path).append('=').append(value).append('\n');
    }
  }
}
