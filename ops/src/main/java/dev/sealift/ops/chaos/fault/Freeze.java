package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** A process stands still, sockets open, for longer than others believe in it; then it goes on as if nothing had been. */
public record Freeze(Node node) implements Fault {
  static Freeze draw(Dice dice, Topology topology) {
    return new Freeze(dice.oneOf(Targets.meshAndDatabase(topology)));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.FREEZE;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "SIGSTOP " + node;
  }

  @Override
  public Effect effect(Testbed bed) {
    return () -> bed.senses().isFrozen(node);
  }

  @Override
  public void inflict(Testbed bed) throws InterruptedException {
    bed.supervisor().freeze(node);
  }

  @Override
  public void heal(Testbed bed) throws InterruptedException {
    bed.supervisor().thaw(node);
  }
}
