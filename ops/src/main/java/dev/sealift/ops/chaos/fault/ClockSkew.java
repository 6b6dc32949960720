package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** The wall clock of a process of the mesh jumps, and jumps back when the fault is over. */
public record ClockSkew(Node node, int seconds) implements Fault {
  /** A merge engine stops admitting when it is further off than this; what is off by less is believed, and wrong. */
  private static final int BELIEVED_SECONDS = 5;

  private static final int MOST_SECONDS = 600;
  private static final double HALF = 0.5;

  /** Of the seconds drawn: what a process says of its clock is a moment old when it is read. */
  private static final double LEAST_SHOWN = 0.5;

  static ClockSkew draw(Dice dice, Topology topology) {
    int size = dice.chance(HALF)
        ? dice.between(1, BELIEVED_SECONDS)
        : dice.between(BELIEVED_SECONDS + 1, MOST_SECONDS);
    return new ClockSkew(dice.oneOf(topology.mesh()), dice.chance(HALF) ? size : -size);
  }

  @Override
  public FaultKind kind() {
    return FaultKind.CLOCK;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "clock of %s off by %+d s".formatted(node, seconds);
  }

  @Override
  public Effect effect(Testbed bed) {
    return () -> bed.senses().secondsOff(node) / seconds >= LEAST_SHOWN;
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException {
    bed.clocks().skew(node, seconds);
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException {
    bed.clocks().setRight(node);
  }
}
