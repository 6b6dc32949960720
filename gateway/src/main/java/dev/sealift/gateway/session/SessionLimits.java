package dev.sealift.gateway.session;

/**
 * What an operator may set for each session. What both ends must agree on is in {@link dev.sealift.protocol.Limits}
 * instead, and cannot be set.
 *
 * @param authenticationMillis from connecting to a good Prove
 * @param framesPerSecond on the long run
 * @param framesBurst at once
 * @param bytesPerSecond received, on the long run
 * @param bytesBurst received at once; at least one frame of the largest size
 * @param pingMillis silence after which the gateway asks whether the device is there
 * @param idleMillis silence after which it takes the device for gone; more than {@code pingMillis}
 * @param slowReaderMillis how long the socket may stay full before the device is taken for stuck
 * @param recheckMillis how often an open session asks the engine again whether the device is a member and where the
 *     space's head is
 */
public record SessionLimits(
    long authenticationMillis,
    long framesPerSecond,
    long framesBurst,
    long bytesPerSecond,
    long bytesBurst,
    long pingMillis,
    long idleMillis,
    long slowReaderMillis,
    long recheckMillis) {

  /** Two round trips, also over a satellite and with a slow phone at the end. */
  public static final long AUTHENTICATION_MILLIS = 10_000;

  /** Several times what a device sends that writes one file a millisecond and returns credit for each frame. */
  public static final long FRAMES_PER_SECOND = 5_000;

  /** What piles up in the socket while reading is paused. */
  public static final long FRAMES_BURST = 10_000;

  /** Beyond a gigabit line; the put window holds uploads back long before. */
  public static final long BYTES_PER_SECOND = 128L << 20;

  public static final long BYTES_BURST = 128L << 20;

  /** Below the minute after which common proxies and address translators forget a silent connection. */
  public static final long PING_MILLIS = 30_000;

  /** Two pings without an answer, and some. */
  public static final long IDLE_MILLIS = 75_000;

  /** One frame of the largest size over a link of 10 KiB a second. */
  public static final long SLOW_READER_MILLIS = 120_000;

  /** A lost event costs a subscriber at most this; 10,000 idle devices cost the engines 83 cheap questions a second. */
  public static final long RECHECK_MILLIS = 120_000;

  public SessionLimits {
    requirePositive(authenticationMillis, "authenticationMillis");
    requirePositive(framesPerSecond, "framesPerSecond");
    requirePositive(framesBurst, "framesBurst");
    requirePositive(bytesPerSecond, "bytesPerSecond");
    requirePositive(pingMillis, "pingMillis");
    requirePositive(slowReaderMillis, "slowReaderMillis");
    requirePositive(recheckMillis, "recheckMillis");
    if (bytesBurst < dev.sealift.protocol.Limits.MAX_JSON_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "bytesBurst must let one frame of the largest size through");
    }
    if (idleMillis <= pingMillis) {
      throw new IllegalArgumentException("idleMillis must be more than pingMillis");
    }
  }

  public static SessionLimits defaults() {
    return new SessionLimits(
        AUTHENTICATION_MILLIS,
        FRAMES_PER_SECOND,
        FRAMES_BURST,
        BYTES_PER_SECOND,
        BYTES_BURST,
        PING_MILLIS,
        IDLE_MILLIS,
        SLOW_READER_MILLIS,
        RECHECK_MILLIS);
  }

  private static void requirePositive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be more than 0");
    }
  }
}
