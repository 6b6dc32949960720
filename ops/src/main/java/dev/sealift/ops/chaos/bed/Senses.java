package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.programs.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can be seen of the nodes without asking those who inflict faults: whether packets pass, what the kernel counts, what processes say of
 * themselves. For one thread.
 */
public final class Senses {
  /** Nobody listens there; whoever hears the question refuses it at once. */
  private static final int DISCARD_PORT = 9;

  /** A refusal takes a fraction of a millisecond, and a program to start on a loaded machine most of a second. */
  private static final String PATIENCE_SECONDS = "2";

  private static final double MILLIS = 1_000;
  private static final String NO_ROOM = "No space left on device";

  private static final Pattern HELD_UP =
      Pattern.compile("dropped (\\d+), overlimits (\\d+).*?backlog (\\d+)", Pattern.DOTALL);

  private final Topology topology;
  private final Network network;
  private final Path folder;
  private final Path logs;

  Senses(Topology topology, Network network, Path folder, Path logs) {
    this.topology = topology;
    this.network = network;
    this.folder = folder;
    this.logs = logs;
  }

  /** Whether a node whom no fault cuts off reaches this one, and hears its answer. */
  public boolean isReached(Node node) throws ChaosFailedException, InterruptedException {
    return reaches(topology.only(Part.FRONT), node);
  }

  /** Whether a connection from one node gets to another, and the answer back: a refusal is one. */
  public boolean reaches(Node from, Node to) throws ChaosFailedException, InterruptedException {
    String connect = "exec 3<>/dev/tcp/" + to.address() + "/" + DISCARD_PORT;
    Program.Answer answer = Shell.ask(
        network.inside(from, List.of("timeout", PATIENCE_SECONDS, "bash", "-c", connect)));
    return answer.exitCode() == 0 || answer.output().contains("refused");
  }

  /** How many packets the rules at a node have thrown away since they were made. */
  public long thrownAway(Node node) throws ChaosFailedException, InterruptedException {
    return thrownAway(Shell.run(network.inside(node, List.of("iptables", "-w", "20", "-nvxL"))));
  }

  /** Of a listing such as {@code 17 884 DROP all -- ...}: packets, bytes, what becomes of them. */
  static long thrownAway(String listing) {
    return listing
        .lines()
        .map(line -> line.strip().split(" +"))
        .filter(words -> words.length > 2 && words[2].equals("DROP"))
        .mapToLong(words -> Long.parseLong(words[0]))
        .sum();
  }

  /** Whether anything that a node sent has had to wait, or was thrown away, because its link is narrow. */
  public boolean isHeldUp(Node node) throws ChaosFailedException, InterruptedException {
    return isHeldUp(network.queue(node));
  }

  static boolean isHeldUp(String queue) {
    Matcher numbers = HELD_UP.matcher(queue);
    return numbers.find()
        && Stream.of(1, 2, 3).anyMatch(group -> !numbers.group(group).equals("0"));
  }

  /** Whether no process of a node runs. */
  public boolean isGone(Node node) throws InterruptedException {
    return Namespaces.pids(network.namespace(node)).isEmpty();
  }

  /** Whether every process of a node stands still. */
  public boolean isFrozen(Node node) throws InterruptedException {
    List<String> pids = Namespaces.pids(network.namespace(node));
    return !pids.isEmpty() && pids.stream().allMatch(Senses::isStopped);
  }

  private static boolean isStopped(String pid) {
    try {
      return isStopped(Path.of("/proc/" + pid + "/stat"));
    } catch (IOException e) {
      return true; // it ended: it does not run either
    }
  }

  /** After the name, which may hold anything, comes the state. */
  private static boolean isStopped(Path stat) throws IOException {
    String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
    return text.startsWith(") T", text.lastIndexOf(')'));
  }

  /** How many bytes a relay has held back. */
  public long heldBytes(Node relay) throws ChaosFailedException {
    try {
      return Long.parseLong(Files.readString(heldFile(relay)).strip());
    } catch (NoSuchFileException e) {
      return 0; // it has only just started
    } catch (IOException e) {
      throw ChaosFailedException.failed("A relay cannot be asked: " + e.getMessage() + ".");
    }
  }

  Path heldFile(Node relay) {
    return folder.resolve("held-" + relay.name());
  }

  /**
   * By how many seconds the wall clock of a process of the mesh differs from this machine's at least, ahead or behind; 0 when it does not say so.
   */
  public double secondsOff(Node node) throws ChaosFailedException, InterruptedException {
    double before = System.currentTimeMillis() / MILLIS;
    OptionalDouble clock = shown(node, "sealift_process_clock_seconds");
    double after = System.currentTimeMillis() / MILLIS;
    return clock.isPresent() ? outside(before, after, clock.getAsDouble()) : 0;
  }

  /** It was read at some moment between the two. */
  static double outside(double before, double after, double clock) {
    return clock > after ? clock - after : Math.min(0, clock - before);
  }

  /** How often the store has been told that its disk is full: in PostgreSQL's words, or by the embedded one's own count. */
  public long refusedForWantOfRoom(Node store) throws ChaosFailedException, InterruptedException {
    return store.part() == Part.POSTGRES
        ? linesWith(NO_ROOM, logs.resolve(store.name() + ".log"))
        : (long) shown(store, "sealift_storage_write_failures_total").orElse(0);
  }

  private static long linesWith(String words, Path log) throws ChaosFailedException {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains(words)).count();
    } catch (IOException e) {
      throw ChaosFailedException.failed("A log cannot be read: " + e.getMessage() + ".");
    }
  }

  /** The sum of a metric over all of its labels; empty when the process does not answer. */
  private OptionalDouble shown(Node node, String metric)
      throws ChaosFailedException, InterruptedException {
    String ask =
        "exec 3<>/dev/tcp/%s/%d && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"
            .formatted(node.address(), MeshCommand.httpPort(node));
    Program.Answer answer =
        Shell.ask(network.inside(node, List.of("timeout", PATIENCE_SECONDS, "bash", "-c", ask)));
    return sum(answer.output(), metric);
  }

  static OptionalDouble sum(String page, String metric) {
    double[] values = page.lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .toArray();
    return values.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Arrays.stream(values).sum());
  }
}
