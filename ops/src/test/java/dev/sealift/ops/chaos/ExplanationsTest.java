package dev.sealift.ops.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Surprise;
import dev.sealift.ops.chaos.bed.Surprise.How;
import dev.sealift.ops.chaos.bed.Topology;
import dev.sealift.ops.chaos.fault.ClockSkew;
import dev.sealift.ops.chaos.fault.DatabaseKill;
import dev.sealift.ops.chaos.fault.DiskFull;
import dev.sealift.ops.chaos.fault.Fault;
import dev.sealift.ops.chaos.fault.Freeze;
import dev.sealift.ops.chaos.fault.Kill;
import dev.sealift.ops.chaos.fault.RollingRestart;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
  private static final Topology TOPOLOGY = Topology.of(Topology.Store.POSTGRES);
  private static final Node STORE = TOPOLOGY.of(Part.STORAGE_ADAPTER).get(0);
  private static final Node POSTGRES = TOPOLOGY.only(Part.POSTGRES);

  private static boolean explain(Node node, How how, Fault... faults) {
    return Explanations.explain(Arrays.asList(faults), new Surprise(node, how, 1));
  }

  @Test
  void noFaultExplainsThatAProcessOfTheMeshEnds() {
    List<Fault> faults = List.of(
        new Freeze(STORE),
        new DatabaseKill(POSTGRES),
        new DiskFull(POSTGRES),
        new ClockSkew(STORE, 60),
        new RollingRestart(TOPOLOGY.mesh()));
    assertThat(Explanations.explain(faults, new Surprise(STORE, How.ENDED, 3))).isFalse();
  }

  @Test
  void noFaultExplainsThatAProcessDoesNotStop() {
    RollingRestart restart = new RollingRestart(TOPOLOGY.mesh());
    assertThat(explain(STORE, How.DID_NOT_STOP, restart)).isFalse();
    assertThat(explain(STORE, How.STOPPED_BADLY, restart)).isFalse();
  }

  @Test
  void inPeaceNothingIsExplained() {
    assertThat(explain(POSTGRES, How.ENDED)).isFalse();
    assertThat(explain(STORE, How.DID_NOT_START)).isFalse();
  }

  @Test
  void aFullDiskExplainsThatItsDatabaseEnds() {
    assertThat(explain(POSTGRES, How.ENDED, new DiskFull(POSTGRES))).isTrue();
    assertThat(explain(POSTGRES, How.ENDED, new Freeze(POSTGRES))).isFalse();
  }

  @Test
  void aFaultOfAnotherExplainsThatAProcessDidNotStart() {
    assertThat(explain(STORE, How.DID_NOT_START, new Kill(STORE), new Freeze(POSTGRES)))
        .isTrue();
  }

  @Test
  void havingBeenKilledDoesNotExplainThatAProcessDidNotStart() {
    assertThat(explain(STORE, How.DID_NOT_START, new Kill(STORE))).isFalse();
    assertThat(explain(STORE, How.DID_NOT_START, new ClockSkew(POSTGRES, 60))).isFalse();
  }
}
