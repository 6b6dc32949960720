package dev.sealift.gateway;

import com.google.protobuf.WireFormat;
import dev.sealift.protocol.proto.Frame;

/** Tells a frame's type without reading the frame, for counting: a Frame holds one field, whose tag comes first. */
final class FrameType {
  private FrameType() {}

  static Frame.BodyCase of(byte[] message) {
    if (message.length == 0 || message[0] < 0) {
      return Frame.BodyCase.BODY_NOT_SET;
    }
    Frame.BodyCase type = Frame.BodyCase.forNumber(WireFormat.getTagFieldNumber(message[0]));
    return type == null ? Frame.BodyCase.BODY_NOT_SET : type;
  }
}
