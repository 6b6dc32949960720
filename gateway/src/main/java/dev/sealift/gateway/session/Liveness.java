package dev.sealift.gateway.session;

/** Whether the device is there, and takes what it is sent. All times in milliseconds of one clock that never goes back. */
final class Liveness {
  enum Sign {
    WELL,
    /** Silent for a while: ask. */
    PING,
    /** Silent for too long. */
    GONE,
    /** The socket has been full for too long. */
    STUCK
  }

  private static final long NEVER = Long.MIN_VALUE;

  private final SessionLimits limits;
  private long heardAt;
  private boolean pinged;
  private long fullSince = NEVER;

  Liveness(SessionLimits limits, long now) {
    this.limits = limits;
    this.heardAt = now;
  }

  void heard(long now) {
    heardAt = now;
    pinged = false;
  }

  void socketFull(long now) {
    if (fullSince == NEVER) {
      fullSince = now;
    }
  }

  void socketDrained() {
    fullSince = NEVER;
  }

  /**
   * @param deaf reading is paused: that nothing is heard says nothing
   */
  Sign check(long now, boolean deaf) {
    if (fullSince != NEVER && now - fullSince >= limits.slowReaderMillis()) {
      return Sign.STUCK;
    }
    if (deaf) {
      heard(now);
      return Sign.WELL;
    }
    long silent = now - heardAt;
    if (silent >= limits.idleMillis()) {
      return Sign.GONE;
    }
    if (silent >= limits.pingMillis() && !pinged) {
      pinged = true;
      return Sign.PING;
    }
    return Sign.WELL;
  }
}
