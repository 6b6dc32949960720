package dev.sealift.ops.chaos.bed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The nodes of a run: a plain list, the same for the same store. */
public record Topology(Store store, List<Node> nodes) {
  private static final int OF_EACH = 2;

  /** What the mesh keeps files in. */
  public enum Store {
    POSTGRES,
    /** One storage-adapter with an embedded store: for machines without PostgreSQL. */
    SQLITE;

    public String text() {
      return this == POSTGRES ? "postgres" : "sqlite";
    }
  }

  public Topology {
    nodes = List.copyOf(nodes);
  }

  public static Topology of(Store store) {
    boolean postgres = store == Store.POSTGRES;
    List<Node> nodes = new ArrayList<>();
    add(nodes, Part.GATEWAY, OF_EACH);
    add(nodes, Part.MERGE_ENGINE, OF_EACH);
    add(nodes, Part.STORAGE_ADAPTER, postgres ? OF_EACH : 1);
    if (postgres) {
      add(nodes, Part.POSTGRES, 1);
      add(nodes, Part.DATABASE_PATH, 1);
    }
    add(nodes, Part.FRONT, 1);
    add(nodes, Part.DEVICES, OF_EACH);
    return new Topology(store, nodes);
  }

  private static void add(List<Node> nodes, Part part, int count) {
    for (int i = 1; i <= count; i++) {
      String name = part.isMesh() || part == Part.DEVICES ? part.text() + "-" + i : part.text();
      nodes.add(new Node(name, part, nodes.size() + 1));
    }
  }

  public List<Node> of(Part... parts) {
    List<Part> wanted = Arrays.asList(parts);
    return nodes.stream().filter(node -> wanted.contains(node.part())).toList();
  }

  public Node only(Part part) {
    return of(part).get(0);
  }

  /** The processes of the mesh itself, in the order in which they start. */
  public List<Node> mesh() {
    return of(Part.STORAGE_ADAPTER, Part.MERGE_ENGINE, Part.GATEWAY).stream()
        .sorted(java.util.Comparator.comparing((Node node) -> node.part()).reversed())
        .toList();
  }
}
