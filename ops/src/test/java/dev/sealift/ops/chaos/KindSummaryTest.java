package dev.sealift.ops.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.chaos.FaultRecord.Done;
import dev.sealift.ops.chaos.device.Devices.Recovered;
import dev.sealift.ops.chaos.fault.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KindSummaryTest {
  private static FaultRecord round(long millis, FaultKind... kinds) {
    List<Done> faults = new ArrayList<>();
    for (FaultKind kind : kinds) {
      faults.add(new Done(kind, "", 0, 1, true));
    }
    return round(millis, faults);
  }

  private static FaultRecord round(long millis, List<Done> faults) {
    Recovered recovered = new Recovered(millis, millis + 1, millis + 2, List.of());
    return new FaultRecord(1, faults, recovered, millis + 3, 0, List.of(), List.of());
  }

  @Test
  void countsEveryFaultAndTimesThoseThatWereAlone() {
    Map<FaultKind, KindSummary> kinds = KindSummary.of(List.of(
        round(10, FaultKind.KILL),
        round(30, FaultKind.KILL),
        round(20, FaultKind.KILL),
        round(900, FaultKind.KILL, FaultKind.LOSS)));
    KindSummary kill = kinds.get(FaultKind.KILL);
    assertThat(kill.count()).isEqualTo(4);
    assertThat(kill.alone()).isEqualTo(3);
    assertThat(kill.mesh()).isEqualTo(new KindSummary.Times(20, 30));
    assertThat(kill.gap()).isEqualTo(new KindSummary.Times(23, 33));
    assertThat(kinds.get(FaultKind.LOSS).count()).isEqualTo(1);
    assertThat(kinds.get(FaultKind.LOSS).mesh()).isEqualTo(new KindSummary.Times(0, 0));
    assertThat(kinds).doesNotContainKey(FaultKind.SPLIT);
  }

  @Test
  void theLongestWaitIsThatOfAllRoundsWithTheKind() {
    Map<FaultKind, KindSummary> kinds = KindSummary.of(
        List.of(round(10, FaultKind.KILL), round(900, FaultKind.KILL, FaultKind.LOSS)));
    assertThat(kinds.get(FaultKind.KILL).gap()).isEqualTo(new KindSummary.Times(13, 13));
    assertThat(kinds.get(FaultKind.KILL).longestWaitMillis()).isEqualTo(903);
    assertThat(kinds.get(FaultKind.LOSS).longestWaitMillis()).isEqualTo(903);
  }

  @Test
  void whatDidNotTakeHoldCountsForNothing() {
    FaultRecord unseen = round(900, List.of(new Done(FaultKind.NARROW, "", 0, 1, false)));
    assertThat(unseen.unseen()).hasSize(1);
    Map<FaultKind, KindSummary> kinds =
        KindSummary.of(List.of(unseen, round(10, FaultKind.NARROW)));
    KindSummary narrow = kinds.get(FaultKind.NARROW);
    assertThat(narrow.count()).isEqualTo(1);
    assertThat(narrow.unseen()).isEqualTo(1);
    assertThat(narrow.mesh()).isEqualTo(new KindSummary.Times(10, 10));
    assertThat(KindSummary.of(List.of(unseen)).get(FaultKind.NARROW).count()).isZero();
  }
}
