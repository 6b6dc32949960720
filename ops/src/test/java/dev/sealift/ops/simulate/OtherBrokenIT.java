package dev.sealift.ops.simulate;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways to break a system that {@link BrokenIT} leaves over. */
class OtherBrokenIT {
  static Stream<Broken> ways() {
    return BrokenIT.everyOther(1);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isFoundOut(Broken broken) throws Exception {
    BrokenIT.requireFoundOut(broken);
  }
}
