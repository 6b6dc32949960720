package dev.sealift.ops.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What idle devices cost the mesh, each in a space of its own, and idle sockets a bare server: the heap of each, and all the memory of the
 * process that they are connected to.
 */
final class IdleConnections implements Measurement {
  private static final long ENTER_SECONDS = 600;

  /** Classes, caches and pools come with the first connections, and stay. Of a few, as many again will do. */
  private static final int FIRST = 200;

  /** The JDK's WebSockets take some 40 KiB of heap each. */
  private static final int MOST_OF_ONE_PROCESS = 5_000;

  private static final int MOST_LOOKS = 20;
  private static final long LOOK_MILLIS = 500;

  /** A heap that has shrunk by less than this part of it has settled. */
  private static final int SETTLED = 200;

  private static final double MEBIBYTE = 1 << 20;

  private final Workbench bench;

  IdleConnections(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.IDLE_CONNECTION, BenchRow.GATEWAY_RESIDENT_MEMORY);
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  /** Memory does not depend on how busy the machine is. */
  @Override
  public int mostRounds() {
    return 3;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    OpenFiles.requireFor(bench.plan().connections() + FIRST);
    Path folder = bench.fresh("idle");
    Cost floor;
    try (Mesh bare = bench.bareServer()) {
      floor = cost(bare, IdleDevicesMain.SOCKETS);
    }
    try (Mesh mesh = bench.mesh(folder)) {
      Cost cost = cost(mesh, IdleDevicesMain.DEVICES);
      figures.add(BenchRow.IDLE_CONNECTION, cost.heapBytesEach(), floor.heapBytesEach());
      if (bench.plan().cluster()) {
        figures.add(
            BenchRow.GATEWAY_RESIDENT_MEMORY,
            cost.residentBytes() / MEBIBYTE,
            floor.residentBytes() / MEBIBYTE);
      }
    }
    Workbench.clear(folder);
  }

  /**
   * What was seen.
   *
   * @param residentBytes of the process that they are connected to, at most; 0 where nobody wants to know
   */
  private record Cost(double heapBytesEach, double residentBytes) {}

  private Cost cost(Mesh server, String kind) throws Exception {
    int count = bench.plan().connections();
    List<ChildProcess> devices = new ArrayList<>();
    try {
      devices.addAll(enter(server, kind, Math.min(FIRST, count)));
      long before = heap(server);
      devices.addAll(enter(server, kind, count));
      double resident = bench.plan().cluster()
          ? ResidentMemory.peakBytes(server.gateway().pid())
          : 0; // before anybody asks for garbage to be collected
      return new Cost((double) (heap(server) - before) / count, resident);
    } finally {
      for (ChildProcess process : devices) {
        process.close();
      }
    }
  }

  /** What only connecting needs is given up in its own time: so it is looked at until it does not shrink any more. */
  private static long heap(Mesh server) throws Exception {
    long least = server.sum(Answering.HEAP);
    for (int look = 0; look < MOST_LOOKS; look++) {
      Thread.sleep(LOOK_MILLIS);
      long now = server.sum(Answering.HEAP);
      if (now > least - least / SETTLED) {
        return Math.min(now, least);
      }
      least = now;
    }
    return least;
  }

  /** Lets so many come, in several processes at once if they are many, and waits until all are in. */
  private List<ChildProcess> enter(Mesh server, String kind, int count) throws Exception {
    List<ChildProcess> devices = new ArrayList<>();
    try {
      for (int left = count; left > 0; left -= MOST_OF_ONE_PROCESS) {
        devices.add(bench.child(
            IdleDevicesMain.class,
            List.of(),
            server.url().toString(),
            kind,
            Integer.toString(Math.min(left, MOST_OF_ONE_PROCESS))));
      }
      for (ChildProcess process : devices) {
        process.line(ENTER_SECONDS);
      }
      return devices;
    } catch (Exception e) {
      for (ChildProcess process : devices) {
        process.close();
      }
      throw e;
    }
  }
}
