package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Rule;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** A node neither hears anybody nor is heard. */
public record Isolation(Node node) implements Fault {
  static Isolation draw(Dice dice, Topology topology) {
    return new Isolation(dice.oneOf(Targets.everybody(topology)));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.PARTITION;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return node + " cut off";
  }

  @Override
  public Effect effect(Testbed bed) throws ChaosFailedException, InterruptedException {
    boolean before = bed.senses().isReached(node);
    return () -> before && !bed.senses().isReached(node);
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().add(Rule.deaf(node));
    bed.network().add(Rule.mute(node));
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().remove(Rule.deaf(node));
    bed.network().remove(Rule.mute(node));
  }
}
