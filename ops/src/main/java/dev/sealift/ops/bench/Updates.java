package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import dev.sealift.client.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A new device in a space where every row was written, and then updated ten times, each update sent before the next. */
final class Updates implements Measurement {
  private static final int TIMES = 10;

  /** Every update is a row of its own in the log, so a tenth of the rows makes as much of it. */
  private static final int SHARE = 10;

  private final Workbench bench;

  Updates(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.FIRST_SYNC_AFTER_UPDATES, BenchRow.WIRE_BYTES_AFTER_UPDATES);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("updates");
    int count = Math.max(1, bench.plan().rows() / SHARE);
    double floor;
    try (SqliteFloor sqlite = new SqliteFloor(folder.resolve("floor.db"))) {
      floor = sqlite.rowsPerSecond(rows(count, number));
    }
    try (Mesh mesh = bench.mesh(folder);
        Fleet fleet = new Fleet(folder, bench.plan().home(), 1)) {
      Space writer = fleet.writers().get(0);
      writer.table(SampleRows.TABLE).putAll(rows(count, number));
      writer.connect(mesh.url());
      Workbench.await(writer.whenDurable());
      firstSync(fleet, "before");
      double before = (double) fleet.receivedBytes() / count;
      update(writer, count, number);
      long received = fleet.receivedBytes();
      double seconds = firstSync(fleet, "after");
      figures.add(BenchRow.FIRST_SYNC_AFTER_UPDATES, count / seconds, floor);
      figures.add(
          BenchRow.WIRE_BYTES_AFTER_UPDATES,
          (double) (fleet.receivedBytes() - received) / count,
          before);
    }
    Workbench.clear(folder);
  }

  private SampleRows rows(int count, int seed) {
    return new SampleRows(count, bench.plan().rowBytes(), seed);
  }

  private void update(Space writer, int count, int seed) throws Exception {
    for (int time = 1; time <= TIMES; time++) {
      SampleRows rows = rows(count, seed);
      List<Map.Entry<String, Row>> piece = new ArrayList<>();
      while (rows.hasNext()) {
        Map.Entry<String, Row> row = rows.next();
        String name = row.getValue().text("name").orElseThrow() + ", seen " + time + " times";
        piece.add(Map.entry(row.getKey(), Row.of("name", name)));
      }
      writer.write(writes ->
          piece.forEach(row -> writes.patch(SampleRows.TABLE, row.getKey(), row.getValue())));
      Workbench.await(writer.whenDurable());
    }
  }

  private static double firstSync(Fleet fleet, String name) throws Exception {
    Space reader = fleet.join(name).get(0);
    double seconds = Workbench.seconds(() -> {
      reader.connect();
      Workbench.await(reader.whenUpToDate());
    });
    Workbench.requireEqual(List.of(fleet.writers().get(0), reader));
    fleet.leave();
    return seconds;
  }
}
