package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Set;

/** No byte is left on the disk of the store. */
public record DiskFull(Node node) implements Fault {
  static DiskFull draw(Dice dice, Topology topology) {
    Part store = topology.store() == Topology.Store.POSTGRES ? Part.POSTGRES : Part.STORAGE_ADAPTER;
    return new DiskFull(dice.oneOf(topology.of(store)));
  }

  @Override
  public FaultKind kind() {
    return FaultKind.DISK_FULL;
  }

  @Override
  public Set<Node> targets() {
    return Set.of(node);
  }

  @Override
  public String detail() {
    return "disk of " + node + " full";
  }

  /** That a file could not grow would show only what was done, not that the store met it. */
  @Override
  public Effect effect(Testbed bed) throws ChaosFailedException, InterruptedException {
    long before = bed.senses().refusedForWantOfRoom(node);
    return () -> bed.senses().refusedForWantOfRoom(node) > before;
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    bed.disk().fill();
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException {
    bed.disk().free();
  }
}
