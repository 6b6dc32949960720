package dev.sealift.merge;

import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;

/** What the core decided about one file. Only a commit makes it true. */
sealed interface Verdict {
  /** The file stands in a draft of its own request. */
  record Admitted(long sequence, long serverTimeMillis, long base) implements Verdict {}

  /** The file was durable before: the receipt it got then, with a path to the durable head. */
  record Repeated(Receipt receipt) implements Verdict {}

  /** The same file is on its way to the store already; its receipt can be given once it is there. */
  record UnderWay() implements Verdict {}

  record Denied(Refusal refusal) implements Verdict {
    boolean isOverQuota() {
      return refusal.getCode() == RefusalCode.REFUSAL_CODE_OVER_QUOTA;
    }

    /**
     * Whether another state of the space could have led to another decision. Such a refusal leaves
     * the engine only when the store has confirmed that state after the request came, since another
     * engine may have gone on with the space meanwhile.
     */
    boolean restsOnState() {
      return restsOnState(refusal.getCode());
    }

    private static boolean restsOnState(RefusalCode code) {
      return switch (code) {
        case REFUSAL_CODE_MALFORMED,
            REFUSAL_CODE_WRONG_SPACE,
            REFUSAL_CODE_BAD_SIGNATURE,
            REFUSAL_CODE_PAYLOAD_MISMATCH,
            REFUSAL_CODE_CLOCK_AHEAD,
            REFUSAL_CODE_BAD_SUPERSEDE,
            REFUSAL_CODE_UNSUPPORTED,
            REFUSAL_CODE_BUSY,
            REFUSAL_CODE_CLOCK_DOUBTFUL,
            REFUSAL_CODE_STORE_UNAVAILABLE -> false;
        default -> true;
      };
    }
  }
}
