package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Maps from what is kept as text: a JSON object, in the order of its names. */
final class MapCodec extends JsonCodec {
  private final TextCodec key;
  private final Codec value;

  MapCodec(TextCodec key, Codec value) {
    this.key = key;
    this.value = value;
  }

  @Override
  JsonElement parts(Object object, int depth) {
    Map<String, JsonElement> sorted = new TreeMap<>();
    ((Map<?, ?>) object)
        .forEach((name, one) ->
            sorted.put(name(name), one == null ? JsonNull.INSTANCE : value.json(one, depth)));
    JsonObject json = new JsonObject();
    sorted.forEach(json::add);
    return json;
  }

  private String name(@Nullable Object name) {
    if (name == null) {
      throw RecordShape.invalid("A map within a row has null for a key: leave that out.");
    }
    return key.text(name);
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (!(json instanceof JsonObject members)) {
      throw new MisfitException("is no JSON object");
    }
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> member : members.entrySet()) {
      JsonElement one = member.getValue();
      map.put(key.object(member.getKey()), one.isJsonNull() ? null : value.object(one));
    }
    return Collections.unmodifiableMap(map);
  }
}
