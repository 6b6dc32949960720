package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.ArrayList;
import java.util.List;

/** Whom faults befall. */
final class Targets {
  private Targets() {}

  /** Processes of the mesh, and the database beside them if there is one. */
  static List<Node> meshAndDatabase(Topology topology) {
    List<Node> nodes = new ArrayList<>(topology.mesh());
    nodes.addAll(topology.of(Part.POSTGRES));
    return nodes;
  }

  /** Those, and the devices' side. */
  static List<Node> everybody(Topology topology) {
    List<Node> nodes = meshAndDatabase(topology);
    nodes.addAll(topology.of(Part.DEVICES));
    return nodes;
  }
}
