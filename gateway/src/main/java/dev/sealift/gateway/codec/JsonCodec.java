package dev.sealift.gateway.codec;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Frame;

/** Frames as ProtoJSON, in UTF-8. What is written is ASCII. */
final class JsonCodec implements FrameCodec {
  @Override
  public int maxBytes() {
    return Limits.MAX_JSON_FRAME_BYTES;
  }

  @Override
  public int maxHandshakeBytes() {
    return Limits.MAX_JSON_HANDSHAKE_FRAME_BYTES;
  }

  @Override
  public Frame decode(byte[] message) throws FormatException {
    return JsonFrameReader.read(message);
  }

  @Override
  public byte[] encode(Frame frame) {
    JsonOutput.Bytes bytes = new JsonOutput.Bytes(length(frame));
    JsonFrameWriter.write(frame, bytes);
    return bytes.all();
  }

  @Override
  public int length(Frame frame) {
    JsonOutput.Length length = new JsonOutput.Length();
    JsonFrameWriter.write(frame, length);
    return length.bytes();
  }

  /** Who writes no fields of a newer version has the frame's one field first. */
  @Override
  public Frame.BodyCase typeOf(byte[] message) {
    int brace = skipSpace(message, 0);
    int quote = skipSpace(message, brace + 1);
    if (!is('{', message, brace) || !is('"', message, quote)) {
      return Frame.BodyCase.BODY_NOT_SET;
    }
    FieldDescriptor field = JsonNames.FRAME.get(upToQuote(message, quote + 1));
    return field == null
        ? Frame.BodyCase.BODY_NOT_SET
        : Frame.BodyCase.forNumber(field.getNumber());
  }

  private static boolean is(char character, byte[] message, int at) {
    return at < message.length && message[at] == character;
  }

  private static int skipSpace(byte[] message, int from) {
    int at = from;
    while (at < message.length
        && (message[at] == ' '
            || message[at] == '\n'
            || message[at] == '\r'
            || message[at] == '\t')) {
      at++;
    }
    return at;
  }

  private static String upToQuote(byte[] message, int from) {
    StringBuilder name = new StringBuilder();
    for (int at = from;
        at < message.length && message[at] != '"' && name.length() <= JsonNames.LONGEST;
        at++) {
      name.append((char) message[at]);
    }
    return name.toString();
  }
}
