package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Headers of the event bus and of HTTP. */
class MeshTextsFuzzTest {
  @FuzzTest
  void versions(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    MeshVersions.parse(text)
        .ifPresent(
            versions -> assertThat(MeshVersions.parse(versions.toString())).contains(versions));
    assertThat(MeshVersions.SPOKEN.understand(text)).isIn(true, false);
  }

  /** It goes into log lines. */
  @FuzzTest
  void requestId(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    String id = RequestId.parse(text);
    assertThat(id).matches("[0-9a-f]{16}|-");
    assertThat(id.equals(text) || id.equals(RequestId.UNKNOWN)).isTrue();
  }
}
