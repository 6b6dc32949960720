package dev.sealift.ops.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The most live heap of each process while rows are written, uploaded and taken in: of ten times the rows, beside the rows. */
final class Memory implements Measurement {
  private static final int TIMES = 10;
  private static final double MEBIBYTE = 1 << 20;

  private final Workbench bench;

  Memory(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.MEMORY_WRITE, BenchRow.MEMORY_FIRST_SYNC, BenchRow.MEMORY_MESH);
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  /** It takes minutes, and does not depend on how busy the machine is. */
  @Override
  public int mostRounds() {
    return 1;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Peaks few = peaks(bench.plan().rows());
    Peaks many = peaks(bench.plan().rows() * TIMES);
    figures.add(BenchRow.MEMORY_WRITE, many.writing(), few.writing());
    figures.add(BenchRow.MEMORY_FIRST_SYNC, many.reading(), few.reading());
    figures.add(BenchRow.MEMORY_MESH, many.mesh(), few.mesh());
  }

  /** In MiB. */
  private record Peaks(double writing, double reading, double mesh) {}

  private Peaks peaks(int rows) throws Exception {
    Path folder = bench.fresh("memory");
    try (Mesh mesh = bench.mesh(folder)) {
      mesh.sum(Answering.PEAK);
      Peak writing = device(
          DeviceMain.WRITE,
          folder.resolve("writing").toString(),
          mesh.url().toString(),
          Integer.toString(rows),
          Integer.toString(bench.plan().rowBytes()));
      Peak reading = device(DeviceMain.READ, folder.resolve("reading").toString(), writing.said());
      double peak = mesh.sum(Answering.PEAK) / MEBIBYTE;
      return new Peaks(writing.mebibytes(), reading.mebibytes(), peak);
    } finally {
      Workbench.clear(folder);
    }
  }

  private record Peak(String said, double mebibytes) {}

  private Peak device(String... arguments) throws Exception {
    try (ChildProcess device =
        bench.child(DeviceMain.class, List.of("-XX:+UseSerialGC"), arguments)) {
      String said = device.line(Workbench.DEADLINE.toSeconds());
      return new Peak(said, Long.parseLong(device.line(1)) / MEBIBYTE);
    }
  }
}
