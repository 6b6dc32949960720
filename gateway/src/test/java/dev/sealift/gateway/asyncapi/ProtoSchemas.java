package dev.sealift.gateway.asyncapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.protocol.proto.Frame;
import java.util.Map;
import java.util.TreeMap;

/** What the schemas of messages and enumerations must be, by the message definitions and the specification's words. */
final class ProtoSchemas {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, JsonNode> schemas = new TreeMap<>();

  private ProtoSchemas() {}

  /** Of everything in a frame, by name. */
  static Map<String, JsonNode> all() {
    ProtoSchemas all = new ProtoSchemas();
    Frame.getDescriptor().getFields().forEach(frame -> all.add(frame.getMessageType()));
    return all.schemas;
  }

  private void add(Descriptor message) {
    ObjectNode properties = NODES.objectNode();
    schemas.put(
        message.getName(), NODES.objectNode().put("type", "object").set("properties", properties));
    for (FieldDescriptor field : message.getFields()) {
      properties.set(field.getJsonName(), described(field, schema(field)));
    }
  }

  private ObjectNode schema(FieldDescriptor field) {
    return field.isRepeated()
        ? NODES.objectNode().put("type", "array").set("items", single(field))
        : single(field);
  }

  private ObjectNode single(FieldDescriptor field) {
    return switch (field.getType()) {
      case BOOL -> NODES.objectNode().put("type", "boolean");
      case UINT32 -> reference("Uint32");
      case UINT64, FIXED64 -> reference("Uint64");
      case BYTES -> reference("Bytes");
      case ENUM -> enumeration(field.getEnumType());
      case MESSAGE -> message(field.getMessageType());
      default -> throw new AssertionError("a type that frames did not have: " + field);
    };
  }

  private ObjectNode message(Descriptor message) {
    add(message);
    return reference(message.getName());
  }

  private ObjectNode enumeration(EnumDescriptor enumeration) {
    ObjectNode schema = NODES.objectNode().put("type", "string");
    var names = schema.putArray("enum");
    enumeration.getValues().forEach(value -> names.add(value.getName()));
    schemas.put(enumeration.getName(), schema);
    return reference(enumeration.getName());
  }

  private static ObjectNode reference(String name) {
    return NODES.objectNode().put("$ref", "#/components/schemas/" + name);
  }

  /** Nothing may stand beside a reference, so with a description it moves inward. */
  private static ObjectNode described(FieldDescriptor field, ObjectNode schema) {
    String rule = Specification.rule(field);
    if (rule.isEmpty()) {
      return schema;
    }
    ObjectNode described = NODES.objectNode().put("description", rule);
    if (schema.has("$ref")) {
      described.putArray("allOf").add(schema);
      return described;
    }
    return described.setAll(schema);
  }
}
