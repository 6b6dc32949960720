package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** A process of the mesh is killed, and started again when the fault is over. */
public record Kill(Node node) implements Fault {
  static Kill draw(Dice dice, Topology topology) {
    return new Kill(dice.oneOf(topology.mesh()));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.KILL;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "SIGKILL " + node;
  }

  @Override
  public Effect effect(Testbed bed) {
    return () -> bed.senses().isGone(node);
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.supervisor().kill(node);
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException {
    bed.supervisor().start(node);
  }
}
