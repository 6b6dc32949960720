package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.jvm.JavaCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mesh of real processes, each in a network namespace of its own, with a database and a disk of its own: what faults are done to. All
 * that it makes bears the run's id and goes when it is closed, or when a later run finds it. For one thread.
 */
public final class Testbed implements AutoCloseable {
  private static final List<String> RELAY_FLAGS = List.of("-Xmx128m", "-XX:+UseSerialGC");

  private final RunId run;
  private final Path folder;
  private final Topology topology;
  private final Network network;
  private final Disk disk;
  private final Clocks clocks;
  private final Supervisor supervisor;
  private final Senses senses;
  private final Optional<Postgres> postgres;

  /** Describes it; {@link #open} makes it. */
  public Testbed(RunId run, Path folder, Topology topology, Equipment equipment) {
    this.run = run;
    this.folder = folder;
    this.topology = topology;
    this.network = new Network(run, topology);
    this.disk = new Disk(run, folder);
    this.clocks = new Clocks(equipment.faketime(), folder);
    this.supervisor = new Supervisor(network);
    this.senses = new Senses(topology, network, folder, logs());
    this.postgres = equipment
        .postgres()
        .map(programs -> new Postgres(programs, disk, topology.only(Part.POSTGRES)));
  }

  public Topology topology() {
    return topology;
  }

  public Network network() {
    return network;
  }

  public Supervisor supervisor() {
    return supervisor;
  }

  public Senses senses() {
    return senses;
  }

  public Clocks clocks() {
    return clocks;
  }

  public Disk disk() {
    return disk;
  }

  /** Where devices connect. */
  public URI mesh() {
    return URI.create(
        "ws://" + topology.only(Part.FRONT).address() + ":" + MeshCommand.GATEWAY_PORT);
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  /** Makes everything and waits until the mesh can take work. */
  public void open() throws ChaosFailedException, InterruptedException {
    try {
      Files.createDirectories(logs());
      network.open();
      disk.open();
      if (postgres.isPresent()) {
        startPostgres(postgres.get());
      }
      addRelays();
      addMesh();
      startMesh();
    } catch (IOException e) {
      throw ChaosFailedException.failed("The run's folder is unusable: " + e.getMessage() + ".");
    }
  }

  private void startPostgres(Postgres server)
      throws ChaosFailedException, InterruptedException, IOException {
    server.initialize(Node.SUBNET + "0/" + Node.SUBNET_BITS);
    supervisor.add(server.server(network, logs()));
    Node node = topology.only(Part.POSTGRES);
    supervisor.start(node);
    supervisor.awaitReady(List.of(node));
  }

  private void addRelays() throws ChaosFailedException {
    List<String> gateways = topology.of(Part.GATEWAY).stream()
        .map(node -> node.address() + ":" + MeshCommand.GATEWAY_PORT)
        .toList();
    addRelay(topology.only(Part.FRONT), MeshCommand.GATEWAY_PORT, RelayMain.READYZ, gateways);
    if (postgres.isPresent()) {
      String server = topology.only(Part.POSTGRES).address() + ":" + Postgres.PORT;
      addRelay(topology.only(Part.DATABASE_PATH), Postgres.PORT, RelayMain.TCP, List.of(server));
    }
  }

  private void addRelay(Node node, int port, String how, List<String> targets)
      throws ChaosFailedException {
    delay(node, 0);
    List<String> arguments = new ArrayList<>(Arrays.asList(
        "" + port, delayFile(node).toString(), senses.heldFile(node).toString(), how));
    arguments.addAll(targets);
    List<String> command =
        JavaCommand.of(RelayMain.class, RELAY_FLAGS, arguments.toArray(String[]::new));
    supervisor.add(new Supervised(
        node, network.inside(node, command), Map.of(), log(node), RelayMain.READY::equals));
  }

  private void addMesh() throws ChaosFailedException {
    MeshCommand up = new MeshCommand(topology, folder, disk);
    for (Node node : topology.mesh()) {
      supervisor.add(new Supervised(
          node,
          network.inside(node, up.of(node)),
          new HashMap<>(clocks.environment(node)),
          log(node),
          line -> line.startsWith(MeshCommand.UP)));
    }
  }

  private Path log(Node node) {
    return logs().resolve(node.name() + ".log");
  }

  /** The relays and the first of the mesh come first: it makes the notary's key, and others find a cluster to join. */
  private void startMesh() throws ChaosFailedException, InterruptedException {
    List<Node> relays = topology.of(Part.FRONT, Part.DATABASE_PATH);
    startAll(relays);
    List<Node> mesh = topology.mesh();
    if (postgres.isPresent()) {
      List<String> migrate = new MeshCommand(topology, folder, disk).migrate();
      Shell.run(network.inside(topology.of(Part.STORAGE_ADAPTER).get(0), migrate));
    }
    startAll(topology.of(Part.STORAGE_ADAPTER).subList(0, 1));
    startAll(topology.of(Part.MERGE_ENGINE).subList(0, 1));
    startAll(mesh);
  }

  private void startAll(List<Node> nodes) throws ChaosFailedException, InterruptedException {
    for (Node node : nodes) {
      supervisor.start(node);
    }
    supervisor.awaitReady(nodes);
  }

  /** Holds everything that goes through a relay back for so long. */
  public void delay(Node relay, int millis) throws ChaosFailedException {
    try {
      Files.writeString(delayFile(relay), millis + "\n");
    } catch (IOException e) {
      throw ChaosFailedException.failed("A delay could not be set: " + e.getMessage() + ".");
    }
  }

  private Path delayFile(Node relay) {
    return folder.resolve("delay-" + relay.name());
  }

  /** A command in the namespace of a node that is not supervised. */
  public List<String> inside(Node node, List<String> command) {
    return network.inside(node, command);
  }

  /** Undoes whatever a fault may have left, and waits until every process can take work. */
  public void heal() throws ChaosFailedException, InterruptedException {
    network.heal();
    disk.free();
    for (Node relay : topology.of(Part.FRONT, Part.DATABASE_PATH)) {
      delay(relay, 0);
    }
    for (Node node : topology.mesh()) {
      clocks.setRight(node);
    }
    supervisor.heal();
  }

  /** Ends every process of the run and takes everything from the machine that is not in its folder. From any thread, and twice. */
  @Override
  public void close() throws InterruptedException {
    supervisor.expectTheEnd();
    Leftovers.clear(run);
    supervisor.removeClockMemory();
  }
}
