package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.ops.support.ChildJvm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code kubectl} makes of each overlay. Without a kubectl it is skipped, which the test command of the project says aloud. */
class RenderIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  static Stream<String> overlays() {
    return Overlays.folders().stream();
  }

  @BeforeAll
  static void kubectlMustBeThere() throws Exception {
    boolean there;
    try (ChildJvm kubectl = ChildJvm.run(List.of("kubectl", "version", "--client"))) {
      there = kubectl.awaitExit(DEADLINE) == 0;
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "no kubectl on the PATH (Debian's kubernetes-client has it)");
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyOverlayRendersToWhatTheOtherTestsLookAt(String overlay) throws Exception {
    String folder = Kustomization.FOLDER.resolve(overlay).toString();
    try (ChildJvm kubectl = ChildJvm.run(List.of("kubectl", "kustomize", folder))) {
      assertThat(kubectl.awaitExit(DEADLINE)).as("%s", kubectl.lines()).isZero();
      String rendered = String.join("\n", kubectl.lines());
      List<HasMetadata> objects = StrictYaml.objects(rendered);

      assertThat(objects.stream().map(RenderIT::name))
          .containsExactlyInAnyOrderElementsOf(Kustomization.of(overlay).objects().stream()
              .map(Kustomization::name)
              .toList());
      assertThat(rendered.lines().filter(line -> line.contains("image: ")))
          .isNotEmpty()
          .allMatch(line -> line.matches(".*image: sealift:\\d+\\.\\d+\\.\\d+"));
      assertThat(rendered.lines())
          .as("a name without a hash would not roll the pods")
          .noneMatch(line -> line.endsWith("-settings") || line.endsWith("-keys"));
    }
  }

  /** Without the hash that a generated config map's name ends with. */
  private static String name(HasMetadata object) {
    return Kustomization.name(object).replaceFirst("^(ConfigMap .*-(settings|keys))-\\w+$", "$1");
  }
}
