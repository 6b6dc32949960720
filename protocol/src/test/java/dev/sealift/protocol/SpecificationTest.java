package dev.sealift.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.wire.Handshake;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** That the specification says of every field, number and limit what the code does, and that its vectors are true. */
class SpecificationTest {
  private static final List<FileDescriptor> MESSAGES =
      List.of(HeaderBody.getDescriptor().getFile(), Frame.getDescriptor().getFile());

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
  void itsVectorsOfIdsFilesAndJoinsAreTrue() {
    SampleDevice device = SampleDevice.number(1);
    SampleDevice joiner = SampleDevice.number(2);
    SignedHeader genesis = SampleFiles.genesis(device);
    assertVector(device.keys().signing().toByteArray());
    assertVector(device.id().toByteArray());
    assertVector(genesis.toByteArray());
    assertVector(genesis.id().toByteArray());
    assertVector(JoinSignature.sign(
        SampleDevice.number(10).signing(), genesis.space(), joiner.keys(), joiner.member()));
  }

  @Test
  void itsVectorsOfConnectionsAreTrue() {
    SampleDevice device = SampleDevice.number(1);
    Handshake handshake =
        new Handshake(1, SampleFiles.NOTARY, filled(0x11), filled(0x22), filled(0x33));
    assertVector(handshake.signAsNotary(SampleFiles.NOTARY_KEY, SampleFiles.NEW_YEAR_MILLIS));
    assertVector(handshake.signAsDevice(device.signing(), device.id()));
    assertVector(handshake.signAsInvitation(SampleDevice.number(2).signing(), device.id()));
  }

  @Test
  void itsVectorsOfInvitationsAreTrue() {
    InvitationKeys keys = InvitationKeys.derive(SampleDevice.filled(32, 0x5e));
    assertVector(keys.signing().seed());
    assertVector(keys.publicKeys().signing().toByteArray());
    assertVector(keys.hpkePrivate());
    assertVector(keys.publicKeys().hpke().toByteArray());
  }

  private void assertVector(byte[] bytes) {
    String unwrapped = specification.replaceAll("([0-9a-f])\n([0-9a-f])", "$1$2");
    assertThat(unwrapped).contains(HexFormat.of().formatHex(bytes));
  }

  private static ByteString filled(int fill) {
    return SampleFiles.filled(32, fill);
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
