package dev.sealift.client.store;

import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import java.util.Map;

/**
 * What the author of events had seen when writing them: all of the log up to a sequence, what he wrote himself, and of the chains of some others more.
 *
 * @param ownTime of this device's own files that are among those: the time of the last event
 * @param more by the numbers of the devices
 */
record AuthorSeen(int author, long sequence, long ownTime, Map<Integer, Reach> more)
    implements Seen {
  /**
   * How far into a chain.
   *
   * @param sequence of the last file that was seen, if it is in the log
   * @param time of its newest event, where stamps have no sequence
   */
  record Reach(long sequence, long time) {
    static final Reach NONE = new Reach(0, 0);

    /** Of two files of a chain. */
    Reach max(Reach other) {
      return new Reach(
          Math.max(sequence, other.sequence),
          Long.compareUnsigned(time, other.time) < 0 ? other.time : time);
    }
  }

  @Override
  public boolean has(Stamp stamp) {
    if (stamp.device() == author) {
      return true;
    }
    Reach reach = more.isEmpty() ? Reach.NONE : more.getOrDefault(stamp.device(), Reach.NONE);
    if (stamp.sequence() == Unplaced.SEQUENCE) {
      return Long.compareUnsigned(stamp.time(), reach.time()) <= 0;
    }
    return stamp.sequence() == 0
        ? Long.compareUnsigned(stamp.time(), ownTime) <= 0
            || Long.compareUnsigned(stamp.time(), reach.time()) <= 0
        : stamp.sequence() <= Math.max(sequence, reach.sequence());
  }
}
