package dev.sealift.gateway.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads one frame from hostile JSON.
 *
 * <p>Takes ProtoJSON and nothing looser: one JSON object (RFC 8259) in good UTF-8 with nothing behind it, no name twice, no
 * lone surrogates. Fields that are not known are passed over, as in the binary form. Depth and number of tokens are bounded
 * besides the length, since a short token can cost far more memory than its text.
 */
final class JsonFrameReader {
  /** The deepest frame of this version has 6; the rest is for fields of newer ones. */
  static final int MAX_DEPTH = 16;

  /** About twice what the largest honest frame has: a Files of 1,024 entries. */
  static final int MAX_TOKENS = 1 << 15;

  /** Several times the longest name or number. */
  private static final int MAX_SHORT_CHARACTERS = 256;

  /** Without a table of names, which costs more than the names of one frame. */
  private static final JsonFactory FACTORY = new JsonFactoryBuilder()
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxTokenCount(MAX_TOKENS)
          .maxNameLength(MAX_SHORT_CHARACTERS)
          .maxNumberLength(MAX_SHORT_CHARACTERS)
          .maxStringLength(Limits.MAX_JSON_FRAME_BYTES)
          .build())
      .build();

  private final JsonParser in;

  private JsonFrameReader(JsonParser in) {
    this.in = in;
  }

  static Frame read(byte[] text) throws FormatException {
    // Else what is wrong would be replaced without a word.
    if (!UnsafeByteOperations.unsafeWrap(text).isValidUtf8()) {
      throw new FormatException("not UTF-8");
    }
    try (JsonParser in =
        FACTORY.createParser(new String(text, StandardCharsets.UTF_8).toCharArray())) {
      return new JsonFrameReader(in).frame();
    } catch (IOException e) {
      // Without its cause, which repeats what came.
      throw new FormatException("not JSON, or beyond its bounds");
    }
  }

  private Frame frame() throws IOException, FormatException {
    require(in.nextToken() == JsonToken.START_OBJECT);
    Frame.Builder frame = Frame.newBuilder();
    fields(frame);
    require(in.nextToken() == null);
    return frame.build();
  }

  /** From the opening brace to the closing one. */
  private void fields(Message.Builder to) throws IOException, FormatException {
    Map<String, FieldDescriptor> fields = JsonNames.of(to.getDescriptorForType());
    Set<FieldDescriptor> seen = new HashSet<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      FieldDescriptor field = fields.get(in.currentName());
      if (field == null) {
        passOver();
      } else {
        require(seen.add(field)); // once by either of its names
        in.nextToken();
        field(field, to);
      }
    }
  }

  private void field(FieldDescriptor field, Message.Builder to)
      throws IOException, FormatException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return; // as though it were left out
    }
    require(field.getContainingOneof() == null || !to.hasOneof(field.getContainingOneof()));
    if (field.isRepeated()) {
      list(field, to);
    } else {
      to.setField(field, value(field, to));
    }
  }

  private void list(FieldDescriptor field, Message.Builder to) throws IOException, FormatException {
    require(in.currentToken() == JsonToken.START_ARRAY);
    while (in.nextToken() != JsonToken.END_ARRAY) {
      to.addRepeatedField(field, value(field, to));
    }
  }

  private Object value(FieldDescriptor field, Message.Builder in)
      throws IOException, FormatException {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      return message(in.newBuilderForField(field));
    }
    return JsonScalars.read(field, this.in);
  }

  private Message message(Message.Builder of) throws IOException, FormatException {
    require(in.currentToken() == JsonToken.START_OBJECT);
    fields(of);
    return of.build();
  }

  /** A field that is not known, from its name to the end of its value. */
  private void passOver() throws IOException, FormatException {
    int depth = 0;
    do {
      requireWholeCharacters();
      JsonToken token = in.nextToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } while (depth > 0);
    requireWholeCharacters();
  }

  private void requireWholeCharacters() throws IOException, FormatException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
      require(in.getText().codePoints().noneMatch(JsonFrameReader::isSurrogate));
    }
  }

  /** A pair is one code point, so what is left is half of one. */
  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static void require(boolean rule) throws FormatException {
    if (!rule) {
      throw new FormatException("not a frame in ProtoJSON");
    }
  }
}
