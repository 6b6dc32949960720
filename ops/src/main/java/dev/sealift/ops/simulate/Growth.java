package dev.sealift.ops.simulate;

import dev.sealift.compactor.Known;
import dev.sealift.compactor.Thresholds;
import dev.sealift.compactor.Watcher;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows how a space grows in a mesh, and what its compactor does about it. */
final class Growth implements Watcher {
  private final Mesh mesh;
  private final CompactionTally compactions = new CompactionTally();
  private final List<SpaceSample> samples = new ArrayList<>();
  private @Nullable SpaceId space;
  private long files;
  private long bytes;
  private long reclaimedBytes;
  private long upper = Long.MAX_VALUE;
  private long leastUpper = Long.MAX_VALUE;
  private long maxLive;
  private boolean isBelowUpper = true;

  /** Live files when the store was last asked, and files of the log. */
  private long liveThen;

  private long filesThen;

  Growth(Mesh mesh) {
    this.mesh = mesh;
  }

  /** From now on. */
  void watch(SpaceId founded) {
    space = founded;
  }

  void admitted(SignedHeader file, Receipt receipt) {
    files = Math.max(files, receipt.getSequence());
    bytes += file.byteString().size() + file.header().payloadLength();
    compactions.admitted(file.header(), receipt.getSequence());
  }

  /** Compares live files with what they may be at most. The store is asked only where they may be more than ever. */
  void look() {
    if (leastUpper < Long.MAX_VALUE && liveThen + files - filesThen > maxLive) {
      ask();
    }
  }

  private List<SpaceSample.Generation> ask() {
    if (space == null) {
      return List.of();
    }
    CompactionsRequest question = CompactionsRequest.newBuilder()
        .setSpace(space.byteString())
        .setHeadSize(files)
        .setAll(true)
        .setMaxLive(Integer.MAX_VALUE)
        .build();
    List<SpaceSample.Generation> live =
        mesh.store().compactions(question).toCompletableFuture().join().getLiveList().stream()
            .map(SpaceSample.Generation::of)
            .toList();
    liveThen = live.stream().mapToLong(SpaceSample.Generation::files).sum();
    filesThen = files;
    maxLive = Math.max(maxLive, liveThen);
    isBelowUpper &= liveThen <= upper;
    return live;
  }

  /** Keeps how it stands at the end of a day. */
  void sample(int day) {
    samples.add(new SpaceSample(day, files, bytes, bytes - reclaimedBytes, ask()));
  }

  SpaceHistory history(long compactedBytes, Answers arrival, Hash visible, boolean equal) {
    return new SpaceHistory(
        samples,
        leastUpper == Long.MAX_VALUE ? 0 : leastUpper,
        maxLive,
        isBelowUpper,
        compactions.compactions(),
        compactions.simultaneous(),
        compactedBytes,
        arrival.answers(),
        arrival.bytes(),
        visible,
        equal);
  }

  @Override
  public void looked(Known known, Thresholds thresholds) {
    upper = thresholds.upper();
    leastUpper = Math.min(leastUpper, upper);
  }

  @Override
  public void offerMade() {}

  @Override
  public void offerEnded(OfferEnd end) {}

  @Override
  public void nobodyThere() {}

  @Override
  public void reclaimed(long moreFiles, long moreBytes) {
    reclaimedBytes += moreBytes;
  }

  @Override
  public void waiting(ReclaimHindrance why, int more) {}
}
