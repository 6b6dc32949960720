package dev.sealift.ops.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example runs, and is what the README shows. */
class QuickStartIT {
  private static final Path SOURCE =
      Path.of("src", "test", "java", "dev", "sealift", "ops", "quickstart", "QuickStart.java");

  @TempDir
  private Path folder;

  @Test
  void theExampleSyncsTwoDevices() throws Exception {
    try (MeshProcess mesh =
        MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "test")) {
      String said =
          said(mesh.url().orElseThrow().toString(), folder.resolve("homes").toString());

      assertThat(said).startsWith("Ada: 5 minutes\nBen: 20 minutes\ndigest ");
    }
  }

  private static String said(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      QuickStart.main(arguments);
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theReadmeShowsIt() throws Exception {
    String source = Files.readString(SOURCE);
    String readme = Files.readString(Path.of("..", "README.md"));

    assertThat(readme).contains(source.substring(source.indexOf("/**")).strip());
  }
}
