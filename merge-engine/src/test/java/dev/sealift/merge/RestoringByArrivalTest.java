package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;

/** The same where files have bases: nobody says them, and the tree has them in it. */
class RestoringByArrivalTest extends RestoringTest {
  private static final long LATE_AFTER_MILLIS = 1_000;

  @Override
  SpaceRules rules() {
    try {
      return SpaceRules.byArrival(LATE_AFTER_MILLIS);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** Where nothing expires. */
  @Override
  long expiryMillis() {
    return 0;
  }
}
