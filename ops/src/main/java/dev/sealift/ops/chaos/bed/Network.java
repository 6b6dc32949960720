package dev.sealift.ops.chaos.bed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A namespace with one interface for each node, and one with the bridge between them: nothing of it touches the machine's own network. For
 * one thread.
 */
public final class Network {
  private static final String INTERFACE = "eth0";

  /** Enough that one packet of the link's size passes; iproute2 asks for a bound on waiting too. */
  private static final List<String> TBF_QUEUE = List.of("burst", "16kbit", "latency", "500ms");

  private final RunId run;
  private final Topology topology;
  private final Set<Rule> rules = new LinkedHashSet<>();
  private final Set<Node> narrowed = new LinkedHashSet<>();

  Network(RunId run, Topology topology) {
    this.run = run;
    this.topology = topology;
  }

  void open() throws ChaosFailedException, InterruptedException {
    Shell.run("ip", "netns", "add", bridge());
    Shell.run("ip", "-n", bridge(), "link", "add", "br0", "type", "bridge");
    Shell.run("ip", "-n", bridge(), "link", "set", "br0", "up");
    for (Node node : topology.nodes()) {
      open(node);
    }
  }

  private void open(Node node) throws ChaosFailedException, InterruptedException {
    String space = namespace(node);
    String port = "port" + node.host();
    Shell.run("ip", "netns", "add", space);
    Shell.run(
        "ip", "-n", bridge(), "link", "add", port, "type", "veth", "peer", "name", INTERFACE,
        "netns", space);
    Shell.run("ip", "-n", bridge(), "link", "set", port, "master", "br0", "up");
    String address = node.address() + "/" + Node.SUBNET_BITS;
    Shell.run("ip", "-n", space, "address", "add", address, "dev", INTERFACE);
    Shell.run("ip", "-n", space, "link", "set", INTERFACE, "up");
    Shell.run("ip", "-n", space, "link", "set", "lo", "up");
  }

  private String bridge() {
    return run.text() + "-bridge";
  }

  String namespace(Node node) {
    return run.text() + "-" + node.name();
  }

  /** A command as it is run in a node's namespace. It becomes that command: pid and exit code are the command's. */
  List<String> inside(Node node, List<String> command) {
    List<String> inside =
        new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace(node)));
    inside.addAll(command);
    return inside;
  }

  /** Sends a signal to every process of a node, and so to none that this run did not start. */
  void signal(Node node, String signal) throws InterruptedException {
    Namespaces.signal(namespace(node), signal);
  }

  /** From now on packets meet this rule. */
  public void add(Rule rule) throws ChaosFailedException, InterruptedException {
    if (rules.add(rule)) {
      iptables(rule, "-A");
    }
  }

  public void remove(Rule rule) throws ChaosFailedException, InterruptedException {
    if (rules.remove(rule)) {
      iptables(rule, "-D");
    }
  }

  private void iptables(Rule rule, String action)
      throws ChaosFailedException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("iptables", "-w", "20", action));
    command.addAll(rule.spec());
    Shell.run(inside(rule.at(), command));
  }

  /** Lets this much out of a node and no more. */
  public void narrow(Node node, int kilobitsPerSecond)
      throws ChaosFailedException, InterruptedException {
    List<String> command = new ArrayList<>(Arrays.asList(
        "tc",
        "qdisc",
        "replace",
        "dev",
        INTERFACE,
        "root",
        "tbf",
        "rate",
        kilobitsPerSecond + "kbit"));
    command.addAll(TBF_QUEUE);
    Shell.run(inside(node, command));
    narrowed.add(node);
  }

  /** What the kernel has counted of a node's queue. */
  String queue(Node node) throws ChaosFailedException, InterruptedException {
    return Shell.run(inside(node, List.of("tc", "-s", "qdisc", "show", "dev", INTERFACE)));
  }

  public void widen(Node node) throws ChaosFailedException, InterruptedException {
    if (narrowed.remove(node)) {
      Shell.run(inside(node, List.of("tc", "qdisc", "del", "dev", INTERFACE, "root")));
    }
  }

  void heal() throws ChaosFailedException, InterruptedException {
    for (Rule rule : List.copyOf(rules)) {
      remove(rule);
    }
    for (Node node : List.copyOf(narrowed)) {
      widen(node);
    }
  }
}
