package dev.sealift.protocol.membership;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
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

  /**
   * The usual rules, with ranks by arrival.
   *
   * @throws FormatException when the duration is out of bounds
   */
  public static SpaceRules byArrival(long lateAfterMillis) throws FormatException {
    return parse(defaults().toProto().toBuilder()
        .setRankRule(RankRule.RANK_RULE_ARRIVAL)
        .setLateAfterMillis(lateAfterMillis)
        .build());
  }

  /** Whether files have places: events are ranked by when their files came, and only then by their own times. */
  public boolean isByArrival() {
    return rankRule == RankRule.RANK_RULE_ARRIVAL;
  }

  /**
   * Under the arrival rule, whether a file came so long after its newest event that its place is not where it came.
   *
   * @param newest the file's hybrid time
   */
  public boolean isLate(long serverTimeMillis, HybridTime newest) {
    return serverTimeMillis > newest.millis() + lateAfterMillis;
  }

  /**
   * A file's place as far as everybody can work it out, from its header and its leaf alone: what files that build on it have as their base at the least. 0 under the rule
   * by hybrid time.
   *
   * @param newest the file's hybrid time
   */
  public long publicPlace(long serverTimeMillis, long base, HybridTime newest) {
    if (!isByArrival()) {
      return 0;
    }
    return isLate(serverTimeMillis, newest) ? base : serverTimeMillis;
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
