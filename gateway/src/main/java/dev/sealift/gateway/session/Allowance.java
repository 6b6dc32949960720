package dev.sealift.gateway.session;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Quota;

/**
 * What a space's connections may do here: what the engine says of its quota, within what this gateway has for any. An engine of an older
 * version says nothing; then only the gateway's own bounds hold.
 *
 * @param connections of the space, at this gateway
 * @param deviceConnections of one device, at this gateway
 */
record Allowance(
    long connections,
    long deviceConnections,
    long framesPerSecond,
    long framesBurst,
    long bytesPerSecond,
    long bytesBurst) {

  /** Seconds of its rate that a device may use at once, where that is less than the gateway's own burst. */
  static final int BURST_SECONDS = 10;

  static Allowance of(Quota quota, SessionLimits limits) {
    long frames = bounded(quota.getDeviceFramesPerSecond(), limits.framesPerSecond());
    long bytes = bounded(quota.getDeviceBytesPerSecond(), limits.bytesPerSecond());
    return new Allowance(
        bounded(Integer.toUnsignedLong(quota.getConnections()), Long.MAX_VALUE),
        bounded(Integer.toUnsignedLong(quota.getDeviceConnections()), Long.MAX_VALUE),
        frames,
        Math.min(limits.framesBurst(), frames * BURST_SECONDS),
        bytes,
        // A largest frame must get through, whatever the rate.
        Math.min(
            limits.bytesBurst(), Math.max(Limits.MAX_JSON_FRAME_BYTES, bytes * BURST_SECONDS)));
  }

  /** 0 says nothing. */
  private static long bounded(long said, long bound) {
    return said <= 0 ? bound : Math.min(said, bound);
  }

  TokenBucket frames(TokenBucket soFar) {
    return soFar.within(framesPerSecond, framesBurst);
  }

  TokenBucket bytes(TokenBucket soFar) {
    return soFar.within(bytesPerSecond, bytesBurst);
  }
}
