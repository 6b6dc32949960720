package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Rule;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** A share of the packets to a node is lost. */
public record Loss(Node node, int percent) implements Fault {
  private static final int LEAST_PERCENT = 2;

  /** Beyond a third TCP hardly moves, which a partition shows already. */
  private static final int MOST_PERCENT = 30;

  private static final double PERCENT = 100;

  static Loss draw(Dice dice, Topology topology) {
    return new Loss(
        dice.oneOf(Targets.everybody(topology)), dice.between(LEAST_PERCENT, MOST_PERCENT));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.LOSS;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "%d %% of the packets to %s lost".formatted(percent, node);
  }

  private Rule rule() {
    return Rule.losing(node, percent / PERCENT);
  }

  @Override
  public Effect effect(Testbed bed) {
    return () -> bed.senses().thrownAway(node) > 0; // a new rule begins at 0
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().add(rule());
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.network().remove(rule());
  }
}
