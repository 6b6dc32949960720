package dev.sealift.ops.simulate;

import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** How a run goes on the whole, drawn at its beginning. */
final class Script {
  private static final List<Long> DELAYS = List.of(0L, 0L, 5L, 80L, 1_500L);
  private static final List<Long> BUS_DELAYS = List.of(0L, 1L, 20L);
  private static final List<Double> LOSSES = List.of(0.0, 0.0, 0.005, 0.04);

  private static final List<Duration> LATE_AFTER = List.of(
      Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofHours(1), Duration.ofHours(24));

  /** So short that edits come too late, rows begin anew and removals die within a run; by some {@link #GAPS} each of these alone. */
  private static final List<Duration> CUT_OFFS =
      List.of(Duration.ofMinutes(6), Duration.ofHours(1));

  private static final List<Duration> GAPS = List.of(
      Duration.ZERO,
      Duration.ZERO,
      Duration.ofMinutes(10),
      Duration.ofHours(30),
      Duration.ofDays(20),
      Duration.ofDays(45),
      Duration.ofDays(100));

  /** Of errands: shorter than one of {@link #GAPS}, and longer than the one before. */
  private static final List<Duration> LIFETIMES = List.of(
      Duration.ofMinutes(1), Duration.ofMinutes(20), Duration.ofDays(2), Duration.ofDays(30));

