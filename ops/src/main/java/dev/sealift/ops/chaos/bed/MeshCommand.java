package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.Main;
import dev.sealift.ops.jvm.JavaCommand;
import dev.sealift.ops.programs.PostgresFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a process of the mesh is started: the same {@code up} that an operator would run, at fixed ports of its own address. */
final class MeshCommand {
  static final int GATEWAY_PORT = 7400;
  private static final int CLUSTER_PORT = 7410;
  private static final int BUS_PORT = 7411;
  private static final int PROBE_PORT = 7480;

  /**
   * As in a cluster, where it is what balancers take to look elsewhere: many times what this run's takes.
   */
  private static final int DRAIN_SECONDS = 3;

  /** What it says when it can take work. */
  static final String UP = "{\"event\":\"up\"";

  private static final List<String> JVM_FLAGS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  private final Topology topology;
  private final Path folder;
  private final Disk disk;

  MeshCommand(Topology topology, Path folder, Disk disk) {
    this.topology = topology;
    this.folder = folder;
    this.disk = disk;
  }

  /** Where a process of the mesh shows how it is. */
  static int httpPort(Node node) {
    return node.part() == Part.GATEWAY ? GATEWAY_PORT : PROBE_PORT;
  }

  List<String> of(Node node) {
    List<String> up = new ArrayList<>(List.of("up", "--json"));
    up.addAll(List.of("--roles", node.part().text()));
    up.addAll(List.of("--data", data(node).toString()));
    up.addAll(List.of("--cluster-host", node.address()));
    up.addAll(List.of("--cluster-port", "" + CLUSTER_PORT));
    up.addAll(List.of("--cluster-bus-port", "" + BUS_PORT));
    up.addAll(List.of("--join", others(node)));
    up.addAll(List.of("--drain-seconds", "" + DRAIN_SECONDS));
    up.add("--allow-plaintext-cluster"); // nobody else reaches these namespaces
    up.add("--no-compactions"); // how long writes take under faults is to be compared with earlier
    // runs
    up.addAll(ownOptions(node));
    return JavaCommand.of(Main.class, JVM_FLAGS, up.toArray(String[]::new));
  }

  private List<String> ownOptions(Node node) {
    if (node.part() == Part.GATEWAY) {
      return List.of("--host", node.address(), "--port", "" + GATEWAY_PORT, "--allow-plaintext");
    }
    List<String> options =
        new ArrayList<>(List.of("--http-host", node.address(), "--http-port", "" + PROBE_PORT));
    if (node.part() == Part.STORAGE_ADAPTER && topology.store() == Topology.Store.POSTGRES) {
      options.addAll(store());
    }
    return options;
  }

  /** Brings the database's schema up, as a job before the first process of the mesh. */
  List<String> migrate() {
    List<String> migrate = new ArrayList<>(List.of("migrate", "--json"));
    migrate.addAll(store());
    return JavaCommand.of(Main.class, JVM_FLAGS, migrate.toArray(String[]::new));
  }

  private List<String> store() {
    return List.of(
        "--store",
        "postgres://%s@%s:%d/%s?sslmode=disable"
            .formatted(
                PostgresFolder.USER,
                topology.only(Part.DATABASE_PATH).address(),
                Postgres.PORT,
                PostgresFolder.DATABASE));
  }

  private String others(Node node) {
    return topology.mesh().stream()
        .filter(other -> !other.equals(node))
        .map(other -> other.address() + ":" + CLUSTER_PORT)
        .collect(Collectors.joining(","));
  }

  /** Gateways and merge engines find one notary key in theirs; what a storage-adapter keeps is on the disk that can be full. */
  private Path data(Node node) {
    return node.part() == Part.STORAGE_ADAPTER
        ? disk.folder().resolve("store")
        : folder.resolve("mesh");
  }
}
