package dev.sealift.ops.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.support.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Dockerfile puts together, without a container engine: the jars of the build on a Java runtime linked of exactly the
 * modules that stand in {@code image/modules}, by the JDK that runs these tests.
 */
class ImageIT {
  private static final Duration DEADLINE = Duration.ofSeconds(120);
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  /** Java options that this JDK is too old to know. */
  private static final String UNSAFE_NOTICE = "--sun-misc-unsafe-memory-access";

  private static final int UNSAFE_NOTICE_SINCE = 24;

  @TempDir
  static Path folder;

  private static Path runtime;

  @BeforeAll
  static void linkARuntime() throws Exception {
    Path jlink = JDK.resolve("bin/jlink");
    assumeTrue(Files.isExecutable(jlink), "this JVM has no jlink, so no runtime can be linked");
    assumeTrue(
        Files.isDirectory(JDK.resolve("jmods")) || linksFromItself(jlink),
        "this JDK has no jmods to link from");
    runtime = folder.resolve("runtime");
    String modules = String.join(",", modules());
    try (ChildJvm linking = ChildJvm.run(List.of(
        jlink.toString(), "--add-modules", modules, "--strip-debug", "--output", runtime + ""))) {
      assertThat(linking.awaitExit(DEADLINE)).as("jlink: %s", linking.lines()).isZero();
    }
  }

  private static boolean linksFromItself(Path jlink) throws Exception {
    try (ChildJvm help = ChildJvm.run(List.of(jlink.toString(), "--help"))) {
      help.awaitExit(DEADLINE);
      return help.lines().stream().anyMatch(l -> l.contains("run-time image enabled"));
    }
  }

  static List<String> modules() throws IOException {
    return Files.readAllLines(Path.of("image", "modules")).stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  /** As a member of a cluster, since that needs the most: Hazelcast, the bus, all verticles, Conscrypt, SQLite. */
  @Test
  void aMeshServesADeviceOnTheModulesOfTheImage() throws Exception {
    try (ChildJvm mesh = up("--cluster-port", "0", "--port", "0");
        Sealift device = Sealift.open(folder.resolve("device"))) {
      String up = mesh.awaitLine(line -> line.startsWith("{"), DEADLINE);
      Space space = device.create("notes", Schema.of(Schema.table("notes", "id").text("text")));
      space.connect(URI.create(new JsonObject(up).getString("url")));
      space.table("notes").put("1", Row.of("text", "small"));
      space.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

      assertThat(mesh.stop(DEADLINE)).isZero();
      assertThat(mesh.lines().stream().filter(line -> !isOfASlowMachine(line)))
          .as("a library that misses a module says so in a warning at most")
          .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "))
          .noneMatch(line -> line.contains("NoClassDefFound") || line.contains("WARNING"));
    }
  }

  /** That a thread did not get on, which where other things run says nothing of modules. */
  private static boolean isOfASlowMachine(String line) {
    return line.contains(" has been blocked for ");
  }

  @Test
  void theRuntimeHasNoDesktopAndNoCompiler() {
    assertThat(runtime.resolve("lib/libawt.so")).doesNotExist();
    assertThat(runtime.resolve("bin/javac")).doesNotExist();
  }

  private static ChildJvm up(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(runtime.resolve("bin/java").toString());
    command.add("@" + jvmOptions());
    command.addAll(List.of("-jar", jar().toString(), "up", "--json"));
    command.addAll(List.of("--data", folder.resolve("mesh").toString()));
    command.addAll(List.of(options));
    return ChildJvm.run(command);
  }

  /** The image's own, on an older JDK without what that does not know. */
  private static Path jvmOptions() throws IOException {
    List<String> options = Files.readAllLines(Path.of("image", "jvm.options")).stream()
        .filter(option ->
            Runtime.version().feature() >= UNSAFE_NOTICE_SINCE || !option.startsWith(UNSAFE_NOTICE))
        .toList();
    return Files.write(folder.resolve("jvm.options"), options);
  }

  /** As the Dockerfile lays them out: the jars of run time and this module's own in one folder. */
  private static Path jar() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("lib"));
    copy(Path.of("target", "lib"), "*.jar", lib);
    copy(Path.of("target"), "sealift-ops-*.jar", lib);
    try (DirectoryStream<Path> own = Files.newDirectoryStream(lib, "sealift-ops-*.jar")) {
      return own.iterator().next();
    }
  }

  private static void copy(Path from, String glob, Path to) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(from, glob)) {
      for (Path jar : jars) {
        Files.copy(jar, to.resolve(jar.getFileName()));
      }
    }
  }
}
