package dev.sealift.ops;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import dev.sealift.protocol.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whatever makes an object of bytes or text from outside is fed by a fuzz target, or it says here why not: a new decoder is not
 * forgotten. A target feeds a class when its source says so, by {@code Class.method(} or {@code new Class(}.
 */
@AnalyzeClasses(packages = "dev.sealift", importOptions = ImportOption.DoNotIncludeTests.class)
class DecodersAreFuzzedTest {
  private static final Pattern READING =
      Pattern.compile("(parse|read|decode|restore|unwrap|unpack|open|check|of)[A-Za-z]*");
  private static final Set<String> RAW = Set.of(
      byte[].class.getName(),
      ByteString.class.getName(),
      ByteBuffer.class.getName(),
      InputStream.class.getName(),
      String.class.getName());

  /** By class, and why. */
  private static final Map<String, String> EXCUSED = Map.ofEntries(
      Map.entry("CollectionId", "a length; fed by the header that it stands in"),
      Map.entry("DeviceId", "a length; fed by the header that it stands in"),
      Map.entry("FileId", "a length; fed by the header that it stands in"),
      Map.entry("Hash", "a length; fed by heads and proofs"),
      Map.entry("MemberId", "a length; fed by the membership that it stands in"),
      Map.entry("SpaceId", "a length; fed by the header that it stands in"),
      Map.entry("VerifyingKey", "a length; fed by links, members and connections"),
      Map.entry("TreeHead", "fed by SignedTreeHead"),
      Map.entry("Incarnation", "fed by SignedIncarnation"),
      Map.entry("Handshake", "fed by WelcomeStatement"),
      Map.entry("HeaderCodec", "fed by SignedHeader"),
      Map.entry("ShownReceipt", "fed by Evidence"),
      Map.entry("RunsReader", "fed by PayloadCodec"),
      Map.entry("RowMeta", "fed by RowState"),
      Map.entry("Utf8", "fed by PayloadCodec and its columns"),
      Map.entry("JsonFrameReader", "fed by its subprotocol's codec"),
      Map.entry("BinaryCodec", "fed by its subprotocol"),
      Map.entry(
          "JsonCodec",
          "fed by its subprotocol; the client's of that name reads what the app's own columns hold"),
      Map.entry("FrameCodec", "of its subprotocols, which are fed"),
      Map.entry("LogVerifier", "fed by SyncCore"),
      Map.entry("AdmissionGrant", "of the mesh's own store, and signed by its notary"),
      Map.entry("TokenKeyFile", "an operator's own file"),
      Map.entry("Exposition", "of the operator's own processes"),
      Map.entry("SpaceHead", "fed by GatewaySession"),
      Map.entry("EpochKey", "a length, and sealing by Tink"),
      Map.entry("DeviceKeyPair", "of this device's own vault"),
      Map.entry("SpaceKeys", "of this device's own vault"),
      Map.entry("KeySealing", "HPKE by Tink, and a length"));

  @ArchTest
  static void everyDecoderHasATarget(JavaClasses classes) {
    String targets = sources();
    Set<String> missing = new TreeSet<>();
    classes.stream()
        .filter(type -> type.getMethods().stream().anyMatch(DecodersAreFuzzedTest::isDecoder))
        .filter(type -> !EXCUSED.containsKey(type.getSimpleName()) && !isFed(type, targets))
        .forEach(type -> missing.add(type.getName()));
    assertThat(missing)
        .as("decoders without a fuzz target, and without an excuse")
        .isEmpty();
  }

  /** An excuse that is no longer needed would hide the next one of that name. */
  @ArchTest
  static void everyExcuseIsOfADecoder(JavaClasses classes) {
    Set<String> decoders = new TreeSet<>();
    classes.stream()
        .filter(type -> type.getMethods().stream().anyMatch(DecodersAreFuzzedTest::isDecoder))
        .forEach(type -> decoders.add(type.getSimpleName()));
    assertThat(decoders).containsAll(EXCUSED.keySet());
  }

  private static boolean isDecoder(JavaMethod method) {
    return READING.matcher(method.getName()).matches()
        && !method.getModifiers().contains(JavaModifier.PRIVATE)
        && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
        && method.getRawParameterTypes().stream().anyMatch(type -> RAW.contains(type.getName()))
        && method.getThrowsClause().stream()
            .anyMatch(thrown -> thrown.getRawType().isAssignableTo(FormatException.class));
  }

  private static boolean isFed(JavaClass type, String targets) {
    String name = type.getSimpleName();
    return targets.contains(name + ".") || targets.contains("new " + name + "(");
  }

  /** Of all targets, one behind the other. */
  private static String sources() {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(DecodersAreFuzzedTest::targetsBelow)
          .collect(joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> targetsBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("FuzzTest.java"))
          .map(DecodersAreFuzzedTest::text)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
