package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeshVersionsTest {
  private static MeshVersions versions(int oldest, int newest) {
    return new MeshVersions(oldest, newest);
  }

  @Test
  void theNewestThatAllSpeakIsSpoken() {
    assertThat(MeshVersions.common(List.of(versions(1, 2), versions(2, 3)))).hasValue(2);
    assertThat(MeshVersions.common(List.of(versions(1, 3), versions(1, 3)))).hasValue(3);
    assertThat(MeshVersions.common(List.of(versions(1, 1), versions(2, 3)))).isEmpty();
    assertThat(MeshVersions.common(List.of(versions(1, 2), versions(2, 3), versions(3, 3))))
        .as("each two have one in common, and all three have none")
        .isEmpty();
    assertThat(MeshVersions.common(List.of())).hasValue(MeshVersions.SPOKEN.newest());
  }

  @Test
  void aMessageIsUnderstoodWithinTheEndsAndNotBeyond() {
    MeshVersions spoken = versions(2, 4);
    assertThat(List.of("2", "3", "4")).allMatch(spoken::understand);
    assertThat(List.of("1", "5", "", "-2", "two", "2.0", "99999999999999999999"))
        .noneMatch(spoken::understand);
  }

  @Test
  void whatIsWrittenIsReadAndNothingElse() {
    assertThat(MeshVersions.parse(versions(3, 12).toString())).contains(versions(3, 12));
    assertThat(List.of("", "1", "1-", "-1", "0-1", "2-1", "1-2-3", "a-b", "1-9999999"))
        .allMatch(text -> MeshVersions.parse(text).isEmpty());
    assertThatThrownBy(() -> versions(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> versions(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
