package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Rule;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/**
 * Packets pass in one direction alone.
 *
 * @param deaf whether the node hears nobody; otherwise nobody hears it
 */
public record OneWay(Node node, boolean deaf) implements Fault {
  private static final double HALF = 0.5;

  static OneWay draw(Dice dice, Topology topology) {
    return new OneWay(dice.oneOf(Targets.everybody(topology)), dice.chance(HALF));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.ONE_WAY;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return deaf ? node + " hears nobody" : "nobody hears " + node;
  }

  private Rule rule() {
    return deaf ? Rule.deaf(node) : Rule.mute(node);
  }

  /** A connection needs both ways. */
  @Override
  public Effect effect(Testbed bed) throws ChaosFailedException, InterruptedException {
    boolean before = bed.senses().isReached(node);
    return () -> before && !bed.senses().isReached(node);
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
