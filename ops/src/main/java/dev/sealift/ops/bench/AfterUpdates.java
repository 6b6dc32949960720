package dev.sealift.ops.bench;

import dev.sealift.client.sync.JdkTransport;
import java.nio.file.Path;
import java.util.Set;

/** A new device in a space where every row was updated ten times, beside one in a space where none was; both are compacted whole. Both are made once, and taken in by new devices in turns. */
final class AfterUpdates implements Measurement {
  private static final int TIMES = 10;

  /** What is written first has so many files: of fewer than 256 a device takes the files themselves. */
  private static final int FIRST_FILES = 300;

  /** Rows that are updated at a time, and fill a file or two. */
  private static final int PIECE = 10_000;

  private final Workbench bench;

  AfterUpdates(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.STEP_AFTER_UPDATES, BenchRow.STEP_BYTES_AFTER_UPDATES);
  }

  /** The devices that come first do that here. */
  @Override
  public boolean warmsUp() {
    return false;
  }

  /** All of them are in one: making the spaces takes minutes. */
  @Override
  public int mostRounds() {
    return 1;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("after-updates");
    try (Mesh mesh = bench.compactingMesh(folder);
        CompactedSpace never = space(folder.resolve("never"), mesh, 0);
        CompactedSpace updated = space(folder.resolve("updated"), mesh, TIMES)) {
      for (int i = 0; i < bench.plan().warmUp(); i++) {
        never.firstSync();
        updated.firstSync();
      }
      for (int i = 0; i < bench.plan().rounds(); i++) {
        CompactedSpace.FirstSync floor = never.firstSync();
        CompactedSpace.FirstSync sync = updated.firstSync();
        double rows = bench.plan().rows();
        figures.add(BenchRow.STEP_AFTER_UPDATES, rows / sync.seconds(), rows / floor.seconds());
        figures.add(BenchRow.STEP_BYTES_AFTER_UPDATES, sync.bytes() / rows, floor.bytes() / rows);
      }
    }
    Workbench.clear(folder);
  }

  private CompactedSpace space(Path folder, Mesh mesh, int updates) throws Exception {
    int rows = bench.plan().rows();
    CompactingDevice writer = CompactingDevice.found(folder.resolve("writing"), new JdkTransport());
    try {
      writer.connect(mesh.url());
      int first = Math.max(1, rows / FIRST_FILES);
      for (int pass = 0; pass <= updates; pass++) {
        SampleRows all = new SampleRows(rows, bench.plan().rowBytes(), 0);
        new Edits(writer, pass == 0 ? first : PIECE).pass(all, pass);
      }
      return CompactedSpace.of(folder, writer, mesh.url());
    } catch (Exception e) {
      writer.close();
      throw e;
    }
  }
}
