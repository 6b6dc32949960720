package dev.sealift.gateway.session;

import dev.sealift.protocol.proto.Subscribe;
import java.util.Optional;

/**
 * Where a device's subscription stands.
 *
 * <p>Credit counts whole messages, of the length that the codec gives them. While some is left one more frame may come, with at least
 * one file in it; so the last frame may overdraw the credit by less than one largest frame, and what is overdrawn is taken off
 * the next.
 */
final class Subscription {
  /** More credit than this is as good as any: keeps sums far from overflow. */
  static final long MAX_CREDIT_BYTES = 1L << 40;

  private final TakingPace pace = new TakingPace();
  private final boolean omitOwn;
  private long after;
  private long credit;
  private boolean growthTold;

  /** @param subscribe whose numbers were checked */
  Subscription(Subscribe subscribe) {
    this.after = subscribe.getAfterSequence();
    this.credit = Integer.toUnsignedLong(subscribe.getCreditBytes());
    this.omitOwn = subscribe.getOmitOwnPayloads();
  }

  /** Whether the device wants its own files without their payloads. */
  boolean omitsOwn() {
    return omitOwn;
  }

  /** The last sequence that was pushed, or that the device has. */
  long after() {
    return after;
  }

  long credit() {
    return credit;
  }

  /** Whether the device was told, since it last gave credit, that the log has grown beyond it. */
  boolean isGrowthTold() {
    return growthTold;
  }

  void growthTold() {
    growthTold = true;
  }

  /** The device gives so much more; now and then that tells how fast it takes files in. */
  Optional<Taken> credited(long bytes, long now) {
    credit = Math.min(credit + bytes, MAX_CREDIT_BYTES);
    growthTold = false;
    return pace.credited(bytes, now);
  }

  void pushed(int entries, int bytes) {
    after += entries;
    credit -= bytes;
    pace.pushed(entries, bytes);
  }
}
