package dev.sealift.ops.bench;

import dev.sealift.ops.bench.Workbench.Mesh;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The heap that idle devices cost the mesh, each in a space of its own, and idle sockets a bare server. */
final class IdleConnections implements Measurement {
  private static final long ENTER_SECONDS = 300;

  /** Classes, caches and pools come with the first connections, and stay. */
  private static final int FIRST = 200;

  private final Workbench bench;

  IdleConnections(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.IDLE_CONNECTION);
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  /** Heap does not depend on how busy the machine is. */
  @Override
  public int mostRounds() {
    return 3;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("idle");
    double floor;
    try (Mesh bare = bench.bareServer()) {
      floor = bytesEach(bare, IdleDevicesMain.SOCKETS);
    }
    try (Mesh mesh = bench.mesh(folder)) {
      figures.add(BenchRow.IDLE_CONNECTION, bytesEach(mesh, IdleDevicesMain.DEVICES), floor);
    }
    Workbench.clear(folder);
  }

  private double bytesEach(Mesh server, String kind) throws Exception {
    int count = bench.plan().connections();
    try (ChildProcess first = enter(server, kind, FIRST)) {
      long before = heap(server);
      try (ChildProcess others = enter(server, kind, count)) {
        return (double) (heap(server) - before) / count;
      }
    }
  }

  private static long heap(Mesh server) throws Exception {
    return Long.parseLong(server.process().ask(Answering.HEAP));
  }

  private ChildProcess enter(Mesh server, String kind, int count) throws Exception {
    ChildProcess devices = bench.child(
        IdleDevicesMain.class, List.of(), server.url().toString(), kind, Integer.toString(count));
    devices.line(ENTER_SECONDS);
    return devices;
  }
}
