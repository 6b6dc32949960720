package dev.sealift.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Protobuf messages in the form of the vectors: names as in the specification, fields at their default left out. */
public final class Messages {
  private Messages() {}

  public static JsonObject toJson(Message message) {
    JsonObject json = new JsonObject();
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      json.add(field.getKey().getName(), toJson(field.getKey(), field.getValue()));
    }
    return json;
  }

  private static JsonElement toJson(FieldDescriptor field, Object value) {
    if (!field.isRepeated()) {
      return single(field, value);
    }
    JsonArray items = new JsonArray();
    ((List<?>) value).forEach(item -> items.add(single(field, item)));
    return items;
  }

  private static JsonElement single(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case MESSAGE -> toJson((Message) value);
      case BYTE_STRING ->
        new JsonPrimitive(HexFormat.of().formatHex(((ByteString) value).toByteArray()));
      case LONG -> new JsonPrimitive(Long.toUnsignedString((Long) value));
      case INT -> new JsonPrimitive(Integer.toUnsignedLong((Integer) value));
      case ENUM -> enumeration((EnumValueDescriptor) value);
      case BOOLEAN -> new JsonPrimitive((Boolean) value);
      case STRING -> new JsonPrimitive((String) value);
      default -> throw new BadVectorException("no form for " + field.getFullName());
    };
  }

  private static JsonElement enumeration(EnumValueDescriptor value) {
    boolean known = value.getType().getValues().contains(value);
    return known ? new JsonPrimitive(value.getName()) : new JsonPrimitive(value.getNumber());
  }

  /** Fills {@code builder}, strictly: no unknown field, nothing at its default. */
  public static <B extends Message.Builder> B fromJson(JsonElement json, B builder) {
    if (!json.isJsonObject()) {
      throw new BadVectorException("a message was expected");
    }
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject().entrySet()) {
      FieldDescriptor field = builder.getDescriptorForType().findFieldByName(entry.getKey());
      if (field == null) {
        throw new BadVectorException("no message has " + entry.getKey());
      }
      fill(builder, field, entry.getValue());
    }
    return builder;
  }

  private static void fill(Message.Builder builder, FieldDescriptor field, JsonElement json) {
    if (field.isRepeated()) {
      List<JsonElement> items = Inputs.items(json, item -> item);
      items.forEach(item -> builder.addRepeatedField(field, value(builder, field, item)));
    } else {
      builder.setField(field, value(builder, field, json));
    }
  }

  private static Object value(Message.Builder builder, FieldDescriptor field, JsonElement json) {
    return switch (field.getJavaType()) {
      case MESSAGE -> fromJson(json, builder.newBuilderForField(field)).build();
      case BYTE_STRING -> ByteString.copyFrom(Inputs.hex(json));
      case LONG -> Inputs.u64(json);
      case INT -> (int) Inputs.u32(json);
      case ENUM -> enumeration(field, json);
      case BOOLEAN -> json.getAsBoolean();
      case STRING -> Inputs.text(json);
      default -> throw new BadVectorException("no form for " + field.getFullName());
    };
  }

  private static EnumValueDescriptor enumeration(FieldDescriptor field, JsonElement json) {
    if (json.getAsJsonPrimitive().isNumber()) {
      return field.getEnumType().findValueByNumberCreatingIfUnknown(json.getAsInt());
    }
    EnumValueDescriptor value = field.getEnumType().findValueByName(json.getAsString());
    if (value == null) {
      throw new BadVectorException("no enumeration has " + json);
    }
    return value;
  }
}
