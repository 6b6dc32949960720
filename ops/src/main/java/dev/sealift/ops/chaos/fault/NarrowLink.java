package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** Little gets out of a node, as over a bad line. */
public record NarrowLink(Node node, int kilobitsPerSecond) implements Fault {
  private static final int LEAST_KILOBITS = 64;
  private static final int MOST_KILOBITS = 1_000;

  static NarrowLink draw(Dice dice, Topology topology) {
    return new NarrowLink(
        dice.oneOf(Targets.everybody(topology)), dice.between(LEAST_KILOBITS, MOST_KILOBITS));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.NARROW;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "%d kbit/s out of %s".formatted(kilobitsPerSecond, node);
  }

  @Override
  public Effect effect(Testbed bed) {
    return () -> bed.senses().isHeldUp(node); // a new queue begins at 0
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().narrow(node, kilobitsPerSecond);
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().widen(node);
  }
}
