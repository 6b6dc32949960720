package dev.sealift.gateway.session;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.protocol.proto.Frame;

/** Frames by type, with nothing in them. */
final class EveryFrame {
  private EveryFrame() {}

  static Frame empty(Frame.BodyCase type) {
    FieldDescriptor field = Frame.getDescriptor().findFieldByNumber(type.getNumber());
    Frame.Builder frame = Frame.newBuilder();
    return frame.setField(field, frame.newBuilderForField(field).build()).build();
  }
}
