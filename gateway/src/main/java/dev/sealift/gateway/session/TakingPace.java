package dev.sealift.gateway.session;

import java.util.Optional;

/**
 * Measures how fast a device takes in what is pushed to it, by its own credit: it gives as much as it has taken. Time counts only where the device had all of it in front of it, in the
 * socket or on the way, when it last gave credit; so neither this gateway nor the store is measured, and a device that waits for news is not slow. The first frames, and what a device keeps to itself
 * before it gives credit, are not measured.
 */
final class TakingPace {
  /** Between two credits: who takes longer was asleep. */
  static final long MAX_MILLIS = 60_000;

  private long bytes;
  private long files;
  private long bytesBefore;
  private long creditAt;

  /** Files were pushed, in a message of so many bytes. */
  void pushed(long moreFiles, long moreBytes) {
    files += moreFiles;
    bytes += moreBytes;
  }

  /** The device has taken so many bytes since it last said so. */
  Optional<Taken> credited(long taken, long now) {
    long of = Math.min(taken, bytes);
    long filesOf = of == 0 ? 0 : files * of / bytes;
    long millis = now - creditAt;
    boolean counts = of > 0 && of <= bytesBefore && millis <= MAX_MILLIS;
    bytes -= of;
    files -= filesOf;
    bytesBefore = bytes;
    creditAt = now;
    return counts ? Optional.of(new Taken(1, filesOf, Math.max(1, millis))) : Optional.empty();
  }
}
