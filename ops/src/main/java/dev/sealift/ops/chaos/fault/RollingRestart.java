package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every process of the mesh is asked to stop and started again, one after another: an upgrade. */
public record RollingRestart(List<Node> order) implements Fault {
  public RollingRestart {
    order = List.copyOf(order);
  }

  static RollingRestart draw(Dice dice, Topology topology) {
    return new RollingRestart(dice.shuffled(topology.mesh()));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.ROLLING_RESTART;
  }

  @Override
  public Set<Node> targets() {
    return new HashSet<>(order);
  }

  @Override
  public String detail() {
    return "SIGTERM and start: "
        + String.join(" ", order.stream().map(Node::name).toList());
  }

  @Override
  public Effect effect(Testbed bed) {
    Map<Node, Long> before = new HashMap<>();
    order.forEach(node -> before.put(node, bed.supervisor().pid(node)));
    return () -> before.entrySet().stream()
        .noneMatch(process -> bed.supervisor().pid(process.getKey()) == process.getValue());
  }

  /**
   * Waits for each process to be up again before the next is stopped; and for all at first, since one that is still starting does not know yet how
   * to stop.
   */
  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.supervisor().awaitReady(order);
    for (Node node : order) {
      bed.supervisor().stop(node);
      bed.supervisor().start(node);
      bed.supervisor().awaitReady(List.of(node));
    }
  }

  @Override
  public void heal(Testbed bed) {
    // Nothing is left to undo.
  }
}
