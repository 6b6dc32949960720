package dev.sealift.ops.bench;

import dev.sealift.client.sync.JdkTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A compaction made of what another device has written and updated, by a device that holds its files: from the second file on, so that they are read, for a compaction from the first on needs none of them. Nothing is connected meanwhile; the process that makes it has a heap of 256 MiB.
 */
final class Making implements Measurement {
  /** Each row is written once, and updated until there are so many events for three rows: 1,000,000 for 300,000. */
  private static final int EVENTS_OF_THREE_ROWS = 10;

  private static final int EVENTS_OF_A_FILE = 200;
  private static final int FEWER = 10;

  /** A JVM that has just started has compiled what is needed after three. */
  private static final int FEWEST_BEFORE = 3;

  private static final List<String> FLAGS = List.of("-Xmx256m", "-XX:+UseSerialGC");
  private static final double MEBIBYTE = 1 << 20;

  private final Workbench bench;

  Making(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.COMPACTING, BenchRow.COMPACTING_MEMORY);
  }

  /** What the process makes first does that here. */
  @Override
  public boolean warmsUp() {
    return false;
  }

  /** All of them are of one space: making it takes minutes. */
  @Override
  public int mostRounds() {
    return 1;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("making");
    Held many = held(folder.resolve("many"), bench.plan().rows());
    rates(many, figures);
    Held few = held(folder.resolve("few"), Math.max(1, bench.plan().rows() / FEWER));
    figures.add(BenchRow.COMPACTING_MEMORY, peakMebibytes(many), peakMebibytes(few));
    Workbench.clear(folder);
  }

  /** A device's folder, and how many events its files have. */
  private record Held(Path folder, long events) {}

  private Held held(Path folder, int rows) throws Exception {
    int events = (int) ((long) rows * EVENTS_OF_THREE_ROWS / 3);
    Path holding = Files.createDirectories(folder.resolve("holding"));
    try (Mesh mesh = bench.mesh(folder);
        CompactingDevice writer =
            CompactingDevice.found(folder.resolve("writing"), new JdkTransport());
        SqliteFloor floor = new SqliteFloor(holding.resolve(CompactingFloor.FILE))) {
      writer.connect(mesh.url());
      Edits edits = new Edits(writer, EVENTS_OF_A_FILE);
      int left = events;
      for (int pass = 0; left > 0; pass++) {
        int some = Math.min(rows, left);
        edits.pass(rows(some), pass);
        left -= some;
      }
      floor.rowsPerSecond(rows(rows));
      try (CompactingDevice holder =
          CompactingDevice.join(holding, new JdkTransport(), writer.invite())) {
        holder.connect(mesh.url());
        holder.exchanged();
      }
    }
    return new Held(holding, events);
  }

  private SampleRows rows(int count) {
    return new SampleRows(count, bench.plan().rowBytes(), 0);
  }

  private void rates(Held held, Figures figures) throws Exception {
    int warmUp = Math.max(FEWEST_BEFORE, bench.plan().warmUp());
    int times = warmUp + bench.plan().rounds();
    try (ChildProcess child = child(held, times, CompactingMain.FLOOR)) {
      for (int i = 0; i < times; i++) {
        double value = rate(held, child);
        double floor = rate(held, child);
        if (i >= warmUp) {
          figures.add(BenchRow.COMPACTING, value, floor);
        }
      }
    }
  }

  private static double rate(Held held, ChildProcess child) throws Exception {
    return held.events() * 1e9 / Long.parseLong(child.line(Workbench.DEADLINE.toSeconds()));
  }

  private double peakMebibytes(Held held) throws Exception {
    try (ChildProcess child = child(held, 1, CompactingMain.HEAP)) {
      return Long.parseLong(child.line(Workbench.DEADLINE.toSeconds())) / MEBIBYTE;
    }
  }

  private ChildProcess child(Held held, int times, String what) throws Exception {
    return bench.child(
        CompactingMain.class, FLAGS, held.folder().toString(), Integer.toString(times), what);
  }
}
