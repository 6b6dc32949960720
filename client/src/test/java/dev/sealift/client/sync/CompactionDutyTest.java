package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.CompactionDuty.Choice;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.proto.Step;
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

  private static CompactionDuty knowing(Step... steps) {
    CompactionDuty duty = new CompactionDuty(Optional.of(THRESHOLDS));
    duty.learn(List.of(steps));
    return duty;
  }

  @Test
  void withoutACompactionAllFilesAreLiveAndAllAreCompacted() {
    CompactionDuty duty = knowing();
    assertThat(duty.live(120)).isEqualTo(120);
    assertThat(duty.choice(120)).isEqualTo(new Choice(1, 1));
  }

  @Test
  void partsAreLiveAndSoIsWhatIsBehindThem() {
    assertThat(knowing(step(1, 1000, 2, 30), step(1001, 1200, 1, 4)).live(1250)).isEqualTo(80);
  }

  @Test
  void aFewOldPartsAreLeftAlone() {
    CompactionDuty duty = knowing(step(1, 1000, 2, 30), step(1001, 1200, 1, 4));
    assertThat(duty.choice(1400)).isEqualTo(new Choice(1201, 1));
  }

  @Test
  void manyOfAGenerationBecomeOneOfTheNext() {
    CompactionDuty duty =
        knowing(step(1, 1000, 2, 30), step(1001, 1200, 1, 150), step(1201, 1400, 1, 150));
    assertThat(duty.choice(1500)).isEqualTo(new Choice(1001, 2));
  }

  @Test
  void anOldCompactionKeepsWhatIsBehindItApart() {
    CompactionDuty duty =
        knowing(step(1, 1000, 1, 200), step(1001, 1200, 3, 10), step(1201, 1400, 1, 150));
    assertThat(duty.choice(1450)).isEqualTo(new Choice(1201, 2));
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
    assertThat(new CompactionDuty(Optional.empty()).isAskedFor(100_000)).isFalse();
  }

  @Test
  void itAsksOnceThereMayBeEnough() {
    CompactionDuty duty = new CompactionDuty(Optional.of(THRESHOLDS));
    assertThat(duty.isAskedFor(99)).isFalse();
    assertThat(duty.isAskedFor(100)).isTrue();
    duty.learn(List.of());
    assertThat(duty.isAskedFor(1000)).isFalse();
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
        .map(device -> THRESHOLDS.of(device, devices, 7))
        .collect(Collectors.toSet());
    assertThat(places).containsExactlyInAnyOrder(100L, 150L, 200L, 250L, 300L, 350L);
  }

  @Test
  void theChoreGoesRound() {
    List<DeviceId> devices =
        IntStream.range(0, 6).mapToObj(CompactionDutyTest::device).toList();
    Set<DeviceId> first = IntStream.range(0, 100)
        .boxed()
        .flatMap(base -> devices.stream()
            .filter(device -> THRESHOLDS.of(device, devices, base) == THRESHOLDS.lower()))
        .collect(Collectors.toSet());
    assertThat(first).hasSize(6);
  }
}
