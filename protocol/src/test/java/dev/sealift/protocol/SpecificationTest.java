package dev.sealift.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.AdmissionTokenBody;
import dev.sealift.protocol.proto.EvidenceBody;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.HeaderBody;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the specification says of every field, number and limit what the code does, and that its vectors are true. */
class SpecificationTest {
  private static final List<FileDescriptor> MESSAGES = List.of(
      HeaderBody.getDescriptor().getFile(),
      Frame.getDescriptor().getFile(),
      AdmissionTokenBody.getDescriptor().getFile(),
      EvidenceBody.getDescriptor().getFile());

  private static final Path VECTORS = Path.of("vectors");
  private static final int FULL_LINE = 120;

  private final String specification = read();

  @Test
  void hasEveryFieldOfEveryMessage() {
    for (FileDescriptor file : MESSAGES) {
      for (Descriptor message : file.getMessageTypes()) {
        String section = section(message.getName());
        for (FieldDescriptor field : message.getFields()) {
          assertThat(section).contains(row(field));
        }
        assertThat(rows(section))
            .as(message.getName())
            .isEqualTo(message.getFields().size());
      }
    }
  }

  @Test
  void hasEveryNumberOfEveryEnumeration() {
    for (FileDescriptor file : MESSAGES) {
      for (EnumDescriptor enumeration : file.getEnumTypes()) {
        String section = section(enumeration.getName());
        enumeration
            .getValues()
            .forEach(value -> assertThat(section)
                .contains("\n| " + value.getNumber() + " | `" + value.getName() + "` |"));
        assertThat(rows(section))
            .as(enumeration.getName())
            .isEqualTo(enumeration.getValues().size());
      }
    }
  }

  @Test
  void hasEveryLimit() throws IllegalAccessException {
    for (Field limit : Limits.class.getFields()) {
      assertThat(specification)
          .contains("\n| `" + limit.getName() + "` | " + limit.get(null) + " |");
    }
  }

  @Test
  void hasEverySignatureContext() {
    for (SignatureContext context : SignatureContext.values()) {
      String words = context.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      assertThat(specification).contains("\n| `sealift.v1 " + words + "` |");
    }
  }

  @Test
  void itsSamplesAreTrue() {
    SampleDevice device = SampleDevice.number(1);
    SignedHeader genesis = SampleFiles.genesis(device);
    assertSample(device.keys().signing().toByteArray());
    assertSample(device.id().toByteArray());
    assertSample(genesis.toByteArray());
    assertSample(genesis.id().toByteArray());
  }

  private void assertSample(byte[] bytes) {
    assertThat(samples()).contains(HexFormat.of().formatHex(bytes));
  }

  /** A sample on the page that no file has would be held by nothing. */
  @Test
  void itsSamplesStandInTheVectors() throws IOException {
    StringBuilder vectors = new StringBuilder();
    for (String name : vectorFiles()) {
      vectors.append(Files.readString(VECTORS.resolve(name + ".json")));
    }
    assertThat(samples()).hasSize(5).allMatch(sample -> vectors.indexOf(sample) >= 0);
  }

  @Test
  void namesEveryFileOfVectors() throws IOException {
    String page = chapter("20 Test vectors");
    String shapes = Files.readString(VECTORS.resolve("README.md"));
    for (String name : vectorFiles()) {
      assertThat(page).containsPattern("\\| (.*, )?`" + name + "`[, ]");
      assertThat(shapes).contains("\n| `" + name + "` |");
    }
  }

  private static List<String> vectorFiles() throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".json"))
          .map(file -> file.replace(".json", ""))
          .toList();
    }
  }

  /** What stands in the blocks of section 20; a full line goes on in the next. */
  private List<String> samples() {
    List<String> samples = new ArrayList<>();
    String[] parts = chapter("20 Test vectors").split("\n```\n");
    for (int block = 1; block < parts.length; block += 2) {
      StringBuilder sample = new StringBuilder();
      for (String line : parts[block].split("\n")) {
        sample.append(line);
        if (line.length() < FULL_LINE) {
          samples.add(sample.toString());
          sample.setLength(0);
        }
      }
    }
    samples.removeIf(String::isEmpty);
    return samples;
  }

  private String chapter(String name) {
    int start = specification.indexOf("\n## " + name + "\n");
    assertThat(start).as("the chapter %s", name).isPositive();
    return specification.substring(start, specification.indexOf("\n## ", start + 1));
  }

  private static String row(FieldDescriptor field) {
    String type = switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getName();
      case ENUM -> field.getEnumType().getName();
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
    String repeated = field.isRepeated() ? "repeated " : "";
    boolean frame = field.getContainingType().getName().equals("Frame");
    String end = frame ? " | to " : " |";
    return "\n| " + field.getNumber() + " | `" + field.getName() + "` | " + repeated + type + end;
  }

  private static long rows(String section) {
    return section.lines().filter(line -> line.matches("\\| [0-9]+ \\|.*")).count();
  }

  /** From the heading of that name to the next heading. */
  private String section(String name) {
    int start = specification.indexOf("\n#### " + name + "\n");
    assertThat(start).as("the section %s", name).isPositive();
    int end = specification.indexOf("\n#", start + 1);
    return specification.substring(start, end);
  }

  private static String read() {
    try {
      return Files.readString(Path.of("README.md"));
    } catch (IOException e) {
      throw new AssertionError("tests run in the module's folder", e);
    }
  }
}
