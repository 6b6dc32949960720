package dev.sealift.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.RankRule;
import dev.sealift.protocol.proto.Rules;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class SpaceRulesTest {
  private static final long LONGEST = Duration.ofDays(36_500).toMillis();
  private static final List<BiFunction<Rules.Builder, Long, Rules.Builder>> DURATIONS = List.of(
      Rules.Builder::setCutOffMillis,
      Rules.Builder::setReviewWindowMillis,
      Rules.Builder::setClockBoundMillis,
      Rules.Builder::setLateAfterMillis);

  @Test
  void theDefaultsAreThoseOfTheSpecification() {
    SpaceRules rules = SpaceRules.defaults();
    assertThat(rules.rankRule()).isEqualTo(RankRule.RANK_RULE_HYBRID_TIME);
    assertThat(rules.cutOffMillis()).isEqualTo(7_776_000_000L);
    assertThat(rules.reviewWindowMillis()).isEqualTo(2_592_000_000L);
    assertThat(rules.clockBoundMillis()).isEqualTo(300_000L);
    assertThat(rules.lateAfterMillis()).isEqualTo(86_400_000L);
  }

  @Test
  void theyComeBackFromTheirMessage() throws FormatException {
    SpaceRules rules = new SpaceRules(RankRule.RANK_RULE_ARRIVAL, 1, 2, 3, LONGEST);
    assertThat(SpaceRules.parse(rules.toProto())).isEqualTo(rules);
  }

  @Test
  void everyDurationHasBounds() throws FormatException {
    for (BiFunction<Rules.Builder, Long, Rules.Builder> set : DURATIONS) {
      for (long good : new long[] {1, LONGEST}) {
        Rules rules =
            set.apply(SpaceRules.defaults().toProto().toBuilder(), good).build();
        assertThat(SpaceRules.parse(rules).toProto()).isEqualTo(rules);
      }
      for (long bad : new long[] {0, -1, LONGEST + 1, Long.MAX_VALUE}) {
        Rules rules =
            set.apply(SpaceRules.defaults().toProto().toBuilder(), bad).build();
        assertThatThrownBy(() -> SpaceRules.parse(rules)).isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void anUnknownRankRuleIsRefused() {
    Rules rules =
        SpaceRules.defaults().toProto().toBuilder().setRankRuleValue(2).build();
    assertThatThrownBy(() -> SpaceRules.parse(rules))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("rank rule");
  }

  @Test
  void rulesMayNotBeLeftOut() {
    assertThatThrownBy(() -> SpaceRules.parse(Rules.getDefaultInstance()))
        .isInstanceOf(FormatException.class);
  }
}
