package dev.sealift.client.sync;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * What is known of a space's live files, and whether it is this device's turn to compact some. It believes the mesh: a false answer costs work, and no more, and how much {@link CompactionRateLimit} bounds. Used with the replica's monitor.
 */
final class CompactionDuty {
  /** With 2, all that is live comes to twice the data at the most, and an event is written again each time that what is behind it has grown by half. */
  private static final long GROWTH = 2;

  /** A compaction is given so much of the mesh's time to come to stand, before this device makes another. */
  private static final long PATIENCE_MILLIS = 10 * 60_000;

  /** More live files no space has, and with as many as that for a threshold its devices' places are still numbers. */
  private static final long MOST_FILES = 1L << 32;

  private final Optional<CompactionThresholds> thresholds;
  private final CompactionRateLimit rateLimit;
  private List<Step> standing = List.of();
  private boolean isStale = true;
  private long waitingSinceMillis;

  /** Of the newest offer on this connection. */
  private Optional<CompactionThresholds> told = Optional.empty();

  private boolean isOffered;
  private boolean isTaken;

  /** @param thresholds empty where this device has nothing to do with compactions */
  CompactionDuty(Optional<CompactionThresholds> thresholds, CompactionRateLimit rateLimit) {
    this.thresholds = thresholds;
    this.rateLimit = rateLimit;
  }

  /**
   * What is to be compacted.
   *
   * @param first of the range; its base is the position
   */
  record Choice(long first, int generation) {}

  /** Files were applied. */
  void logAdvanced(VerifiedFiles applied) {
    for (VerifiedEntry entry : applied.entries()) {
      FileKind kind = entry.file().header().kind();
      isStale |= kind == FileKind.FILE_KIND_ATTESTATION;
      if (kind == FileKind.FILE_KIND_COMPACTION) {
        isStale = true;
        isOffered = false;
        waitingSinceMillis = entry.serverTimeMillis();
      }
    }
  }

  /**
   * There is a new connection: what was offered on another one holds no more.
   *
   * @param takesCompactions whether the mesh takes any
   */
  void connected(boolean takesCompactions) {
    isTaken = takesCompactions;
    isOffered = false;
    told = Optional.empty();
  }

  /**
   * The mesh says that it is this device's turn, until a compaction comes; by thresholds which are this device's own as long as the connection lasts. What cannot be is passed over, and so is all of it where this device has nothing to do with
   * compactions.
   */
  void offer(Offer offer) {
    boolean isPossible = offer.getLower() >= 2 && offer.getUpper() >= offer.getLower();
    if (isOn() && isPossible) {
      isOffered = true;
      told = Optional.of(
          new CompactionThresholds(bounded(offer.getLower()), bounded(offer.getUpper())));
    }
  }

  private static long bounded(long files) {
    return Math.max(CompactionRateLimit.LEAST_FILES, Math.min(files, MOST_FILES));
  }

  private Optional<CompactionThresholds> current() {
    return told.or(() -> thresholds);
  }

  /** Whether the mesh is to be asked which compactions stand, from the beginning of the log on. */
  boolean isAskedFor(long position) {
    return isOn()
        && isStale
        && current().filter(set -> position - base() >= set.lower()).isPresent();
  }

  /** What the mesh says; as of the position. */
  void learn(List<Step> told) {
    isStale = false;
    List<Step> steps = told.stream().filter(CompactionDuty::isPossible).toList();
    if (!steps.equals(standing)) {
      standing = steps;
      waitingSinceMillis = 0;
    }
  }

  private static boolean isPossible(Step step) {
    return step.getFirst() >= 1
        && step.getBase() >= step.getFirst()
        && step.getGeneration() >= 1
        && step.getGeneration() < Integer.MAX_VALUE;
  }

  /** None is made now, though it was due. */
  void postpone(LogState log) {
    waitingSinceMillis = log.serverTimeMillis();
  }

  /** Whether this device has to do with compactions, on this connection. */
  boolean isOn() {
    return isTaken && thresholds.isPresent();
  }

  private long base() {
    return standing.isEmpty() ? 0 : standing.get(standing.size() - 1).getBase();
  }

  /** How many files a new device would fetch. */
  long live(long position) {
    return standing.stream().mapToLong(Step::getPartsCount).sum() + behind(position);
  }

  /** Files behind the last compaction; parts of those that stand do not count among them. */
  private long behind(long position) {
    long parts = standing.stream()
        .flatMap(step -> step.getPartsList().stream())
        .filter(sequence -> sequence > base() && sequence <= position)
        .count();
    return position - base() - parts;
  }

  /**
   * What this device is to compact now, if it is its turn.
   *
   * @param isSpared whether it would rather leave it to others
   * @param bytesBehind of the files behind a sequence
   */
  Optional<Choice> due(
      LogState log, DeviceId self, boolean isSpared, LongUnaryOperator bytesBehind) {
    Optional<Membership> membership = log.membership();
    boolean mayWrite = membership
        .flatMap(members -> members.device(self))
        .filter(Device::mayWrite)
        .isPresent();
    if (!isOn() || !mayWrite || isStale || isWaiting(log)) {
      return Optional.empty();
    }
    long files = behind(log.position());
    return current()
        .filter(set -> files >= set.lower() && rateLimit.admits(set.lower()))
        .filter(set ->
            isOffered || live(log.position()) >= place(set, membership.get(), self, isSpared))
        .map(set -> choice(eventBytes(bytesBehind)));
  }

  /** Of what is behind the last compaction that stands, without the parts of those that do. */
  long eventBytes(LongUnaryOperator bytesBehind) {
    long parts = standing.stream()
        .filter(step -> step.getPartsList().stream().anyMatch(sequence -> sequence > base()))
        .mapToLong(CompactionDuty::bytes)
        .sum();
    return bytesBehind.applyAsLong(base()) - parts;
  }

  private boolean isWaiting(LogState log) {
    return waitingSinceMillis > 0 && log.serverTimeMillis() - waitingSinceMillis < PATIENCE_MILLIS;
  }

  private long place(
      CompactionThresholds set, Membership membership, DeviceId self, boolean isSpared) {
    List<DeviceId> devices =
        membership.devices().stream().filter(Device::mayWrite).map(Device::id).toList();
    return set.of(self, devices, base(), isSpared);
  }

  /**
   * The files behind the last compaction, and with them what they have outgrown: each compaction before that is at most {@link #GROWTH} times as large as all that is taken in behind it. So each that stays is larger than that, sizes fall
   * off from one to the next, and all together take little more than the oldest, which is as large as the data.
   *
   * @param behindBytes of the files behind the last compaction
   */
  Choice choice(long behindBytes) {
    long bytes = Math.max(1, behindBytes);
    int oldest = 0;
    int i = standing.size();
    while (i > 0 && bytes(standing.get(i - 1)) <= GROWTH * bytes) {
      i--;
      bytes += bytes(standing.get(i));
      oldest = Math.max(oldest, standing.get(i).getGeneration());
    }
    return new Choice(i == 0 ? 1 : standing.get(i - 1).getBase() + 1, oldest + 1);
  }

  /** A mesh of an older version does not say it. */
  private static long bytes(Step step) {
    long most = (long) step.getPartsCount() * Limits.MAX_PAYLOAD_BYTES;
    return step.getBytes() > 0 ? Math.min(step.getBytes(), most) : most;
  }
}
