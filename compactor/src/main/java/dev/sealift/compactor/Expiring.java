package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.ExpireReply;

/**
 * The payloads of one space that are to expire: when the next one does, as the store said, and when to ask the store for it. What comes between is not
 * known, and found with the next answer.
 */
final class Expiring {
  static final long NEVER = Long.MAX_VALUE;

  private long expiresAt; // by server time; 0: none is known
  private long serverTime; // that the log has reached, as far as it was heard of
  private long dueAt = NEVER;
  private long againAt = Long.MIN_VALUE;
  private boolean isUnderWay;

  /** When there is something to ask. */
  long dueAt() {
    return isUnderWay ? NEVER : dueAt;
  }

  boolean isDue(long now) {
    return dueAt() <= now;
  }

  /**
   * The store has said when the next one expires.
   *
   * @param expiresAtMillis 0: none of them does
   * @param serverTimeMillis of the log's last file
   */
  void told(long expiresAtMillis, long serverTimeMillis, long now) {
    expiresAt = expiresAtMillis;
    reached(serverTimeMillis, now);
  }

  /** The log has come to this server time, by the news of it; or is known to have been there. */
  void reached(long serverTimeMillis, long now) {
    serverTime = Math.max(serverTime, serverTimeMillis);
    dueAt = expiresAt > 0 && expiresAt <= serverTime ? Math.max(now, againAt) : NEVER;
  }

  /** The store is asked now. */
  void begin() {
    isUnderWay = true;
  }

  /** Goes on at once while there is more; a store that does not get on is asked again much later. */
  void answered(ExpireReply reply, long now) {
    isUnderWay = false;
    expiresAt = reply.getExpiresAtMillis();
    if (reply.getFiles() == 0) {
      againAt = now + CompactorLimits.RECLAIM_AGAIN_MILLIS;
      serverTime = 0; // it was taken for later than it is, or the store holds back
    } else {
      againAt = reply.getMore() ? now : now + CompactorLimits.EXPIRE_EVERY_MILLIS;
    }
    reached(0, now);
    if (reply.getRecovering() || reply.getMore()) {
      dueAt = againAt;
    }
  }

  void failed(long now) {
    isUnderWay = false;
    againAt = now + CompactorLimits.AGAIN_MILLIS;
    reached(0, now);
  }
}
