package dev.sealift.ops.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.chaos.bed.Equipment;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Topology;
import dev.sealift.ops.chaos.bed.Topology.Store;
import dev.sealift.ops.chaos.fault.Round.Lasting;
import dev.sealift.ops.programs.PostgresPrograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Topology TOPOLOGY = Topology.of(Store.POSTGRES);
  private static final List<FaultKind> ALL = Arrays.asList(FaultKind.values());
  private static final int MANY = 600;

  private static List<Round> rounds(long seed, List<FaultKind> kinds, Topology topology) {
    Schedule schedule = new Schedule(seed, kinds, topology);
    return IntStream.range(0, MANY).mapToObj(i -> schedule.next()).toList();
  }

  private static List<Round> rounds(long seed) {
    return rounds(seed, ALL, TOPOLOGY);
  }

  @Test
  void aSeedDrawsTheSameRoundsAgain() {
    assertThat(rounds(7)).isEqualTo(rounds(7));
  }

  @Test
  void anotherSeedDrawsOthers() {
    assertThat(rounds(7)).isNotEqualTo(rounds(8));
  }

  @Test
  void whatASeedDrawsDoesNotChangeUnnoticed() {
    assertThat(rounds(1).subList(0, 3))
        .extracting(Round::toString)
        .containsExactly(
            "loss: 5 % of the packets to storage-adapter-2 lost (20 s)",
            "narrow: 736 kbit/s out of postgres (11 s)", "freeze: SIGSTOP gateway-1 (12 s)");
  }

  @Test
  void everyKindComesUpInAsManyRoundsAsThereAreKinds() {
    List<Round> rounds = rounds(3);
    for (int from = 0; from + ALL.size() <= MANY; from += ALL.size()) {
      Set<FaultKind> drawn = new HashSet<>();
      rounds
          .subList(from, from + ALL.size())
          .forEach(round -> drawn.add(round.faults().get(0).fault().kind()));
      assertThat(drawn).containsExactlyInAnyOrderElementsOf(ALL);
    }
  }

  @Test
  void twoFaultsOfARoundAreOfDifferentKindsAndHaveNobodyInCommon() {
    List<Round> pairs =
        rounds(4).stream().filter(round -> round.faults().size() == 2).toList();
    assertThat(pairs).isNotEmpty().allSatisfy(round -> {
      List<Node> targets = new ArrayList<>();
      round.faults().forEach(lasting -> targets.addAll(lasting.fault().targets()));
      assertThat(targets).doesNotHaveDuplicates();
      assertThat(round.faults().stream().map(lasting -> lasting.fault().kind()))
          .doesNotHaveDuplicates()
          .doesNotContain(FaultKind.ROLLING_RESTART);
    });
  }

  @Test
  void aFreezeLastsLongerThanTheClusterBelievesInASilentMember() {
    assertThat(lasting(FaultKind.FREEZE))
        .isNotEmpty()
        .allSatisfy(lasting -> assertThat(lasting.seconds()).isGreaterThan(8));
  }

  /** An engine finds a clock out that is further off; what it does with one that it believes is the harder question. */
  @Test
  void halfOfTheWrongClocksAreWrongByNoMoreThanIsBelieved() {
    List<Integer> seconds = lasting(FaultKind.CLOCK).stream()
        .map(lasting -> Math.abs(((ClockSkew) lasting.fault()).seconds()))
        .toList();
    long believed = seconds.stream().filter(size -> size <= 5).count();
    assertThat(believed * 1.0 / seconds.size()).isBetween(0.3, 0.7);
    assertThat(seconds).doesNotContain(0).contains(1, 5);
  }

  @Test
  void everyProcessOfTheMeshIsKilledSometime() {
    Set<Node> killed = new HashSet<>();
    lasting(FaultKind.KILL).forEach(lasting -> killed.addAll(lasting.fault().targets()));
    assertThat(killed).containsExactlyInAnyOrderElementsOf(TOPOLOGY.mesh());
  }

  @Test
  void aSplitLeavesNobodyOutAndPutsNobodyOnBothSides() {
    assertThat(lasting(FaultKind.SPLIT)).isNotEmpty().allSatisfy(lasting -> {
      Split split = (Split) lasting.fault();
      assertThat(split.one()).doesNotContainAnyElementsOf(split.other());
      assertThat(split.targets()).containsAll(TOPOLOGY.mesh());
    });
  }

  private static List<Lasting> lasting(FaultKind kind) {
    return rounds(5).stream()
        .flatMap(round -> round.faults().stream())
        .filter(lasting -> lasting.fault().kind() == kind)
        .toList();
  }

  @Test
  void onlyTheKindsThatAreAskedForAreDrawn() {
    List<FaultKind> two = List.of(FaultKind.KILL, FaultKind.LOSS);
    assertThat(rounds(6, two, TOPOLOGY))
        .flatExtracting(Round::faults)
        .extracting(lasting -> lasting.fault().kind())
        .containsOnly(FaultKind.KILL, FaultKind.LOSS);
  }

  @Test
  void whatThisMachineLacksIsNotPossible() {
    Equipment bare = new Equipment(Optional.empty(), Optional.empty());
    assertThat(FaultKind.possible(Store.SQLITE, bare))
        .doesNotContain(FaultKind.CLOCK, FaultKind.DATABASE_KILL)
        .contains(FaultKind.KILL, FaultKind.DISK_FULL);
    Equipment full = new Equipment(
        Optional.of(Path.of("faketime")), Optional.of(new PostgresPrograms(Path.of("bin"))));
    assertThat(FaultKind.possible(Store.POSTGRES, full)).containsExactlyElementsOf(ALL);
  }

  @Test
  void anEmbeddedStoreHasFaultsToo() {
    List<FaultKind> kinds =
        FaultKind.possible(Store.SQLITE, new Equipment(Optional.empty(), Optional.empty()));
    assertThat(rounds(9, kinds, Topology.of(Store.SQLITE))).hasSize(MANY);
  }
}
