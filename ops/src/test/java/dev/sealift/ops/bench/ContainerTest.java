package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured as a container's is what containers get. */
class ContainerTest {
  private static final Path OPS = Path.of("").toAbsolutePath();

  @Test
  void theHeapIsWhatTheImageGives() throws Exception {
    assertThat(Files.readAllLines(OPS.resolve("image/jvm.options")))
        .contains("-XX:MaxRAMPercentage=" + Container.HEAP_PERCENT, "-XX:+ExitOnOutOfMemoryError");
    assertThat(Container.FLAGS).contains("-Xmx512m");
  }

  @Test
  void theMemoryIsWhatKubernetesGives() throws Exception {
    for (String part : List.of("gateway", "merge-engine", "storage-adapter")) {
      assertThat(Files.readString(OPS.resolve("kubernetes/ha/" + part + ".yaml")))
          .containsPattern("limits:\\s+memory: 1Gi");
    }
    assertThat(Container.BYTES).isEqualTo(1L << 30);
  }
}
