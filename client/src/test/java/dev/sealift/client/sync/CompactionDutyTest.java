package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.CompactionDuty.Choice;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompactionDutyTest {
  private static final CompactionThresholds THRESHOLDS = new CompactionThresholds(100, 400);

  private static Step step(long first, long base, int generation, int parts) {
    Step.Builder step = Step.newBuilder().setFirst(first).setBase(base).setGeneration(generation);
    for (int part = 1; part <= parts; part++) {
      step.addParts(base + part);
    }
    return step.build();
  }

  private static CompactionDuty duty(Optional<CompactionThresholds> thresholds) {
    CompactionDuty duty = new CompactionDuty(thresholds, new CompactionRateLimit(0));
    duty.connected(true);
    return duty;
  }

  private static CompactionDuty knowing(Step... steps) {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    duty.learn(List.of(steps));
    return duty;
  }

  private static Step sized(long first, long base, int generation, long bytes) {
    return step(first, base, generation, 1).toBuilder().setBytes(bytes).build();
  }

  @Test
  void withoutACompactionAllFilesAreLiveAndAllAreCompacted() {
    CompactionDuty duty = knowing();
    assertThat(duty.live(120)).isEqualTo(120);
    assertThat(duty.choice(5_000)).isEqualTo(new Choice(1, 1));
  }

  @Test
  void partsAreLiveAndSoIsWhatIsBehindThem() {
    assertThat(knowing(step(1, 1000, 2, 30), step(1001, 1200, 1, 4)).live(1250)).isEqualTo(80);
  }

  @Test
  void whatIsMoreThanTwiceAsLargeIsLeftAlone() {
    CompactionDuty duty = knowing(sized(1, 1000, 2, 500_000), sized(1001, 1200, 1, 20_001));
    assertThat(duty.choice(10_000)).isEqualTo(new Choice(1201, 1));
  }

  @Test
  void whatIsNotIsTakenIn() {
    CompactionDuty duty = knowing(sized(1, 1000, 2, 500_000), sized(1001, 1200, 1, 20_000));
    assertThat(duty.choice(10_000)).isEqualTo(new Choice(1001, 2));
  }

  @Test
  void whatIsTakenInCountsForWhatIsBeforeIt() {
    CompactionDuty duty = knowing(
        sized(1, 1000, 5, 500_000), sized(1001, 1200, 3, 60_000), sized(1201, 1400, 1, 20_000));
    assertThat(duty.choice(10_000)).isEqualTo(new Choice(1001, 4));
    assertThat(duty.choice(200_000)).isEqualTo(new Choice(1, 6));
  }

  @Test
  void whatAMeshDoesNotSayIsTakenForAsMuchAsItMayBe() {
    CompactionDuty duty = knowing(step(1, 1000, 1, 1));
    assertThat(duty.choice(500_000)).isEqualTo(new Choice(1001, 1));
    assertThat(duty.choice(1 << 19)).isEqualTo(new Choice(1, 2));
  }

  /** Which stand behind its base as well. */
  @Test
  void theLastCompactionItselfIsNotAmongWhatIsBehindIt() {
    CompactionDuty duty = knowing(sized(1, 1000, 2, 500_000));
    assertThat(duty.eventBytes(behind -> 520_000)).isEqualTo(20_000);
    assertThat(duty.choice(duty.eventBytes(behind -> 520_000))).isEqualTo(new Choice(1001, 1));
  }

  /** Whatever is written: as large as the data, and what is behind it half of that, and so on. */
  @Test
  void allThatIsLiveIsAtMostTwiceAsLargeAsTheDataAndFewStepsLong() {
    long data = 1_000_000;
    CompactionDuty duty = knowing();
    List<Step> standing = List.of();
    long base = 0;
    for (int i = 0; i < 1_000; i++) {
      Choice choice = duty.choice(30_000);
      base += 250;
      List<Step> kept =
          standing.stream().filter(step -> step.getBase() < choice.first()).toList();
      long covered = base - choice.first() + 1;
      standing = new ArrayList<>(kept);
      standing.add(sized(choice.first(), base, choice.generation(), Math.min(data, covered * 120)));
      duty.learn(standing);
      assertThat(standing.stream().mapToLong(Step::getBytes).sum()).isLessThan(2 * data);
      assertThat(standing).hasSizeLessThan(8);
    }
  }

  @Test
  void whatNoCompactionCanBeIsNotBelieved() {
    Step whole = step(1, 1000, 1, 3);
    CompactionDuty duty = knowing(
        whole, step(1001, 1100, Integer.MAX_VALUE, 1), step(1101, 1100, 1, 1), step(0, 1200, 1, 1));
    assertThat(duty.live(1203)).isEqualTo(knowing(whole).live(1203));
  }

  @Test
  void aDeviceThatDoesNotCompactAsksForNothing() {
    assertThat(duty(Optional.empty()).isAskedFor(100_000)).isFalse();
  }

  @Test
  void itAsksOnceThereMayBeEnough() {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    assertThat(duty.isAskedFor(99)).isFalse();
    assertThat(duty.isAskedFor(100)).isTrue();
    duty.learn(List.of());
    assertThat(duty.isAskedFor(1000)).isFalse();
  }

  private static Offer offer(long lower, long upper) {
    return Offer.newBuilder().setLower(lower).setUpper(upper).build();
  }

  @Test
  void theNewestOfferSaysFromHowManyFilesOnUntilTheConnectionEnds() {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    duty.offer(offer(500, 900));
    duty.offer(offer(200, 700));
    assertThat(duty.isAskedFor(199)).isFalse();
    assertThat(duty.isAskedFor(200)).isTrue();
    duty.connected(true);
    assertThat(duty.isAskedFor(100)).as("by its own").isTrue();
  }

  @Test
  void noOfferHasADeviceCompactAFewFiles() {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    duty.offer(offer(2, 2));
    assertThat(duty.isAskedFor(63)).isFalse();
    assertThat(duty.isAskedFor(64)).isTrue();
  }

  @Test
  void anOfferOfMoreThanThereAreNumbersForIsOneThatNeverComesDue() {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    duty.offer(offer(Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(duty.isAskedFor(1_000_000_000)).isFalse();
  }

  private static DeviceId device(int number) {
    byte[] id = new byte[DeviceId.BYTES];
    id[0] = (byte) number;
    try {
      return DeviceId.of(id);
    } catch (dev.sealift.protocol.FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void placesAreSpreadEvenlyFromTheLowerThresholdOn() {
    List<DeviceId> devices =
        IntStream.range(0, 6).mapToObj(CompactionDutyTest::device).toList();
    Set<Long> places = devices.stream()
        .map(device -> THRESHOLDS.of(device, devices, 7, false))
        .collect(Collectors.toSet());
    assertThat(places).containsExactlyInAnyOrder(100L, 150L, 200L, 250L, 300L, 350L);
  }

  @Test
  void whoWouldRatherLeaveItToOthersComesBehindAllOthers() {
    List<DeviceId> devices =
        IntStream.range(0, 6).mapToObj(CompactionDutyTest::device).toList();
    Set<Long> places = devices.stream()
        .map(device -> THRESHOLDS.of(device, devices, 7, true))
        .collect(Collectors.toSet());
    assertThat(places).containsExactlyInAnyOrder(400L, 450L, 500L, 550L, 600L, 650L);
  }

  @Test
  void whereNoMeshTakesCompactionsADeviceHasNothingToDoWithThem() {
    CompactionDuty duty = duty(Optional.of(THRESHOLDS));
    duty.connected(false);
    duty.offer(offer(100, 400));
    assertThat(duty.isOn()).isFalse();
    assertThat(duty.isAskedFor(100_000)).isFalse();
  }

  @Test
  void theChoreGoesRound() {
    List<DeviceId> devices =
        IntStream.range(0, 6).mapToObj(CompactionDutyTest::device).toList();
    Set<DeviceId> first = IntStream.range(0, 100)
        .boxed()
        .flatMap(base -> devices.stream()
            .filter(device -> THRESHOLDS.of(device, devices, base, false) == THRESHOLDS.lower()))
        .collect(Collectors.toSet());
    assertThat(first).hasSize(6);
  }
}
