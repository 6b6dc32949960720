package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.ReclaimHindrance;

/** Is told what an operator may want to see. */
public interface Watcher {
  /** How an offer ended. */
  enum OfferEnd {
    /** A part of a compaction came. */
    BEGUN,
    /** None came in time. */
    TIMED_OUT,
    /** The device is not there any more. */
    GONE
  }

  void looked(Known known, Thresholds thresholds);

  void offerMade();

  void offerEnded(OfferEnd end);

  /** There was something to compact, and no device for it. */
  void nobodyThere();

  void reclaimed(long files, long bytes);

  /** Payloads went that had expired. */
  default void expired(long files, long bytes) {}

  /** So many more compactions, or fewer, wait for this to be over. */
  void waiting(ReclaimHindrance why, int more);
}
