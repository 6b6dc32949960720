package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void eachEngineAndEachStorageAdapterHasAddressesOfItsOwn() {
    assertThat(Set.of(Addresses.admit("a"), Addresses.admit("b"), Addresses.authorize("a")))
        .hasSize(3);
    assertThat(Set.of(Addresses.stage("a"), Addresses.stage("b"), Addresses.commit("a")))
        .hasSize(3);
    assertThat(Addresses.stage("a")).isEqualTo("sealift.store.a.stage");
    assertThat(Addresses.commit("a")).isEqualTo("sealift.store.a.commit");
    assertThat(Addresses.admit("a")).isEqualTo("sealift.engine.a.admit");
    assertThat(Addresses.authorize("a")).isEqualTo("sealift.engine.a.authorize");
  }

  @Test
  void soHasEachGatewayAndEachCompactor() {
    assertThat(Addresses.offer("a")).isEqualTo("sealift.gateway.a.offer");
    assertThat(Addresses.presence("a")).isEqualTo("sealift.compactor.a.presence");
  }
}
