package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import java.util.EnumMap;
import java.util.Map;

/** Counts what a scheduler tells. */
final class Tally implements Watcher {
  final Map<OfferEnd, Integer> ended = new EnumMap<>(OfferEnd.class);
  final Map<ReclaimHindrance, Integer> waiting = new EnumMap<>(ReclaimHindrance.class);
  int made;
  int nobody;
  long files;
  long bytes;
  long expiredFiles;
  long expiredBytes;

  @Override
  public void looked(Known known, Thresholds thresholds) {}

  @Override
  public void offerMade() {
    made++;
  }

  @Override
  public void offerEnded(OfferEnd end) {
    ended.merge(end, 1, Integer::sum);
  }

  @Override
  public void nobodyThere() {
    nobody++;
  }

  @Override
  public void reclaimed(long moreFiles, long moreBytes) {
    files += moreFiles;
    bytes += moreBytes;
  }

  @Override
  public void expired(long moreFiles, long moreBytes) {
    expiredFiles += moreFiles;
    expiredBytes += moreBytes;
  }

  @Override
  public void waiting(ReclaimHindrance why, int more) {
    waiting.merge(why, more, Integer::sum);
  }

  int ended(OfferEnd end) {
    return ended.getOrDefault(end, 0);
  }

  int waiting(ReclaimHindrance why) {
    return waiting.getOrDefault(why, 0);
  }
}
