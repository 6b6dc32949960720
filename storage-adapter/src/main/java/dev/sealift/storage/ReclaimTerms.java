package dev.sealift.storage;

import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import java.util.Optional;

/** Whether a compaction may take the place of what it supersedes, for good, by what the store has at this moment. */
public final class ReclaimTerms {
  /**
   * A compaction that stands.
   *
   * @param first of its range
   * @param base the end of its range
   * @param stoodAtMillis server time of the file since which it stands; 0 if that was not noted
   */
  public record Standing(long first, long base, long stoodAtMillis) {}

  /** Files to look at: those behind a sequence, up to another. */
  public record Look(long after, long upTo) {
    public boolean isEmpty() {
      return upTo <= after;
    }
  }

  private ReclaimTerms() {}

  /**
   * What speaks against it; nothing of the space goes then.
   *
   * @param standing empty when there is no such compaction, or it does not stand
   * @param isRecovering whether the store was restored, and the space has not begun anew
   * @param devicesBehind how many were seen lately and are not past its last part
   */
  public static ReclaimHindrance hindrance(
      ReclaimRequest request,
      Optional<Standing> standing,
      boolean isRecovering,
      long devicesBehind) {
    if (standing.isEmpty()) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING;
    }
    if (isRecovering) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_RECOVERING;
    }
    long stoodAt = standing.get().stoodAtMillis;
    if (stoodAt == 0 || stoodAt >= request.getStoodBeforeMillis()) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_GRACE;
    }
    return devicesBehind > 0
        ? ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND
        : ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED;
  }

  /** What a request looks at of the range, membership files and what went before included, so that its time is bounded. */
  public static Look look(ReclaimRequest request, Standing standing) {
    long after = Math.max(request.getAfter(), standing.first - 1);
    return new Look(after, Math.min(standing.base, after + request.getMaxFiles()));
  }

  /** The answer of one that changed nothing. */
  public static ReclaimReply refusal(ReclaimHindrance hindrance, long devicesBehind) {
    ReclaimReply.Builder reply = ReclaimReply.newBuilder().setHindrance(hindrance);
    return hindrance == ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND
        ? reply.setDevicesBehind(devicesBehind).build()
        : reply.build();
  }

  /** How far a request got, as its answer says it: 0 at the end. */
  public static long lookedAt(long reached, Standing standing) {
    return reached < standing.base ? reached : 0;
  }
}
