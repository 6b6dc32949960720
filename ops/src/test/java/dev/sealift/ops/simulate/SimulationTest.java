package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fresh")
class SimulationTest {
  @ParameterizedTest
  @CsvSource({"TROUBLE, 1", "TROUBLE, 7", "COMPACTION, 1", "COMPACTION, 7", "VERSIONS, 1"})
  void aSeedIsTheSameRunEachTime(Scenario scenario, long seed) {
    Result first = Campaign.one(scenario, seed, true);
    Result second = Campaign.one(scenario, seed, true);

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
  void devicesCompactAndTheMeshReclaims() {
    Result run = Campaign.one(Scenario.COMPACTION, 16, true);

    assertThat(run.fault()).isEqualTo(Optional.empty());
    assertThat(run.trace()).anyMatch(line -> line.matches(".* mesh +reclaims \\d+ files up to .*"));
  }

  @Test
  void anotherSeedIsAnotherRun() {
    assertThat(Campaign.one(1, false).traceHash())
        .isNotEqualTo(Campaign.one(2, false).traceHash());
  }
}
