package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Table;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Writes of one row each, without a mesh: what somebody who types does. */
final class SingleWrites implements Measurement {
  private final Workbench bench;

  SingleWrites(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.LOCAL_WRITE_ONE);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  /** Ours and the floor's take turns, row by row, so that the disk is as busy for the one as for the other. */
  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("single");
    int count = bench.plan().writes();
    double[] ours = new double[count];
    double[] floors = new double[count];
    try (Sealift home = Sealift.open(folder.resolve("home"), bench.plan().home());
        SqliteFloor floor = new SqliteFloor(folder.resolve("floor.db"))) {
      Table table = home.create("single", SampleRows.schema()).table(SampleRows.TABLE);
      SampleRows rows = new SampleRows(count, bench.plan().rowBytes(), number);
      for (int i = 0; i < count; i++) {
        Map.Entry<String, Row> row = rows.next();
        ours[i] = micros(() -> table.put(row.getKey(), row.getValue()));
        floors[i] = micros(() -> floor.writeOne(row));
      }
    }
    figures.add(BenchRow.LOCAL_WRITE_ONE, median(ours), median(floors));
    Workbench.clear(folder);
  }

  private static double micros(Workbench.Work work) throws Exception {
    return Workbench.seconds(work) * 1e6;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
