package dev.sealift.protocol.membership;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.RankRule;
import dev.sealift.protocol.proto.Rules;
import java.time.Duration;

/** What a space fixes at its genesis, for ever. Durations are in milliseconds. */
public record SpaceRules(
    RankRule rankRule,
    long cutOffMillis,
    long reviewWindowMillis,
    long clockBoundMillis,
    long lateAfterMillis) {
  /** Longer than any of these makes sense, short enough that sums of times never overflow. */
  private static final long MAX_MILLIS = Duration.ofDays(36_500).toMillis();

  public static SpaceRules defaults() {
    return new SpaceRules(
        RankRule.RANK_RULE_HYBRID_TIME,
        Duration.ofDays(90).toMillis(),
        Duration.ofDays(30).toMillis(),
        Duration.ofMinutes(5).toMillis(),
        Duration.ofHours(24).toMillis());
  }

  /** @throws FormatException when a rule is unknown or out of bounds */
  public static SpaceRules parse(Rules rules) throws FormatException {
    if (rules.getRankRule() == RankRule.UNRECOGNIZED) {
      throw new FormatException("the space's rank rule is not one that is known here");
    }
    return new SpaceRules(
        rules.getRankRule(),
        duration(rules.getCutOffMillis()),
        duration(rules.getReviewWindowMillis()),
        duration(rules.getClockBoundMillis()),
        duration(rules.getLateAfterMillis()));
  }

  private static long duration(long millis) throws FormatException {
    if (millis < 1 || millis > MAX_MILLIS) {
      throw new FormatException("a duration among the space's rules is out of bounds");
    }
    return millis;
  }

  public Rules toProto() {
    return Rules.newBuilder()
        .setRankRule(rankRule)
        .setCutOffMillis(cutOffMillis)
        .setReviewWindowMillis(reviewWindowMillis)
        .setClockBoundMillis(clockBoundMillis)
        .setLateAfterMillis(lateAfterMillis)
        .build();
  }
}
