package dev.sealift.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Every vector that differs from a given one in a single value: changed, or gone. Only <code>name</code> and <code>about</code> are free. */
final class Edits {
  /** Bits flipped in one hexadecimal value; all of them when it has no more. */
  private static final int FLIPS = Integer.getInteger("vectors.flips", 4);

  /** X25519 ignores the lowest three bits and the highest two of a private key, and the highest of a public one. */
  private static final int LOWEST_BIT = 3;

  private static final int BITS = 3;

  private final JsonObject original;
  private final Random random;
  private final List<Edit> edits = new ArrayList<>();

  record Edit(String what, JsonObject vector) {}

  private Edits(JsonObject original, Random random) {
    this.original = original;
    this.random = random;
  }

  static List<Edit> of(JsonObject vector, Random random) {
    Edits edits = new Edits(vector, random);
    edits.walk(vector, List.of());
    return edits.edits;
  }

  private void walk(JsonElement json, List<Object> path) {
    if (json.isJsonObject()) {
      for (Map.Entry<String, JsonElement> field : json.getAsJsonObject().entrySet()) {
        if (!path.isEmpty() || !Set.of("name", "about").contains(field.getKey())) {
          enter(field.getValue(), with(path, field.getKey()));
        }
      }
    } else if (json.isJsonArray()) {
      for (int i = 0; i < json.getAsJsonArray().size(); i++) {
        enter(json.getAsJsonArray().get(i), with(path, i));
      }
    } else {
      changes(json).forEach(changed -> add("changed", path, changed));
    }
  }

  private void enter(JsonElement json, List<Object> path) {
    add("removed", path, null);
    walk(json, path);
  }

  private static List<Object> with(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  private List<JsonElement> changes(JsonElement json) {
    if (json.isJsonNull()) {
      return List.of(new JsonPrimitive("0"));
    }
    JsonPrimitive value = json.getAsJsonPrimitive();
    if (value.isBoolean()) {
      return List.of(new JsonPrimitive(!value.getAsBoolean()));
    }
    if (value.isNumber()) {
      return List.of(new JsonPrimitive(value.getAsLong() + 1), JsonNull.INSTANCE);
    }
    String text = value.getAsString();
    List<JsonElement> changes = new ArrayList<>();
    if (text.matches("([0-9a-f]{2})+")) {
      changes.addAll(flipped(text));
    }
    if (changes.isEmpty() || text.matches("[0-9]+")) {
      changes.add(otherText(text));
    }
    return changes;
  }

  private List<JsonElement> flipped(String hex) {
    List<JsonElement> flipped = new ArrayList<>();
    Set<Integer> at = new HashSet<>();
    int bits = hex.length() / 2 * BITS;
    while (at.size() < Math.min(FLIPS, bits)) {
      int bit = bits <= FLIPS ? at.size() : random.nextInt(bits);
      if (at.add(bit)) {
        flipped.add(new JsonPrimitive(flip(hex, bit / BITS, LOWEST_BIT + bit % BITS)));
      }
    }
    return flipped;
  }

  private static String flip(String hex, int place, int bit) {
    int value = Integer.parseInt(hex.substring(2 * place, 2 * place + 2), 16) ^ 1 << bit;
    return hex.substring(0, 2 * place)
        + String.format("%02x", value)
        + hex.substring(2 * place + 2);
  }

  private JsonElement otherText(String text) {
    if (text.isEmpty()) {
      return new JsonPrimitive("x");
    }
    int at = random.nextInt(text.length());
    char c = text.charAt(at);
    return new JsonPrimitive(text.substring(0, at) + other(c) + text.substring(at + 1));
  }

  /** White space becomes a letter: around a text it is passed over, whichever it is. */
  private static char other(char c) {
    if (Character.isDigit(c)) {
      return (char) ('0' + (c - '0' + 1) % 10);
    }
    return Character.isWhitespace(c) ? 'x' : (char) (c ^ 1);
  }

  private void add(String how, List<Object> path, JsonElement changed) {
    JsonObject copy = original.deepCopy();
    JsonElement parent = copy;
    for (Object step : path.subList(0, path.size() - 1)) {
      parent = step instanceof Integer i
          ? parent.getAsJsonArray().get(i)
          : parent.getAsJsonObject().get((String) step);
    }
    put(parent, path.get(path.size() - 1), changed);
    edits.add(new Edit(path + " " + how + (changed == null ? "" : " to " + shown(changed)), copy));
  }

  private static String shown(JsonElement changed) {
    String text = changed.toString();
    return text.length() < 200 ? text : text.substring(0, 200) + "…";
  }

  private static void put(JsonElement parent, Object step, JsonElement changed) {
    if (step instanceof Integer i) {
      JsonArray array = parent.getAsJsonArray();
      if (changed == null) {
        array.remove(i);
      } else {
        array.set(i, changed);
      }
    } else if (changed == null) {
      parent.getAsJsonObject().remove((String) step);
    } else {
      parent.getAsJsonObject().add((String) step, changed);
    }
  }
}
