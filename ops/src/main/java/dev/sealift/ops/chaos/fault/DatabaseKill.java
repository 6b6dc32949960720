package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** PostgreSQL is killed with all its processes, and started again when the fault is over: it recovers from its log. */
public record DatabaseKill(Node node) implements Fault {
  static DatabaseKill draw(Dice dice, Topology topology) {
    return new DatabaseKill(dice.oneOf(topology.of(Part.POSTGRES)));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.DATABASE_KILL;
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
