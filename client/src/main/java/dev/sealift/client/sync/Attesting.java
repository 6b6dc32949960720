package dev.sealift.client.sync;

import dev.sealift.client.store.Difference;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.HeldCompaction.Said;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.Opener;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this device says of others' compactions: whether they are what the log makes. Two devices are drawn to say it at once, by hash of the compaction; the next ones, one after the other, while nobody whose word counts has said
 * anything. Where one is contested, each owner's device that can tell does, since an owner's word settles it. Used with the replica's monitor.
 */
final class Attesting {
  /** That many compare each compaction, so that one of them cannot be the author's accomplice unnoticed. */
  private static final int FIRST = 2;

  private static final int NOWHERE = -1;

  /** So long the next one waits for those before it. */
  private static final long PATIENCE_MILLIS = 5 * 60_000;

  private final SpaceStore store;
  private final ContentKeys keys;
  private final Compactions compactions;
  private final DeviceId self;

  /** By the compactions, as of a number of the membership. */
  private final Map<FileId, Integer> places = new HashMap<>();

  private long placesNumber;

  /** Of what was compared since this process began, whether it was said or not. */
  private final Map<FileId, Verdict> verdicts = new HashMap<>();

  private record Verdict(Said said, Optional<Difference> found) {
    static final Verdict NONE = new Verdict(Said.SILENT, Optional.empty());

    HeldCompaction of(HeldCompaction compared) {
      return compared.said(said, found);
    }
  }

  Attesting(SpaceStore store, ContentKeys keys, Compactions compactions, DeviceId self) {
    this.store = store;
    this.keys = keys;
    this.compactions = compactions;
    this.self = self;
  }

  /** How long until this device has something to say, if nothing happens; {@code Long.MAX_VALUE} for never. */
  long untilDueMillis(Optional<Membership> membership, long nowMillis) {
    return membership
        .flatMap(members -> compactions.complete().stream()
            .map(one -> Math.max(0, dueMillis(one, members, nowMillis) - nowMillis))
            .min(Comparator.naturalOrder()))
        .orElse(Long.MAX_VALUE);
  }

  /** When, by the mesh's clock; {@code Long.MAX_VALUE} for never, as things are. */
  private long dueMillis(HeldCompaction of, Membership membership, long nowMillis) {
    int place = of.said() == Said.NOTHING ? place(of, membership) : NOWHERE;
    if (place == NOWHERE) {
      return Long.MAX_VALUE;
    }
    boolean settles =
        of.word().isContested() && Attester.of(self, membership).orElseThrow().overrules();
    if (place < FIRST || settles) {
      return Math.min(of.part().serverTimeMillis(), nowMillis);
    }
    return of.word().isAttested()
        ? Long.MAX_VALUE
        : of.part().serverTimeMillis() + (place - FIRST + 1) * PATIENCE_MILLIS;
  }

  /** Where this device is among those that are drawn. */
  private int place(HeldCompaction of, Membership membership) {
    if (membership.number() != placesNumber || places.size() > 2 * Compactions.MOST) {
      places.clear();
      placesNumber = membership.number();
    }
    return places.computeIfAbsent(of.name(), any -> drawn(of, membership).indexOf(self));
  }

  /** The devices whose word counts, in the order in which they are to say it. */
  private static List<DeviceId> drawn(HeldCompaction of, Membership membership) {
    return membership.devices().stream()
        .filter(Device::mayWrite)
        .map(device -> Attester.of(device.id(), membership).orElseThrow())
        .filter(attester -> Compactions.counts(of, attester, membership))
        .map(Attester::device)
        .collect(Collectors.toMap(
            device -> Hash.of(of.name().toByteArray(), device.toByteArray()),
            device -> device,
            (one, other) -> one,
            TreeMap::new))
        .values()
        .stream()
        .toList();
  }

  /**
   * Compares the first of what is due that was not compared yet. One at a time, since nothing else of the exchange goes on meanwhile.
   *
   * @return whether there was one
   */
  boolean compareNext(Membership membership, long nowMillis, Opener opener, LogEdges edges) {
    Optional<HeldCompaction> next = due(membership, nowMillis)
        .filter(one -> !verdicts.containsKey(one.name()))
        .findFirst();
    next.ifPresent(one -> {
      if (verdicts.size() == Compactions.MOST) {
        verdicts.clear(); // of what was forgotten meanwhile, mostly
      }
      verdicts.put(one.name(), verdict(one, membership, opener, edges));
    });
    return next.isPresent();
  }

  /**
   * What this device has to say now of what it has compared, or that it will say nothing; to be kept with the file that says it. It can be said again, should that file not be taken.
   *
   * @param most how many
   */
  List<HeldCompaction> verdicts(Membership membership, long nowMillis, int most) {
    return due(membership, nowMillis)
        .filter(one -> verdicts.containsKey(one.name()))
        .limit(most)
        .map(one -> verdicts.get(one.name()).of(one))
        .toList();
  }

  /** The log has gone back: what was compared with it counts no more. */
  void forget() {
    verdicts.clear();
  }

  private Stream<HeldCompaction> due(Membership membership, long nowMillis) {
    return compactions.complete().stream()
        .filter(one -> dueMillis(one, membership, nowMillis) <= nowMillis);
  }

  private Verdict verdict(HeldCompaction of, Membership membership, Opener opener, LogEdges edges) {
    if (isSuperseded(of)) {
      return Verdict.NONE;
    }
    CompactionCheck.Outcome outcome =
        new CompactionCheck(store, keys).outcome(of, membership, opener, edges);
    return switch (outcome.kind()) {
      case SAME -> new Verdict(Said.ATTESTED, Optional.empty());
      case DIFFERENT -> new Verdict(Said.CONTESTED, outcome.found());
      case VOID, UNTOLD, NEWER -> Verdict.NONE;
    };
  }

  /** By one that stands, as far as this device has heard: nobody would ask. */
  private boolean isSuperseded(HeldCompaction of) {
    return compactions.complete().stream()
        .anyMatch(other -> other.part().sequence() > of.part().sequence()
            && other.stands()
            && other.range().first() <= of.range().first()
            && other.range().base() >= of.range().base());
  }
}
