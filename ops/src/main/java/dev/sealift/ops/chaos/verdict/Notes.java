package dev.sealift.ops.chaos.verdict;

import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Evidence.Contended;
import dev.sealift.ops.chaos.verdict.Evidence.DeviceState;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Evidence as lines of JSON, one note a line: how devices write it down and how it is read. */
public final class Notes {
  /** Names the kind of a note in each line. */
  static final String NOTE = "note";

  static final String WRITTEN = "written";
  static final String RECEIPT = "receipt";
  static final String HEAD = "head";
  static final String DEVICE = "device";
  static final String FILE = "file";

  private Notes() {}

  public static JsonObject of(Acknowledged write) {
    return note(WRITTEN, write.space()).put("device", write.device()).put("upTo", write.upTo());
  }

  public static JsonObject of(Receipted receipt) {
    return note(RECEIPT, receipt.space())
        .put("file", receipt.file())
        .put("sequence", receipt.sequence())
        .put("time", receipt.serverTimeMillis());
  }

  public static JsonObject of(SeenHead head) {
    return note(HEAD, head.space()).put("size", head.size()).put("root", head.root());
  }

  public static JsonObject of(DeviceState device) {
    return note(DEVICE, device.space())
        .put("device", device.device())
        .put("digest", device.digest())
        .put("mergeDigest", device.mergeDigest())
        .put("entries", json(device.entries(), Ranges::text))
        .put("counters", json(device.counters(), number -> number))
        .put(
            "contended",
            json(
                device.contended(),
                winner -> new JsonObject()
                    .put("writer", winner.writer())
                    .put("number", winner.number())));
  }

  public static JsonObject of(String space, LogFile file) {
    return note(FILE, space)
        .put("sequence", file.sequence())
        .put("file", file.file())
        .put("author", file.author())
        .put("counter", file.counter())
        .put("time", file.serverTimeMillis())
        .put("root", file.root());
  }

  private static JsonObject note(String kind, String space) {
    return new JsonObject().put(NOTE, kind).put("space", space);
  }

  private static <T> JsonObject json(Map<String, T> map, Function<T, Object> value) {
    JsonObject json = new JsonObject();
    map.forEach((key, item) -> json.put(key, value.apply(item)));
    return json;
  }

  static Acknowledged written(JsonObject note) {
    return new Acknowledged(
        note.getString("device"), note.getString("space"), note.getLong("upTo"));
  }

  static Receipted receipt(JsonObject note) {
    return new Receipted(
        note.getString("space"),
        note.getString("file"),
        note.getLong("sequence"),
        note.getLong("time"));
  }

  static SeenHead head(JsonObject note) {
    return new SeenHead(note.getString("space"), note.getLong("size"), note.getString("root"));
  }

  static DeviceState device(JsonObject note) {
    return new DeviceState(
        note.getString("device"),
        note.getString("space"),
        note.getString("digest"),
        note.getString("mergeDigest"),
        map(note.getJsonObject("entries"), value -> Ranges.parse((String) value)),
        map(note.getJsonObject("counters"), value -> ((Number) value).longValue()),
        map(note.getJsonObject("contended"), value -> contended((JsonObject) value)));
  }

  private static Contended contended(JsonObject json) {
    return new Contended(json.getString("writer"), json.getLong("number"));
  }

  static LogFile file(JsonObject note) {
    return new LogFile(
        note.getLong("sequence"),
        note.getString("file"),
        note.getString("author"),
        note.getLong("counter"),
        note.getLong("time"),
        note.getString("root"));
  }

  private static <T> Map<String, T> map(JsonObject json, Function<Object, T> value) {
    Map<String, T> map = new HashMap<>();
    json.forEach(entry -> map.put(entry.getKey(), value.apply(entry.getValue())));
    return map;
  }
}
