package dev.sealift.gateway.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/**
 * Writes a message as ProtoJSON: fields in the order of their numbers, what is default left out, no white space.
 *
 * <p>Nothing that it writes needs an escape: frames have no fields of text.
 */
final class JsonFrameWriter {
  private final JsonOutput out;

  private JsonFrameWriter(JsonOutput out) {
    this.out = out;
  }

  static void write(Message message, JsonOutput out) {
    new JsonFrameWriter(out).message(message);
  }

  private void message(Message message) {
    String before = "{";
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      out.ascii(before + '"' + field.getJsonName() + "\":");
      if (field.isRepeated()) {
        list(field, (List<?>) entry.getValue());
      } else {
        value(field, entry.getValue());
      }
      before = ",";
    }
    out.ascii(before.equals("{") ? "{}" : "}");
  }

  private void list(FieldDescriptor field, List<?> values) {
    String before = "[";
    for (Object value : values) {
      out.ascii(before);
      value(field, value);
      before = ",";
    }
    out.ascii("]");
  }

  private void value(FieldDescriptor field, Object value) {
    switch (field.getType()) {
      case UINT32 -> out.ascii(Integer.toUnsignedString((Integer) value));
      case UINT64, FIXED64 -> quoted(Long.toUnsignedString((Long) value));
      case BOOL -> out.ascii(value.toString());
      case ENUM -> enumeration((EnumValueDescriptor) value);
      case BYTES -> bytes((ByteString) value);
      case MESSAGE -> message((Message) value);
      default -> throw new IllegalArgumentException("no frame has a " + field.getType());
    }
  }

  /** A number of a newer version has no name here. */
  private void enumeration(EnumValueDescriptor value) {
    if (value.getIndex() < 0) {
      out.ascii(String.valueOf(value.getNumber()));
    } else {
      quoted(value.getName());
    }
  }

  private void bytes(ByteString value) {
    out.ascii("\"");
    out.base64(value);
    out.ascii("\"");
  }

  private void quoted(String ascii) {
    out.ascii('"' + ascii + '"');
  }
}
