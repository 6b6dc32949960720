package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sqlite.SQLiteConfig;

/**
 * Measures the store against its floor: prepared upserts of the same rows in the order they come, text primary key, 10,000 rows
 * a transaction, write-ahead log, {@code synchronous=FULL}. Run by hand; prints medians and ratios.
 */
public final class StoreMeasurement {
  private static final int ROWS = 300_000;
  private static final int ROWS_A_BATCH = 10_000;
  private static final int ROUNDS = 3;
  private static final List<String> COLUMNS =
      List.of("name", "country", "region", "population", "latitude", "longitude", "note");

  private final List<String> keys = new ArrayList<>();
  private final List<Map<String, Value>> rows = new ArrayList<>();
  private final Path folder;
  private int made;

  private StoreMeasurement(Path folder) {
    this.folder = folder;
    Random random = new Random(1);
    for (int i = 0; i < ROWS; i++) {
      keys.add(Long.toHexString(random.nextLong()) + Integer.toHexString(i));
      Map<String, Value> row = new HashMap<>();
      row.put("name", Value.of("City number " + random.nextInt(1_000_000)));
      row.put("country", Value.of("country-" + random.nextInt(200)));
      row.put("region", Value.of("region-" + random.nextInt(3000)));
      row.put("population", Value.of(random.nextInt(10_000_000)));
      row.put("latitude", Value.of(random.nextDouble() * 180 - 90));
      row.put("longitude", Value.of(random.nextDouble() * 360 - 180));
      row.put("note", Value.of("some words about this place, " + random.nextInt()));
      rows.add(row);
    }
  }

  public static void main(String[] arguments) throws IOException, SQLException {
    Path folder = Files.createTempDirectory("sealift-measurement");
    new StoreMeasurement(folder).run();
  }

  private interface Measured {
    double seconds() throws SQLException;
  }

  private void run() throws SQLException {
    List<EventRun> runs = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      runs = new ArrayList<>();
      double floor = floor(keys, 1);
      double floorTwice = floor(keys, 2);
      double floorSingle = floorSingle(2_000);
      Path local = next();
      double put = put(local, ROWS_A_BATCH, runs);
      double putSingle = putSingle(2_000);
      double[] applied = apply(runs);
      report("put", put, floor);
      report("put, one a transaction", putSingle, floorSingle);
      report("read pending events", taken, floor);
      report("apply", applied[0], floor);
      report("apply again, newer", applied[1], floorTwice - floor);
      report("digest", digested, floor);
    }
  }

  private double taken;
  private double digested;

  private static void report(String what, double seconds, double floor) {
    System.out.printf(
        "%-26s %6.2f s, floor %6.2f s, ratio %.2f%n", what, seconds, floor, seconds / floor);
  }

  private Path next() {
    made++;
    return folder.resolve("db" + made);
  }

  /** Processor time where {@code -Dcpu} is set: on a busy machine elapsed time says little. */
  private static long now() {
    return Boolean.getBoolean("cpu")
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static double since(long start) {
    return (now() - start) / 1e9;
  }

  private Connection plain(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    connection
        .createStatement()
        .execute(
            "CREATE TABLE cities(id TEXT PRIMARY KEY, name, country, region, population, latitude, longitude, note)");
    connection.setAutoCommit(false);
    return connection;
  }

  private static final String UPSERT =
      "INSERT INTO cities VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET name = excluded.name,"
          + " country = excluded.country, region = excluded.region, population = excluded.population,"
          + " latitude = excluded.latitude, longitude = excluded.longitude, note = excluded.note";

  private double floor(List<String> order, int times) throws SQLException {
    try (Connection connection = plain(next());
        PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      long start = now();
      for (int time = 0; time < times; time++) {
        for (int i = 0; i < order.size(); i++) {
          bind(upsert, i);
          upsert.addBatch();
          if ((i + 1) % ROWS_A_BATCH == 0) {
            upsert.executeBatch();
            connection.commit();
          }
        }
      }
      return since(start);
    }
  }

  private double floorSingle(int count) throws SQLException {
    try (Connection connection = plain(next());
        PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      long start = now();
      for (int i = 0; i < count; i++) {
        bind(upsert, i);
        upsert.executeUpdate();
        connection.commit();
      }
      return since(start);
    }
  }

  private void bind(PreparedStatement upsert, int row) throws SQLException {
    upsert.setString(1, keys.get(row));
    for (int c = 0; c < COLUMNS.size(); c++) {
      Value value = rows.get(row).get(COLUMNS.get(c));
      if (value instanceof Value.Text text) {
        upsert.setString(c + 2, text.value());
      } else if (value instanceof Value.Int number) {
        upsert.setLong(c + 2, number.value());
      } else if (value instanceof Value.Real real) {
        upsert.setDouble(c + 2, real.value());
      }
    }
  }

  private TestDevice device(Path file, String name) {
    TestDevice device = new TestDevice(new JdbcDriver(), file, name);
    List<ColumnSchema> columns =
        COLUMNS.stream().map(c -> new ColumnSchema(c, ColumnType.ANY)).toList();
    device.write(batch -> batch.declare(new TableSchema("cities", "id", columns)));
    return device;
  }

  private double put(Path file, int batchRows, List<EventRun> runs) {
    try (TestDevice device = device(file, "writer")) {
      long start = now();
      for (int from = 0; from < ROWS; from += batchRows) {
        int first = from;
        device.write(batch -> {
          for (int i = first; i < first + batchRows; i++) {
            batch.put("cities", keys.get(i), rows.get(i));
          }
        });
      }
      double seconds = since(start);
      start = now();
      device.store.takePending(Long.MAX_VALUE).runs().forEach(runs::add);
      taken = since(start);
      start = now();
      device.store.visibleDigest();
      digested = since(start);
      return seconds;
    }
  }

  private double putSingle(int count) {
    try (TestDevice device = device(next(), "writer")) {
      long start = now();
      for (int i = 0; i < count; i++) {
        device.put(keys.get(i), rows.get(i));
      }
      return since(start);
    }
  }

  private double[] apply(List<EventRun> runs) {
    List<List<EventRun>> files = new ArrayList<>();
    for (int from = 0; from < runs.size(); from += 10) {
      files.add(runs.subList(from, Math.min(from + 10, runs.size())));
    }
    try (TestDevice device = new TestDevice(new JdbcDriver(), next(), "reader")) {
      TestDevice writer = null;
      double[] seconds = new double[2];
      for (int time = 0; time < 2; time++) {
        List<TestDevice.Sent> sent = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
          List<EventRun> file = time == 0 ? files.get(i) : newer(files.get(i));
          sent.add(TestDevice.sent(
              dev.sealift.protocol.id.DeviceId.of(TestDevice.hash("writer")),
              1L + i + time * files.size(),
              file));
        }
        device.millis += 200_000;
        long start = now();
        sent.forEach(device::receive);
        seconds[time] = since(start);
      }
      return seconds;
    }
  }

  private static List<EventRun> newer(List<EventRun> runs) {
    return runs.stream()
        .map(run -> new EventRun(
            run.kind(),
            run.table(),
            run.seenSequence(),
            run.seenFiles(),
            run.columns(),
            run.rows().stream()
                .map(row -> new dev.sealift.client.pack.RowEvent(
                    row.key(),
                    new dev.sealift.protocol.clock.HybridTime(row.time().bits() + (150_000L << 16)),
                    row.values()))
                .toList()))
        .toList();
  }
}
