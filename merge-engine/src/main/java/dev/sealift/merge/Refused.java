package dev.sealift.merge;

import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;

/**
 * A file is not admitted. Thrown by the checks, caught once for each file; it carries no stack trace
 * because a hostile device can cause as many as it likes.
 */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  private Refused(Refusal refusal) {
    super(refusal.getCode().name(), null, false, false);
    this.refusal = refusal;
  }

  static Refused because(RefusalCode code) {
    return new Refused(Refusal.newBuilder().setCode(code).build());
  }

  /** The chain does not go on this way; says which counter would. */
  static Refused ofChain(RefusalCode code, ChainHead head) {
    return new Refused(Refusal.newBuilder()
        .setCode(code)
        .setExpectedCounter(head.nextCounter())
        .build());
  }

  /** Not now, and not before this time is over. */
  static Refused until(RefusalCode code, long retryAfterMillis) {
    return new Refused(
        Refusal.newBuilder().setCode(code).setRetryAfterMillis(retryAfterMillis).build());
  }

  /** It turns on what the store was not asked, since that was enough for once. */
  static Refused notLookedUp() {
    return until(RefusalCode.REFUSAL_CODE_BUSY, 0);
  }

  /** The clock is too far ahead of this one. */
  static Refused clockAhead(long nowMillis) {
    return new Refused(Refusal.newBuilder()
        .setCode(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD)
        .setServerTimeMillis(nowMillis)
        .build());
  }

  Refusal refusal() {
    return refusal;
  }
}
