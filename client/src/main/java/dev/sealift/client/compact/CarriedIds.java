package dev.sealift.client.compact;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import java.util.HashMap;
import java.util.Map;

/**
 * Which files a compaction carries with their ids, as whoever takes it sees it: those whose server time is less than the cut-off before that at the base, for files that come later may name them; and each chain's last, for the next of it names that. The ids of others would be most
 * of a compaction in the end. In front of the first of those that are young the right edge of the log's tree stands, so that edge and ids lead to the root at the base.
 */
public final class CarriedIds {
  private final long cutOffMillis;
  private boolean isYoung;
  private long firstYoungMillis;
  private long lastOldMillis = -1;

  /** Of each chain whose last file so far is old, whether that has an id. */
  private final Map<DeviceId, Boolean> oldEnds = new HashMap<>();

  /** @param cutOffMillis of the space's rules */
  public CarriedIds(long cutOffMillis) {
    this.cutOffMillis = cutOffMillis;
  }

  /** Whether a file is so young, as of the base, that all devices know its id. */
  public static boolean isYoung(long serverTimeMillis, long baseMillis, long cutOffMillis) {
    return baseMillis - serverTimeMillis < cutOffMillis;
  }

  /** The next file of the range. */
  public void follow(CarriedFile file) throws FormatException {
    require(!oldEnds.getOrDefault(file.author(), false));
    if (file.edge() != null) {
      require(!isYoung);
      isYoung = true;
      firstYoungMillis = file.serverTimeMillis();
    }
    if (isYoung) {
      require(file.file() != null);
      oldEnds.remove(file.author());
    } else {
      lastOldMillis = file.serverTimeMillis();
      oldEnds.put(file.author(), file.file() != null);
    }
  }

  /**
   * All files have come.
   *
   * @param baseMillis the server time of the last
   */
  public void end(long baseMillis) throws FormatException {
    require(isYoung && isYoung(firstYoungMillis, baseMillis, cutOffMillis));
    require(lastOldMillis < 0 || !isYoung(lastOldMillis, baseMillis, cutOffMillis));
    require(!oldEnds.containsValue(false));
  }

  private static void require(boolean holds) throws FormatException {
    if (!holds) {
      throw new FormatException("a step does not have the ids of its files that everybody carries");
    }
  }
}
