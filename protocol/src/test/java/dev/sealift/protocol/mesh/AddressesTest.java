package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void eachEngineHasAddressesOfItsOwn() {
    assertThat(Set.of(Addresses.admit("a"), Addresses.admit("b"), Addresses.authorize("a")))
        .hasSize(3);
    assertThat(Addresses.admit("a")).isEqualTo("sealift.engine.a.admit");
    assertThat(Addresses.authorize("a")).isEqualTo("sealift.engine.a.authorize");
  }
}
