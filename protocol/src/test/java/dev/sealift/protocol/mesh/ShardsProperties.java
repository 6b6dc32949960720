package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ShardsProperties {
  @Property(tries = 100)
  void whenAnEngineLeavesOnlyItsShardsMove(@ForAll("engines") Set<String> engines) {
    List<String> before = List.copyOf(engines);
    List<String> after = before.subList(1, before.size());
    String left = before.get(0);
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      String owner = Shards.owner(shard, before).orElseThrow();
      if (!owner.equals(left)) {
        assertThat(Shards.owner(shard, after)).contains(owner);
      }
    }
  }

  /** Each of n engines has 256/n shards give or take: far off would be a broken hash and not bad luck. */
  @Property(tries = 100)
  void shardsAreSpreadOverAllEngines(@ForAll("engines") Set<String> engines) {
    Map<String, Integer> shards = new HashMap<>();
    List<String> list = new ArrayList<>(engines);
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      shards.merge(Shards.owner(shard, list).orElseThrow(), 1, Integer::sum);
    }
    double fair = (double) Shards.COUNT / list.size();
    double sixDeviations = 6 * Math.sqrt(fair);
    assertThat(shards).hasSameSizeAs(list);
    assertThat(shards.values())
        .allSatisfy(n -> assertThat(Math.abs(n - fair)).isLessThan(sixDeviations));
  }

  @Provide
  Arbitrary<Set<String>> engines() {
    return Arbitraries.strings()
        .alpha()
        .numeric()
        .ofMinLength(1)
        .ofMaxLength(36)
        .set()
        .ofMinSize(2)
        .ofMaxSize(8);
  }
}
