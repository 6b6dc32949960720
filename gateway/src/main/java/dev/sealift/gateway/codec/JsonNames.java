package dev.sealift.gateway.codec;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.protocol.proto.Frame;
import java.util.HashMap;
import java.util.Map;

/** The fields of every message in a frame by the names that ProtoJSON knows them by: in camel case, and as in the proto. */
final class JsonNames {
  private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS = new HashMap<>();

  static final Map<String, FieldDescriptor> FRAME;

  /** No name of a field has more characters. */
  static final int LONGEST = 64;

  static {
    add(Frame.getDescriptor());
    FRAME = of(Frame.getDescriptor());
  }

  private JsonNames() {}

  private static void add(Descriptor message) {
    if (FIELDS.containsKey(message)) {
      return;
    }
    Map<String, FieldDescriptor> names = new HashMap<>();
    FIELDS.put(message, names);
    for (FieldDescriptor field : message.getFields()) {
      names.put(field.getJsonName(), field);
      names.put(field.getName(), field);
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        add(field.getMessageType());
      }
    }
  }

  static Map<String, FieldDescriptor> of(Descriptor message) {
    return FIELDS.getOrDefault(message, Map.of());
  }
}
