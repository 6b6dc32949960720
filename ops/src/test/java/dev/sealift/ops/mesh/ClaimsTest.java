package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.Claims.Store;
import dev.sealift.protocol.mesh.MeshVersions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  private static final MeshVersions SPOKEN = new MeshVersions(2, 3);

  private static Claims store(Store store) {
    return new Claims(SPOKEN, Optional.empty(), store);
  }

  private static Claims notary(String key) {
    return new Claims(SPOKEN, Optional.of(key), Store.NONE);
  }

  private static Claims versions(int oldest, int newest) {
    return new Claims(new MeshVersions(oldest, newest), Optional.empty(), Store.NONE);
  }

  private static String refusal(Claims of, Claims... older) {
    return of.refusal(List.of(older)).map(MeshStartException::code).orElse("");
  }

  @Test
  void anEmbeddedStoreGoesTogetherWithNoOther() {
    assertThat(refusal(store(Store.EMBEDDED), store(Store.EMBEDDED))).isEqualTo("second-store");
    assertThat(refusal(store(Store.EMBEDDED), store(Store.SHARED))).isEqualTo("second-store");
    assertThat(refusal(store(Store.SHARED), store(Store.EMBEDDED))).isEqualTo("second-store");
    assertThat(refusal(store(Store.SHARED), store(Store.SHARED))).isEmpty();
    assertThat(refusal(store(Store.EMBEDDED), store(Store.NONE))).isEmpty();
    assertThat(refusal(store(Store.NONE), store(Store.EMBEDDED))).isEmpty();
    assertThat(refusal(store(Store.EMBEDDED))).isEmpty();
  }

  @Test
  void allWhoHaveANotaryHaveTheSame() {
    assertThat(refusal(notary("a"), notary("b"))).isEqualTo("other-notary");
    assertThat(refusal(notary("a"), notary("a"))).isEmpty();
    assertThat(refusal(notary("a"), store(Store.SHARED))).isEmpty();
  }

  @Test
  void allHaveAVersionInCommon() {
    assertThat(refusal(versions(3, 4), versions(1, 2))).isEqualTo("mesh-version");
    assertThat(refusal(versions(2, 3), versions(1, 2), versions(3, 4))).isEmpty();
    assertThat(refusal(versions(2, 3), versions(3, 3), versions(2, 2))).isEmpty();
    assertThat(refusal(versions(2, 2), versions(2, 3), versions(3, 3))).isEqualTo("mesh-version");
  }

  @Test
  void whoMayNotServeItselfDoesNotKeepAnotherFromServing() {
    assertThat(refusal(notary("a"), notary("a"), notary("b"))).isEmpty();
    assertThat(refusal(notary("b"), notary("a"), notary("b"))).isEqualTo("other-notary");
  }
}
