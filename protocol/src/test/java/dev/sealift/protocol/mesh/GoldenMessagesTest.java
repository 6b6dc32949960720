package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.sealift.protocol.mesh.proto.StageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The messages between verticles as version 1 wrote them. Old and new run side by side: what is in the file stays as it is. A field that is
 * added needs no change to it, a message that is added gets a line. If a line does not read the same any more, a version was broken.
 */
class GoldenMessagesTest {
  private static final String FILE = "mesh-v1.txt";

  private static final List<Descriptor> MESSAGES =
      StageRequest.getDescriptor().getFile().getMessageTypes();

  /** The bytes and the text of each message, by its name. */
  private static Map<String, String[]> golden() throws IOException {
    try (InputStream in = GoldenMessagesTest.class.getResourceAsStream(FILE)) {
      assertThat(in).as(FILE).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t", 3))
          .collect(Collectors.toMap(p -> p[0], p -> new String[] {p[1], p[2]}));
    }
  }

  @Test
  void whatVersionOneWroteReadsAsItEverDid() throws Exception {
    Map<String, String[]> golden = golden();
    for (Descriptor type : MESSAGES) {
      String[] line = golden.get(type.getName());
      if (line != null) {
        Message read = DynamicMessage.parseFrom(type, HexFormat.of().parseHex(line[0]));
        assertThat(text(read)).as(type.getName()).isEqualTo(line[1]);
        assertThat(HexFormat.of().formatHex(read.toByteArray())).isEqualTo(line[0]);
      }
    }
    assertThat(golden.keySet())
        .as("no message goes while a version needs it")
        .isSubsetOf(MESSAGES.stream().map(Descriptor::getName).toList());
  }

  @Test
  void everyMessageIsKept() throws Exception {
    Map<String, String> missing = new TreeMap<>();
    Map<String, String[]> golden = golden();
    for (Descriptor type : MESSAGES) {
      if (!golden.containsKey(type.getName())) {
        Message sample = sample(type, 3);
        String hex = HexFormat.of().formatHex(sample.toByteArray());
        missing.put(type.getName(), type.getName() + "\t" + hex + "\t" + text(sample));
      }
    }
    assertThat(missing.values()).as("lines to be added to " + FILE).isEmpty();
  }

  private static String text(Message message) {
    return TextFormat.printer().emittingSingleLine(true).printToString(message).strip();
  }

  /** Every field has a value of its own, made from its number. */
  private static Message sample(Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      boolean tooDeep = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0;
      if (field.isRepeated() && !tooDeep) {
        message.addRepeatedField(field, value(field, depth));
      } else if (!tooDeep) {
        message.setField(field, value(field, depth));
      }
    }
    return message.build();
  }

  private static Object value(FieldDescriptor field, int depth) {
    int number = field.getNumber();
    return switch (field.getJavaType()) {
      case INT -> 100 + number;
      case LONG -> (1L << 40) + number;
      case FLOAT -> number + 0.5f;
      case DOUBLE -> number + 0.5;
      case BOOLEAN -> true;
      case STRING -> "text " + number;
      case BYTE_STRING -> ByteString.copyFrom(new byte[] {(byte) number, (byte) 0xff, 0});
      case ENUM -> field.getEnumType().getValues().get(1);
      case MESSAGE -> sample(field.getMessageType(), depth - 1);
    };
  }
}
