package dev.sealift.ops.bench;

import dev.sealift.client.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Many rows: written, sent until they are durable in the mesh, and taken in by new devices. */
final class BulkTransfer implements Measurement {
  private final Workbench bench;

  BulkTransfer(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.LOCAL_WRITE, BenchRow.UPLOAD, BenchRow.FIRST_SYNC, BenchRow.WIRE_BYTES);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("bulk");
    BenchPlan plan = bench.plan();
    int count = plan.rowsOfOneSpace() * plan.spaces();
    double floor = floor(folder, number);
    double gzip = GzipFloor.bytesPerRow(rows(number, 0));
    try (Mesh mesh = bench.mesh(folder);
        Fleet fleet = new Fleet(folder, plan.home(), plan.spaces())) {
      int readers = plan.devices() - 1;
      Phase phase = new Phase(figures, floor, count);
      phase.take(BenchRow.LOCAL_WRITE, PartsOfTime::ofThisThread, () -> write(fleet, number));
      phase.take(BenchRow.UPLOAD, PartsOfTime::ofNewExchanges, () -> upload(fleet, mesh));
      List<Space> joined = join(fleet, readers);
      new Phase(figures, floor, count * readers)
          .take(BenchRow.FIRST_SYNC, PartsOfTime::ofNewExchanges, () -> firstSync(joined));
      figures.add(BenchRow.WIRE_BYTES, (double) fleet.receivedBytes() / readers / count, gzip);
      requireAgreement(fleet, joined);
    }
    Workbench.clear(folder);
  }

  /** Measures work on so many rows, and where its time goes if that was asked for. */
  private final class Phase {
    private final Figures figures;
    private final double floor;
    private final double count;

    Phase(Figures figures, double floor, double count) {
      this.figures = figures;
      this.floor = floor;
      this.count = count;
    }

    void take(BenchRow row, Supplier<PartsOfTime> parts, Callable<Double> work) throws Exception {
      if (!bench.plan().parts()) {
        figures.add(row, count / work.call(), floor);
        return;
      }
      try (PartsOfTime looking = parts.get()) {
        double seconds = work.call();
        figures.add(row, count / seconds, floor);
        Map<Part, Double> micros = looking.shares();
        micros.replaceAll((part, share) -> share * seconds * 1e6 / count);
        figures.addParts(row, micros);
      }
    }
  }

  private SampleRows rows(int number, int space) {
    BenchPlan plan = bench.plan();
    return new SampleRows(
        plan.rowsOfOneSpace(), plan.rowBytes(), (long) number * plan.spaces() + space);
  }

  private double floor(Path folder, int number) throws Exception {
    try (SqliteFloor floor = new SqliteFloor(folder.resolve("floor.db"))) {
      return floor.rowsPerSecond(rows(number, 0));
    }
  }

  private double write(Fleet fleet, int number) throws Exception {
    double seconds = 0;
    for (int i = 0; i < fleet.writers().size(); i++) {
      SampleRows rows = rows(number, i);
      Space space = fleet.writers().get(i);
      seconds += Workbench.seconds(() -> space.table(SampleRows.TABLE).putAll(rows))
          - rows.makingNanos() / 1e9;
    }
    return seconds;
  }

  private static double upload(Fleet fleet, Mesh mesh) throws Exception {
    return Workbench.seconds(() -> {
      fleet.writers().forEach(space -> space.connect(mesh.url()));
      for (Space space : fleet.writers()) {
        Workbench.await(space.whenDurable());
      }
    });
  }

  private static List<Space> join(Fleet fleet, int readers) {
    List<Space> joined = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      joined.addAll(fleet.join("reading-" + i));
    }
    return joined;
  }

  private static double firstSync(List<Space> joined) throws Exception {
    return Workbench.seconds(() -> {
      joined.forEach(Space::connect);
      for (Space space : joined) {
        Workbench.await(space.whenUpToDate());
      }
    });
  }

  /** {@code joined} has the spaces of one home after those of another, each in the order of the writers. */
  private static void requireAgreement(Fleet fleet, List<Space> joined) throws Exception {
    List<Space> writers = fleet.writers();
    for (int i = 0; i < joined.size(); i++) {
      Workbench.requireEqual(List.of(writers.get(i % writers.size()), joined.get(i)));
    }
  }
}
