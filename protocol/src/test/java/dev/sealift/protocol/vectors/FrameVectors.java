package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;
import java.io.IOException;

final class FrameVectors extends VectorFile {
  FrameVectors() {
    super(
        "frames",
        "Section 14: every frame in binary, its fields, and the same frame as ProtoJSON. Writers need not encode alike;"
            + " readers must come to these fields.");
  }

  @Override
  protected void cases(Cases to) throws IOException {
    for (SampleFrames.Named frame : SampleFrames.all()) {
      to.add(frame.name(), frame(frame.frame().toByteString()));
    }
    to.add(
        "an unknown field is passed over",
        frame(SampleFrames.credit().toByteString().concat(hex("9a060107"))));
    to.add(
        "of two bodies the last one counts",
        frame(SampleFrames.credit().toByteString().concat(SampleFrames.goAway().toByteString())));
    to.add("malformed: none of the bodies", "BAD_FRAME at a gateway.", frame(ByteString.EMPTY));
    to.add("malformed: an unknown body alone", frame(hex("9a060107")));
    ByteString hello = SampleFrames.hello().toByteString();
    to.add("malformed: cut short", frame(hello.substring(0, hello.size() - 1)));
    to.add("malformed: bytes behind it", frame(hello.concat(filled(1, 0xff))));
  }

  private static ByteString hex(String text) {
    return ByteString.copyFrom(java.util.HexFormat.of().parseHex(text));
  }

  private static Json frame(ByteString bytes) {
    return Json.object().hex("frame", bytes);
  }

  /** The same fields have many encodings: an unknown field, an overruled body, a bit of a varint beyond its type are passed over. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    Frame frame = parsed(in.bytes("frame"));
    Frame known = known(frame);
    return Json.object().json("fields", Messages.toJson(known)).json("proto_json", json(known));
  }

  private static Frame known(Frame frame) {
    return frame.toBuilder()
        .setUnknownFields(UnknownFieldSet.getDefaultInstance())
        .build();
  }

  private static Frame parsed(ByteString bytes) throws FormatException {
    try {
      Frame frame = Frame.parseFrom(bytes);
      if (frame.getBodyCase() == Frame.BodyCase.BODY_NOT_SET) {
        throw new FormatException("a frame without a body");
      }
      return frame;
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("not a frame", e);
    }
  }

  private static com.google.gson.JsonElement json(Frame frame) {
    try {
      String text = JsonFormat.printer().print(frame);
      Frame.Builder again = Frame.newBuilder();
      JsonFormat.parser().merge(text, again);
      if (!again.build().equals(frame)) {
        throw new AssertionError("a frame does not come back from its JSON");
      }
      return JsonParser.parseString(text);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
