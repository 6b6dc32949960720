package dev.sealift.gateway.session;

/** How often a question to the mesh is asked again, and what a device is told after the last time. */
final class Retry {
  /**
   * With the waits below and the mesh's time limit on each try, a moved shard is found again while the device waits; more
   * tries would only keep it from trying another gateway.
   */
  static final int MAX_TRIES = 4;

  /** Before the second try: a restarting verticle or a moving shard is back within about this time. */
  static final long FIRST_WAIT_MILLIS = 100;

  /** What a device is told to wait before it tries again: longer than our own tries were apart. */
  static final long RETRY_AFTER_MILLIS = 2_000;

  private Retry() {}

  static boolean again(MeshTrouble trouble, int triesSoFar) {
    return trouble.passing() && triesSoFar < MAX_TRIES;
  }

  /** 100 ms, 400 ms, 1.6 s. */
  static long waitMillis(int triesSoFar) {
    return FIRST_WAIT_MILLIS << (2 * (triesSoFar - 1));
  }
}
