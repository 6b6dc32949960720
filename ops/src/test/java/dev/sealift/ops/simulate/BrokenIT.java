package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation bites: a system that is broken on purpose is found out within some hundred seeds. This is every other way to break it; {@link OtherBrokenIT} has the rest, so that two processes share them. */
class BrokenIT {
  private static final long SEEDS = 300;

  static Stream<Broken> ways() {
    return everyOther(0);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isFoundOut(Broken broken) throws Exception {
    requireFoundOut(broken);
  }

  static Stream<Broken> everyOther(int first) {
    Broken[] all = Broken.values();
    return IntStream.range(0, all.length).filter(at -> at % 2 == first).mapToObj(at -> all[at]);
  }

  static void requireFoundOut(Broken broken) throws Exception {
    MutatedRuns runs = broken.mutation().load();
    Optional<?> fault = Optional.empty();
    for (long seed = 1; seed <= SEEDS && fault.isEmpty(); seed++) {
      fault = runs.fault(seed);
    }
    assertThat(fault).as("what %s leads to", broken).isPresent();
  }
}
