package dev.sealift.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The fields of a vector, each in the one form that it may have. What nobody asked for is an error: see {@link #requireAllRead}. */
public final class Inputs {
  private static final BigInteger UNSIGNED_END = BigInteger.ONE.shiftLeft(64);

  private final JsonObject fields;
  private final Set<String> read = new HashSet<>();
  private final List<Inputs> parts = new ArrayList<>();

  public Inputs(JsonObject fields) {
    this.fields = fields;
  }

  public boolean has(String name) {
    return fields.has(name);
  }

  public JsonElement json(String name) {
    JsonElement value = fields.get(name);
    if (value == null) {
      throw new BadVectorException("a vector has no " + name);
    }
    read.add(name);
    return value;
  }

  public String text(String name) {
    return text(json(name));
  }

  /** Bytes in lower-case hexadecimal. */
  public byte[] hex(String name) {
    return hex(json(name));
  }

  public ByteString bytes(String name) {
    return ByteString.copyFrom(hex(name));
  }

  /** An unsigned number of 32 bits, as a number. */
  public int u32(String name) {
    return (int) u32(json(name));
  }

  /** An unsigned number of 64 bits, in decimal digits in a string. */
  public long u64(String name) {
    return u64(json(name));
  }

  public Inputs object(String name) {
    return part(json(name));
  }

  public List<Inputs> objects(String name) {
    return list(name, this::part);
  }

  public <T> List<T> list(String name, Function<JsonElement, T> item) {
    return items(json(name), item);
  }

  private Inputs part(JsonElement json) {
    if (!json.isJsonObject()) {
      throw new BadVectorException("an object was expected");
    }
    Inputs part = new Inputs(json.getAsJsonObject());
    parts.add(part);
    return part;
  }

  /** So that a field with a new or misspelt name is not passed over. */
  public void requireAllRead() {
    Set<String> unread = new HashSet<>(fields.keySet());
    unread.removeAll(read);
    if (!unread.isEmpty()) {
      throw new BadVectorException("nobody reads " + unread);
    }
    parts.forEach(Inputs::requireAllRead);
  }

  public static <T> List<T> items(JsonElement json, Function<JsonElement, T> item) {
    if (!json.isJsonArray()) {
      throw new BadVectorException("a list was expected");
    }
    JsonArray array = json.getAsJsonArray();
    List<T> items = new ArrayList<>();
    array.forEach(element -> items.add(item.apply(element)));
    return items;
  }

  public static String text(JsonElement json) {
    if (!json.isJsonPrimitive() || !json.getAsJsonPrimitive().isString()) {
      throw new BadVectorException("a string was expected");
    }
    return json.getAsString();
  }

  public static byte[] hex(JsonElement json) {
    String text = text(json);
    if (!text.matches("([0-9a-f]{2})*")) {
      throw new BadVectorException("lower-case hexadecimal was expected");
    }
    return HexFormat.of().parseHex(text);
  }

  public static long u32(JsonElement json) {
    if (!json.isJsonPrimitive() || !json.getAsJsonPrimitive().isNumber()) {
      throw new BadVectorException("a number was expected");
    }
    String digits = json.getAsString();
    if (!digits.matches("0|[1-9][0-9]{0,9}") || Long.parseLong(digits) >>> 32 != 0) {
      throw new BadVectorException("a number of 32 bits was expected");
    }
    return Long.parseLong(digits);
  }

  public static long u64(JsonElement json) {
    String digits = text(json);
    if (!digits.matches("0|[1-9][0-9]{0,19}")
        || new BigInteger(digits).compareTo(UNSIGNED_END) >= 0) {
      throw new BadVectorException("an unsigned number of 64 bits was expected");
    }
    return Long.parseUnsignedLong(digits);
  }

  public static long i64(JsonElement json) {
    String digits = text(json);
    if (!digits.matches("0|-?[1-9][0-9]{0,18}")) {
      throw new BadVectorException("a signed number of 64 bits was expected");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new BadVectorException("a signed number of 64 bits was expected", e);
    }
  }
}
