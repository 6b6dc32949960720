package dev.sealift.ops.bench;

import dev.sealift.ops.mesh.Role;
import java.net.URI;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A mesh that runs in one JVM of its own or in one for each role, and where its gateway is. */
final class Mesh implements AutoCloseable {
  private final URI url;
  private final Map<Role, ChildProcess> processes;
  private final Ending ending;

  /** What is to be done when its processes have ended. */
  interface Ending {
    void run() throws BenchFailedException;
  }

  Mesh(URI url, Map<Role, ChildProcess> processes, Ending ending) {
    this.url = url;
    this.processes = Collections.unmodifiableMap(new EnumMap<>(processes));
    this.ending = ending;
  }

  /** Whatever has only a gateway, or has everything in one process. */
  static Mesh of(URI url, ChildProcess process, Ending ending) {
    return new Mesh(url, Map.of(Role.GATEWAY, process), ending);
  }

  URI url() {
    return url;
  }

  /** The process that devices connect to. */
  ChildProcess gateway() {
    return process(Role.GATEWAY);
  }

  ChildProcess process(Role role) {
    ChildProcess process = processes.get(role);
    if (process == null) {
      throw new IllegalArgumentException(role + " has no process of its own");
    }
    return process;
  }

  /** Asks every process for a number, and adds them up. */
  long sum(String question) throws BenchFailedException, InterruptedException {
    long sum = 0;
    for (ChildProcess process : processes.values()) {
      sum += Long.parseLong(process.ask(question));
    }
    return sum;
  }

  /** Ends the gateway first, so that what it has under way still finds the others. */
  @Override
  public void close() throws BenchFailedException, InterruptedException {
    Set<ChildProcess> all = new LinkedHashSet<>(processes.values());
    for (ChildProcess process : all) {
      process.close();
    }
    ending.run();
  }
}
