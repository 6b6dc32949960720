package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 7, 42})
  void aSeedIsTheSameRunEachTime(long seed) {
    Result first = Campaign.one(seed, true);
    Result second = Campaign.one(seed, true);

    assertThat(second.trace()).isEqualTo(first.trace());
    assertThat(second.traceHash()).isEqualTo(first.traceHash());
    assertThat(second.counts()).isEqualTo(first.counts());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7})
  void whetherTheTraceIsKeptMakesNoDifference(long seed) {
    Result without = Campaign.one(seed, false);

    assertThat(without.trace()).isEmpty();
    assertThat(without.traceHash()).isEqualTo(Campaign.one(seed, true).traceHash());
    assertThat(without.fault()).isEqualTo(Optional.empty());
    assertThat(without.counts().events()).isPositive();
    assertThat(without.counts().files()).isPositive();
  }

  @Test
  void anotherSeedIsAnotherRun() {
    assertThat(Campaign.one(1, false).traceHash())
        .isNotEqualTo(Campaign.one(2, false).traceHash());
  }
}
