package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeshFailureTest {
  /** Old and new verticles run side by side: if this test fails, they misunderstand each other. */
  @Test
  void codesAreAsTheyEverWere() {
    assertThat(MeshFailure.BUSY.code()).isEqualTo(1);
    assertThat(MeshFailure.UNAVAILABLE.code()).isEqualTo(2);
    assertThat(MeshFailure.MALFORMED.code()).isEqualTo(3);
    assertThat(MeshFailure.INTERNAL.code()).isEqualTo(4);
    assertThat(MeshFailure.VERSION.code()).isEqualTo(5);
  }

  @Test
  void everyCodeLeadsBackToItsFailure() {
    for (MeshFailure failure : MeshFailure.values()) {
      assertThat(MeshFailure.ofCode(failure.code())).contains(failure);
    }
  }

  @Test
  void aCodeOfANewerVersionIsNone() {
    for (int code : new int[] {-1, 0, 6, Integer.MAX_VALUE}) {
      assertThat(MeshFailure.ofCode(code)).isEmpty();
    }
  }
}
