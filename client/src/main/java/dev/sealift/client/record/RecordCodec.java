package dev.sealift.client.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;

/**
 * A record within a cell: a JSON object with its components by the names of their columns. Members that the record has not are passed over; one that is not there counts as null.
 */
final class RecordCodec extends JsonCodec {
  private final Class<? extends Record> type;

  RecordCodec(Class<? extends Record> type) {
    this.type = type;
  }

  /** Looked up when it is needed: a record may have a part of its own type. */
  private RecordShape shape() {
    return RecordShape.of(type);
  }

  @Override
  JsonElement parts(Object object, int depth) {
    JsonObject json = new JsonObject();
    for (Component component : shape().components()) {
      Object part = component.get((Record) object);
      json.add(
          component.column(),
          part == null ? JsonNull.INSTANCE : component.codec().json(part, depth));
    }
    return json;
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (!(json instanceof JsonObject members)) {
      throw new MisfitException("is no JSON object");
    }
    RecordShape shape = shape();
    Object[] parts = new Object[shape.components().size()];
    for (int i = 0; i < parts.length; i++) {
      Component component = shape.components().get(i);
      JsonElement member = members.get(component.column());
      if (member != null && !member.isJsonNull()) {
        parts[i] = component.codec().object(member);
      } else if (component.isPrimitive()) {
        throw new MisfitException("has no member " + component.column()
            + ", which is a primitive component of " + type.getSimpleName()
            + ": make that a boxed type");
      }
    }
    return shape.make(parts);
  }
}