  private static final List<Duration> RECOVERIES =
      List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(10));

  /** Shorter than a compactor's, so that devices come back from before what is reclaimed. */
  private static final List<Duration> SEEN_WITHIN =
      List.of(Duration.ZERO, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(90));

  private static final List<Duration> GRACES =
      List.of(Duration.ZERO, Duration.ofSeconds(10), Duration.ofHours(24));

  /** The phase from which on one device is offline, when others have joined. */
  static final int AWAY_FROM = 2;

  /** Larger than any device's number. */
  private static final int NOBODY = Integer.MAX_VALUE;

  /**
   * A span of work, and the time after it in which nobody works.
   *
   * @param joins how many devices join at the most
   * @param offline the numbers of those that stay offline
   */
  record Phase(
      int joins,
      Set<Integer> offline,
      int operations,
      int faults,
      long spanMillis,
      double lossChance,
      double lostAnswers,
      long gapMillis) {
    boolean isConnected(int device) {
      return !offline.contains(device);
    }
  }

  /**
   * The mesh's store is copied in the course of some phases, and exchanged for the copy in others.
   *
   * @param recoveryMillis how long the mesh takes back what devices hold
   */
  record Restoring(Set<Integer> copied, Set<Integer> restored, long recoveryMillis) {}

  /**
   * Devices compact.
   *
   * @param thresholds by which they do
   * @param isReclaiming whether the mesh lets go of what is superseded
   * @param seenWithinMillis a device seen so lately has to be past a compaction, before anything under it goes
   * @param graceMillis how long a compaction stands before anything under it goes
   */
  record Compacting(
      CompactionThresholds thresholds,
      boolean isReclaiming,
      long seenWithinMillis,
      long graceMillis) {}

  private final int keys;
  private final boolean clocks;
  private final long mostDelayMillis;
  private final long mostBusMillis;
  private final int away;
  private final SpaceRules rules;
  private final boolean rowRules;
  private final Optional<Restoring> restoring;
  private final boolean undoes;
  private final boolean feed;
  private final boolean versions;
  private final boolean groups;
  private final boolean handsOver;
  private final Optional<Compacting> compacting;
  private final List<Phase> phases = new ArrayList<>();

  /** @param compacts whether devices do */
  Script(Dice dice, boolean compacts) {
    keys = (int) dice.between(1, 3);
    clocks = dice.chance(0.6);
    mostDelayMillis = dice.oneOf(DELAYS);
    mostBusMillis = dice.oneOf(BUS_DELAYS);
    boolean months = dice.chance(0.25);
    away = months ? (int) dice.between(0, 2) : NOBODY;
    boolean calm = dice.chance(0.3);
    int count = (int) dice.between(months ? AWAY_FROM + 3 : 2, 6);
    for (int i = 0; i < count; i++) {
      phases.add(phase(dice, calm, months && i >= AWAY_FROM && i < AWAY_FROM + 3));
    }
    SpaceRules usual = dice.chance(0.5) ? byArrival(dice.oneOf(LATE_AFTER)) : SpaceRules.defaults();
    rowRules = dice.chance(0.5);
    restoring = dice.chance(0.3) ? Optional.of(restoring(dice, count)) : Optional.empty();
    undoes = dice.chance(0.4);
    feed = dice.chance(0.4);
    versions = dice.chance(0.4);
    groups = dice.chance(0.3);
    handsOver = dice.chance(0.6);
    rules = dice.chance(0.25) ? withCutOff(usual, dice.oneOf(CUT_OFFS)) : usual;
    compacting = compacts ? Optional.of(compacting(dice)) : Optional.empty();
  }

  private static Restoring restoring(Dice dice, int phases) {
    int copied = (int) dice.between(0, phases - 2);
    Set<Integer> copies = new TreeSet<>(List.of(copied));
    if (dice.chance(0.3)) {
      copies.add((int) dice.between(copied, phases - 1));
    }
    Set<Integer> restored = new TreeSet<>();
    do {
      restored.add((int) dice.between(copied, phases - 1));
    } while (dice.chance(0.3));
    return new Restoring(copies, restored, dice.oneOf(RECOVERIES).toMillis());
  }

  private static Compacting compacting(Dice dice) {
    long lower = dice.between(2, 8);
    return new Compacting(
        new CompactionThresholds(lower, lower + dice.between(0, 20)),
        dice.chance(0.6),
        dice.oneOf(SEEN_WITHIN).toMillis(),
        dice.oneOf(GRACES).toMillis());
  }

  private static SpaceRules byArrival(Duration lateAfter) {
    try {
      return SpaceRules.byArrival(lateAfter.toMillis());
    } catch (FormatException e) {
      throw new IllegalStateException("durations of which any is in bounds", e);
    }
  }

  private static SpaceRules withCutOff(SpaceRules usual, Duration cutOff) {
    return new SpaceRules(
        usual.rankRule(),
        cutOff.toMillis(),
        usual.reviewWindowMillis(),
        usual.clockBoundMillis(),
        usual.lateAfterMillis());
  }

  private static Phase phase(Dice dice, boolean calm, boolean months) {
    long gap = months
        ? Duration.ofDays(dice.between(25, 45)).toMillis()
        : dice.oneOf(GAPS).toMillis();
    Set<Integer> offline = new TreeSet<>();
    for (int device = 0; device < Simulation.MOST_DEVICES; device++) {
      if (dice.chance(0.25)) {
        offline.add(device);
      }
    }
    return new Phase(
        (int) dice.between(0, 2),
        offline,
        (int) dice.between(2, 14),
        calm ? 0 : (int) dice.between(0, 5),
        dice.between(1_000, 30_000),
        calm ? 0 : dice.oneOf(LOSSES),
        calm ? 0 : dice.oneOf(LOSSES),
        gap);
  }

  /** Of the space. */
  SpaceRules rules() {
    return rules;
  }

  /** Whether there are tables with rules across rows: their answers take most of the time of a run. */
  boolean hasRowRules() {
    return rowRules;
  }

  /** Whether people take back what they did. */
  boolean undoes() {
    return undoes;
  }

  /** Whether devices run several versions of the app. */
  boolean hasVersions() {
    return versions;
  }

  /** Whether there are columns that belong together. */
  boolean hasGroups() {
    return groups;
  }

  boolean hasFeed() {
    return feed;
  }

  /**
   * How long errands count, in runs that have some. By what was drawn for something else: so runs without are what they were before there were any.
   */
  Optional<Long> lifetimeMillis() {
    long span = phases.get(0).spanMillis();
    return rules.isByArrival() || span % 2 == 0
        ? Optional.empty()
        : Optional.of(LIFETIMES.get((int) (span / 2 % LIFETIMES.size())).toMillis());
  }

  /** Of the mesh, from older states. */
  Optional<Restoring> restoring() {
    return restoring;
  }

  /** Of the devices, where they do. */
  Optional<Compacting> compacting() {
    return compacting;
  }

  /** Whether devices hand files over to each other. */
  boolean handsOver() {
    return handsOver;
  }

  /** Rows. */
  int keys() {
    return keys;
  }

  boolean clocksGoWrong() {
    return clocks;
  }

  long mostDelayMillis() {
    return mostDelayMillis;
  }

  long mostBusMillis() {
    return mostBusMillis;
  }

  /** The number of the device that is offline from {@link #AWAY_FROM} to the end, for more than the cut-off at times. */
  int away() {
    return away;
  }

  List<Phase> phases() {
    return phases;
  }

  @Override
  public String toString() {
    return "%d rows, %s rules across rows, %s files by hand, ranks by %s, a cut-off of %s, delays of up to %d ms, clocks go %s, %s is away, the mesh is %s, devices compact %s, people %s, %s a feed, in %s, %s groups, %d phases"
        .formatted(
            keys,
            rowRules ? "with" : "without",
            handsOver ? "with" : "without",
            rules.isByArrival() ? "arrival, late after " + rules.lateAfterMillis() + " ms" : "time",
            Duration.ofMillis(rules.cutOffMillis()),
            mostDelayMillis,
            clocks ? "wrong" : "right",
            away == NOBODY ? "nobody" : "d" + (away + 1),
            restoring.isPresent() ? "restored" : "kept",
            compacting.map(Compacting::toString).orElse("nothing"),
            undoes ? "take back" : "go on",
            feed ? "with" : "without",
            versions ? "several versions" : "one version",
            groups ? "with" : "without",
            phases.size());
  }
}
