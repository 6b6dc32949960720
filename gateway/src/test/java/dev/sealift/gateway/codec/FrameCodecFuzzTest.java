package dev.sealift.gateway.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;
import java.util.List;
import java.util.Optional;

/** Messages from whoever opens a socket. */
class FrameCodecFuzzTest {
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  @FuzzTest
  void binary(byte[] bytes) {
    decoded(Subprotocol.BINARY, bytes);
  }

  @FuzzTest
  void json(byte[] bytes) {
    requireJudged(bytes);
  }

  /** Good UTF-8, which the fuzzer would take long to come to by itself. */
  @FuzzTest
  void jsonText(FuzzedDataProvider data) {
    requireJudged(data.consumeRemainingAsString().getBytes(UTF_8));
  }

  /** What is read is what protobuf's own reader, which takes more, reads. */
  private static void requireJudged(byte[] bytes) {
    Optional<Frame> frame = decoded(Subprotocol.JSON, bytes);
    if (frame.isPresent()) {
      Frame.Builder judged = Frame.newBuilder();
      try {
        PARSER.merge(new String(bytes, UTF_8), judged);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("a frame was read of what is no ProtoJSON", e);
      }
      assertThat(frame.get()).isEqualTo(judged.build());
    }
  }

  private static Optional<Frame> decoded(Subprotocol subprotocol, byte[] bytes) {
    FrameCodec codec = subprotocol.codec();
    assertThat(codec.typeOf(bytes)).isNotNull();
    Frame frame;
    try {
      frame = codec.decode(bytes);
    } catch (FormatException refused) {
      return Optional.empty();
    }
    requireWrittenAndRead(frame, Subprotocol.BINARY);
    if (isKnown(frame)) {
      requireWrittenAndRead(frame, Subprotocol.JSON);
    }
    return Optional.of(frame);
  }

  /** JSON has no way to write fields that are not known. */
  private static boolean isKnown(Object value) {
    if (value instanceof Message message) {
      return message.getUnknownFields().getSerializedSize() == 0
          && message.getAllFields().values().stream().allMatch(FrameCodecFuzzTest::isKnown);
    }
    return !(value instanceof List<?> many) || many.stream().allMatch(FrameCodecFuzzTest::isKnown);
  }

  private static void requireWrittenAndRead(Frame frame, Subprotocol subprotocol) {
    FrameCodec codec = subprotocol.codec();
    byte[] again = codec.encode(frame);
    assertThat(codec.length(frame)).isEqualTo(again.length);
    try {
      assertThat(codec.decode(again)).isEqualTo(frame);
    } catch (FormatException e) {
      throw new AssertionError("what is written is read back", e);
    }
  }
}
