package dev.sealift.gateway.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Frame;

/** Frames as protobuf writes them. */
final class BinaryCodec implements FrameCodec {
  @Override
  public int maxBytes() {
    return Limits.MAX_FRAME_BYTES;
  }

  @Override
  public int maxHandshakeBytes() {
    return Limits.MAX_HANDSHAKE_FRAME_BYTES;
  }

  @Override
  public Frame decode(byte[] message) throws FormatException {
    try {
      CodedInputStream in = CodedInputStream.newInstance(message);
      in.enableAliasing(true);
      return Frame.parser().parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("not a frame", e);
    }
  }

  @Override
  public byte[] encode(Frame frame) {
    return frame.toByteArray();
  }

  @Override
  public int length(Frame frame) {
    return frame.getSerializedSize();
  }

  /** A frame holds one field, whose tag comes first. */
  @Override
  public Frame.BodyCase typeOf(byte[] message) {
    Frame.BodyCase type = Frame.BodyCase.forNumber(WireFormat.getTagFieldNumber(tag(message)));
    return type == null ? Frame.BodyCase.BODY_NOT_SET : type;
  }

  /** The first, of one byte or two, as those of all bodies are; 0 for another. */
  private static int tag(byte[] message) {
    if (message.length > 0 && message[0] >= 0) {
      return message[0];
    }
    return message.length > 1 && message[1] > 0 ? message[0] & 0x7f | message[1] << 7 : 0;
  }
}
