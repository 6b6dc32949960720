package dev.sealift.compactor;

/**
 * The mesh's time as this process may rely on it for reclaiming: its own clock's, or an engine's where that is behind. A clock that is ahead would call devices unseen that were
 * seen, and compactions old that are new; one that is behind costs time.
 */
final class ServerTime {
  private boolean wasHeard;
  private long heard;
  private long heardAt;

  /** An engine has published what its clock shows. */
  void heard(long engineMillis, long nowMillis) {
    boolean isBehind = !wasHeard || engineMillis < at(nowMillis);
    if (isBehind || nowMillis - heardAt >= CompactorLimits.ENGINE_TIME_MILLIS) {
      wasHeard = true;
      heard = engineMillis;
      heardAt = nowMillis;
    }
  }

  /** The earlier one. */
  long now(long wallMillis, long nowMillis) {
    return wasHeard ? Math.min(wallMillis, at(nowMillis)) : wallMillis;
  }

  private long at(long nowMillis) {
    return heard + nowMillis - heardAt;
  }
}
