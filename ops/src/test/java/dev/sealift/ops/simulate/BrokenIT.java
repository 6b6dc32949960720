package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation bites: a system that is broken on purpose is found out within some hundred seeds. */
class BrokenIT {
  private static final long SEEDS = 300;

  @ParameterizedTest
  @EnumSource
  void isFoundOut(Broken broken) throws Exception {
    MutatedRuns runs = broken.mutation().load();
    Optional<?> fault = Optional.empty();
    for (long seed = 1; seed <= SEEDS && fault.isEmpty(); seed++) {
      fault = runs.fault(seed);
    }
    assertThat(fault).as("what %s leads to", broken).isPresent();
  }
}
