package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictYamlTest {
  private static final Path MESH = Kustomization.FOLDER.resolve("single/mesh.yaml");

  @ParameterizedTest
  @CsvSource({
    "serviceName:, servicename:",
    "terminationGracePeriodSeconds:, terminationGraceSeconds:",
    "runAsNonRoot:, runAsNonroot:",
    "readOnlyRootFilesystem:, readOnlyRootFileSystem:",
    "periodSeconds:, period:",
    "sizeLimit:, limit:",
    "accessModes:, accessMode:",
  })
  void aFieldThatKubernetesDoesNotKnowIsRefused(String field, String misspelt) throws Exception {
    String text = Files.readString(MESH);
    assertThat(StrictYaml.objects(text)).hasSize(2);
    assertThat(text).contains(field);

    assertThatThrownBy(() -> StrictYaml.objects(text.replace(field, misspelt)))
        .isInstanceOf(UnrecognizedPropertyException.class);
  }

  @Test
  void aFieldTwiceIsRefused() throws Exception {
    String text = Files.readString(MESH);

    assertThatThrownBy(() ->
            StrictYaml.objects(text.replace("  replicas: 1\n", "  replicas: 1\n  replicas: 2\n")))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("replicas");
  }

  @Test
  void aKindOrVersionThatIsNotOursIsRefused() throws Exception {
    String text = Files.readString(MESH);

    assertThatThrownBy(() -> StrictYaml.objects(text.replace("apps/v1", "apps/v1beta1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("apps/v1beta1 StatefulSet");
  }
}
