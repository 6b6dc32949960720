package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;
import java.time.Duration;

/**
 * What a space has for ever from when it is founded.
 *
 * @param ranking which of two writes stays
 * @param lateAfter under {@link Ranking#ARRIVAL}, how long after it was written a write may reach the mesh and still count as of when it came; 1 ms to 36,500 days
 */
public record SpaceOptions(Ranking ranking, Duration lateAfter) {
  private static final Duration USUAL_LATE_AFTER = Duration.ofHours(24);

  /** By hybrid time. */
  public static SpaceOptions defaults() {
    return new SpaceOptions(Ranking.HYBRID_TIME, USUAL_LATE_AFTER);
  }

  /** By arrival; what comes more than 24 hours after it was written is late. */
  public static SpaceOptions byArrival() {
    return new SpaceOptions(Ranking.ARRIVAL, USUAL_LATE_AFTER);
  }

  public SpaceOptions lateAfter(Duration newLateAfter) {
    return new SpaceOptions(ranking, newLateAfter);
  }

  /** @throws SealiftException {@code INVALID_INPUT} when the duration is out of bounds */
  SpaceRules rules() {
    try {
      return ranking == Ranking.ARRIVAL
          ? SpaceRules.byArrival(lateAfter.toMillis())
          : SpaceRules.defaults();
    } catch (FormatException | ArithmeticException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A write can count as late after 1 millisecond to 36,500 days. Choose a time between those.",
          e);
    }
  }
}
