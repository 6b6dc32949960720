package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** What goes between devices and gateways, or between storage-adapters and the database, arrives later, in both directions. */
public record Delay(Node relay, int millis) implements Fault {
  private static final int LEAST_MILLIS = 20;
  private static final int MOST_MILLIS = 500;

  static Delay draw(Dice dice, Topology topology) {
    return new Delay(
        dice.oneOf(topology.of(Part.FRONT, Part.DATABASE_PATH)),
        dice.between(LEAST_MILLIS, MOST_MILLIS));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.DELAY;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(relay);
  }

  @Override
  public String detail() {
    return "%d ms each way through %s".formatted(millis, relay);
  }

  @Override
  public Effect effect(Testbed bed) throws ChaosFailedException {
    long before = bed.senses().heldBytes(relay);
    return () -> bed.senses().heldBytes(relay) > before;
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException {
    bed.delay(relay, millis);
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException {
    bed.delay(relay, 0);
  }
}
