package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonthOfVersionsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noValueIsLostInAMonthOfVersionsSideBySide(long seed) {
    Result result = Campaign.one(Scenario.VERSIONS, seed, true);

    assertThat(result.fault()).isEqualTo(Optional.empty());
    assertThat(result.counts().events()).isGreaterThan(300);
    assertThat(result.counts().files()).isGreaterThan(30);
    assertThat(result.trace()).anyMatch(line -> line.contains("is updated to version 3"));
  }
}
