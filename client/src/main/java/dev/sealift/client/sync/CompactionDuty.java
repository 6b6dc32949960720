package dev.sealift.client.sync;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of a space's live files, and whether it is this device's turn to compact some. It believes the mesh: a false answer costs work, and no more. Used with the replica's monitor.
 */
final class CompactionDuty {
  /** Of the live files, by generation: what is as young as the one here, or younger, is compacted. */
  private static final int PERCENTILE = 65;

  /** A compaction is given so much of the mesh's time to come to stand, before this device makes another. */
  private static final long PATIENCE_MILLIS = 10 * 60_000;

  private final Optional<CompactionThresholds> thresholds;
  private List<Step> standing = List.of();
  private boolean isStale = true;
  private long waitingSinceMillis;
  private Optional<CompactionThresholds> offered = Optional.empty();

  /** @param thresholds empty where this device has nothing to do with compactions */
  CompactionDuty(Optional<CompactionThresholds> thresholds) {
    this.thresholds = thresholds;
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
        offered = Optional.empty();
        waitingSinceMillis = entry.serverTimeMillis();
      }
    }
  }

  /** The mesh says that it is this device's turn, by thresholds of its own, until a compaction comes. What cannot be is passed over, and so is all of it where this device has nothing to do with compactions. */
  void offer(Offer offer) {
    boolean isPossible = offer.getLower() >= 2 && offer.getUpper() >= offer.getLower();
    if (isOn() && isPossible) {
      offered = Optional.of(new CompactionThresholds(offer.getLower(), offer.getUpper()));
    }
  }

  /** Whether the mesh is to be asked which compactions stand, from the beginning of the log on. */
  boolean isAskedFor(long position) {
    return isStale
        && Stream.of(thresholds, offered)
            .flatMap(Optional::stream)
            .anyMatch(set -> position - base() >= set.lower());
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

  /** Whether this device has to do with compactions. */
  boolean isOn() {
    return thresholds.isPresent();
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

  /** What this device is to compact now, if it is its turn. */
  Optional<Choice> due(LogState log, DeviceId self) {
    Optional<Membership> membership = log.membership();
    boolean mayWrite = membership
        .flatMap(members -> members.device(self))
        .filter(Device::mayWrite)
        .isPresent();
    if (!mayWrite || isStale || isWaiting(log)) {
      return Optional.empty();
    }
    long files = behind(log.position());
    boolean isOffered = offered.filter(set -> files >= set.lower()).isPresent();
    boolean isPassed = thresholds
        .filter(set -> files >= set.lower())
        .filter(set -> live(log.position()) >= place(set, membership.get(), self))
        .isPresent();
    return isOffered || isPassed ? Optional.of(choice(log.position())) : Optional.empty();
  }

  private boolean isWaiting(LogState log) {
    return waitingSinceMillis > 0 && log.serverTimeMillis() - waitingSinceMillis < PATIENCE_MILLIS;
  }

  private long place(CompactionThresholds set, Membership membership, DeviceId self) {
    List<DeviceId> devices =
        membership.devices().stream().filter(Device::mayWrite).map(Device::id).toList();
    return set.of(self, devices, base());
  }

  /** Everything at the end of the log that is not older than most of the live files. */
  Choice choice(long position) {
    int limit = generationAtPercentile(position);
    long first = 1;
    int oldest = 0;
    for (int i = standing.size() - 1; i >= 0; i--) {
      Step step = standing.get(i);
      if (step.getGeneration() > limit) {
        first = step.getBase() + 1;
        break;
      }
      oldest = Math.max(oldest, step.getGeneration());
    }
    return new Choice(first, oldest + 1);
  }

  private int generationAtPercentile(long position) {
    long place = live(position) * PERCENTILE / 100;
    long passed = behind(position); // of files of events, which are of no generation
    List<Step> byGeneration = new ArrayList<>(standing);
    Collections.sort(
        byGeneration,
        (one, other) -> Integer.compareUnsigned(one.getGeneration(), other.getGeneration()));
    int generation = 0;
    for (Step step : byGeneration) {
      if (passed > place) {
        break;
      }
      generation = step.getGeneration();
      passed += step.getPartsCount();
    }
    return generation;
  }
}
