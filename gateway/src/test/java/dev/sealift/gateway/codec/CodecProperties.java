package dev.sealift.gateway.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** What holds of every frame in every subprotocol; protobuf's own ProtoJSON is the judge of ours. */
class CodecProperties {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
  private static final String ALPHABET = "{}[]:,\"\\u 01-.eEnulltrue\ud83d\u00e9";

  @Property(tries = 300)
  void whatIsWrittenIsReadBack(@ForAll Subprotocol subprotocol, @ForAll long seed)
      throws FormatException {
    FrameCodec codec = subprotocol.codec();
    for (FieldDescriptor type : Frame.getDescriptor().getFields()) {
      Frame frame = AnyFrame.of(type, new Random(seed));
      byte[] message = codec.encode(frame);
      assertThat(codec.decode(message)).isEqualTo(frame);
      assertThat(codec.length(frame)).isEqualTo(message.length);
      assertThat(codec.typeOf(message)).isEqualTo(frame.getBodyCase());
    }
  }

  @Property(tries = 300)
  void whatIsWrittenIsProtobufsOwnJson(@ForAll long seed) throws InvalidProtocolBufferException {
    for (FieldDescriptor type : Frame.getDescriptor().getFields()) {
      Frame frame = AnyFrame.of(type, new Random(seed));
      assertThat(new String(Subprotocol.JSON.codec().encode(frame), UTF_8))
          .isEqualTo(PRINTER.print(frame));
    }
  }

  @Property(tries = 1_000)
  void anyBytesAreAFrameOrRefused(
      @ForAll Subprotocol subprotocol, @ForAll @Size(max = 200) byte[] bytes) {
    decode(subprotocol, bytes);
    subprotocol.codec().typeOf(bytes);
  }

  /** And what is read of it is what protobuf's own reader, which takes more, reads. */
  @Property(tries = 3_000)
  void aFrameWithSomeCharactersChangedIsAFrameOrRefused(@ForAll long seed)
      throws InvalidProtocolBufferException {
    Random random = new Random(seed);
    StringBuilder text =
        new StringBuilder(new String(Subprotocol.JSON.codec().encode(AnyFrame.of(random)), UTF_8));
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      change(text, random);
    }
    Optional<Frame> read = decode(Subprotocol.JSON, text.toString().getBytes(UTF_8));
    if (read.isPresent()) {
      Frame.Builder judged = Frame.newBuilder();
      PARSER.merge(text.toString(), judged);
      assertThat(read).contains(judged.build());
    }
  }

  private static void change(StringBuilder text, Random random) {
    int at = random.nextInt(text.length());
    char character = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    switch (random.nextInt(3)) {
      case 0 -> text.insert(at, character);
      case 1 -> text.setCharAt(at, character);
      default -> text.delete(at, Math.min(text.length() - 1, at + 1 + random.nextInt(9)));
    }
  }

  private static Optional<Frame> decode(Subprotocol subprotocol, byte[] message) {
    try {
      return Optional.of(subprotocol.codec().decode(message));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
