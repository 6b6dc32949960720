package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.chaos.bed.Surprise.How;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** All processes of the run, kept running. For one thread, which calls {@link #attend} whenever it waits. */
public final class Supervisor {
  /** A JVM that joins a cluster on a loaded machine, with a clock that is read from a file. */
  private static final Duration START_DEADLINE = Duration.ofMinutes(3);

  /** What Kubernetes gives a process by default, and then as much again: the machine may be loaded. */
  private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);

  private static final Duration KILL_DEADLINE = Duration.ofSeconds(20);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Network network;
  private final Map<Node, Supervised> processes = new LinkedHashMap<>();
  private final List<Surprise> surprises = new ArrayList<>();
  private volatile boolean ending;

  Supervisor(Network network) {
    this.network = network;
  }

  void add(Supervised process) {
    processes.put(process.node(), process);
  }

  private Supervised of(Node node) {
    Supervised process = processes.get(node);
    if (process == null) {
      throw new IllegalArgumentException("nothing is supervised at " + node);
    }
    return process;
  }

  public void start(Node node) throws ChaosFailedException {
    if (ending) {
      throw ChaosFailedException.failed("The run was ended.");
    }
    of(node).start();
  }

  /** Waits until all these can take work. */
  public void awaitReady(Collection<Node> nodes) throws ChaosFailedException, InterruptedException {
    boolean ready =
        await(START_DEADLINE, () -> nodes.stream().allMatch(node -> of(node).isReady()));
    if (!ready) {
      List<Node> late = nodes.stream().filter(node -> !of(node).isReady()).toList();
      throw ChaosFailedException.failed("Not ready within %d seconds: %s. Their logs say why."
          .formatted(START_DEADLINE.toSeconds(), late));
    }
  }

  /** SIGKILL, for good until {@link #start}. */
  public void kill(Node node) throws ChaosFailedException, InterruptedException {
    Supervised process = of(node);
    process.expectEnd();
    network.signal(node, "KILL");
    if (!process.awaitEnd(KILL_DEADLINE)) {
      throw ChaosFailedException.failed(node + " outlived SIGKILL.");
    }
  }

  /** SIGSTOP, of all its processes. */
  public void freeze(Node node) throws InterruptedException {
    network.signal(node, "STOP");
  }

  public void thaw(Node node) throws InterruptedException {
    network.signal(node, "CONT");
  }

  /** The process that runs at a node now, or ran there last. */
  public long pid(Node node) {
    return of(node).pid();
  }

  /** SIGTERM, and SIGKILL when that takes too long; answers whether it stopped by itself. */
  public boolean stop(Node node) throws ChaosFailedException, InterruptedException {
    Supervised process = of(node);
    process.expectEnd();
    network.signal(node, "TERM");
    long end = System.nanoTime() + STOP_DEADLINE.toNanos();
    while (process.runs() && System.nanoTime() < end) {
      attend();
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    boolean stopped = !process.runs();
    if (stopped && process.exitCode() != 0) {
      surprises.add(new Surprise(node, How.STOPPED_BADLY, process.exitCode()));
    }
    if (!stopped) {
      surprises.add(new Surprise(node, How.DID_NOT_STOP, 0));
      kill(node);
    }
    return stopped;
  }

  /** Starts again what ended by itself. */
  public void attend() throws ChaosFailedException {
    for (Supervised process : processes.values()) {
      How how = process.hasBeenReady() ? How.ENDED : How.DID_NOT_START;
      int exitCode = process.exitCode();
      if (process.restartIfEnded()) {
        surprises.add(new Surprise(process.node(), how, exitCode));
      }
    }
  }

  /** Attends until a condition holds, or the time is over; answers whether it holds. */
  public boolean await(Duration deadline, BooleanSupplier condition) throws ChaosFailedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      attend();
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return true;
  }

  /** What is not started again: nothing of its memory stays. */
  void removeClockMemory() {
    processes
        .values()
        .forEach(process -> Leftovers.removeClockMemory(List.of(Long.toString(process.pid()))));
  }

  /** What nobody asked for since the last call: processes that ended by themselves, or did not end. */
  public List<Surprise> takeSurprises() {
    List<Surprise> taken = List.copyOf(surprises);
    surprises.clear();
    return taken;
  }

  /** Makes every process run. */
  void heal() throws ChaosFailedException, InterruptedException {
    for (Node node : processes.keySet()) {
      thaw(node);
      start(node);
    }
    awaitReady(processes.keySet());
  }

  /** Nothing is started any more: may be called from any thread, as when a person ends the run. */
  void expectTheEnd() {
    ending = true;
    processes.values().forEach(Supervised::expectEnd);
  }
}
