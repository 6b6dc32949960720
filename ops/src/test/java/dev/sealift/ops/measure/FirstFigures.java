package dev.sealift.ops.measure;

import dev.sealift.client.Options;
import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.Watch;
import dev.sealift.ops.Main;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.sqlite.SQLiteConfig;

/**
 * Writes, uploads and first-syncs rows through a mesh in a JVM of its own, and times single writes from one device to another; each
 * round beside the SQLite floor of the same minute. Run with {@code -Xmx512m}; the mesh has as much.
 *
 * <p>Arguments: rows (300000), rounds (3), single writes (2000).
 */
public final class FirstFigures {
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final int FLOOR_BATCH = 10_000;

  private final int count;
  private final int singleWrites;
  private final Path folder;
  private final URI mesh;

  private FirstFigures(int count, int singleWrites, Path folder, URI mesh) {
    this.count = count;
    this.singleWrites = singleWrites;
    this.folder = folder;
    this.mesh = mesh;
  }

  public static void main(String[] arguments) throws Exception {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    int singleWrites = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2_000;
    System.out.println(
        "round    floor rows/s   write   upload   first sync (rows/s, and × the floor's time)"
            + "   wire bytes a row sent, received, gzip csv   propagation p50 p99 ms");
    for (int round = 0; round < rounds; round++) {
      Path folder = Files.createTempDirectory("sealift-figures");
      try (ChildJvm process = ChildJvm.start(
          List.of(),
          Main.class,
          "up",
          "--port",
          "0",
          "--data",
          folder.resolve("mesh").toString())) {
        String up = process.awaitLine(line -> line.startsWith("sealift is up"), DEADLINE);
        URI mesh = URI.create(up.split(" ")[3]);
        System.out.println(new FirstFigures(count, singleWrites, folder, mesh).round(round));
      }
    }
  }

  private String round(int round) throws Exception {
    List<Map.Entry<String, Row>> rows = Rows.of(count, round);
    double floor = floorRowsPerSecond(rows);
    CountingTransport sending = new CountingTransport();
    CountingTransport receiving = new CountingTransport();
    try (Sealift a = Sealift.open(folder.resolve("a"), Options.defaults().transport(sending));
        Sealift b = Sealift.open(folder.resolve("b"), Options.defaults().transport(receiving))) {
      Space writer = a.create("figures", schema());
      double write = rate(() -> writer.table("places").putAll(rows.iterator()));
      double upload = rate(() -> {
        writer.connect(mesh);
        writer.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      });
      Space reader = b.join(writer.invite());
      double firstSync = rate(() -> {
        reader.connect();
        reader.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      });
      requireEqual(writer, reader);
      double sentBytes = (double) sending.sentBytes() / count;
      double receivedBytes = (double) receiving.receivedBytes() / count;
      long[] nanos = propagation(writer, reader);
      return String.format(
          "%5d %15.0f %9.0f %.2f× %9.0f %.2f× %9.0f %.2f× %9.1f %.1f %.1f %9.2f %.2f",
          round,
          floor,
          write,
          floor / write,
          upload,
          floor / upload,
          firstSync,
          floor / firstSync,
          sentBytes,
          receivedBytes,
          gzipBytesPerRow(rows),
          nanos[nanos.length / 2] / 1e6,
          nanos[nanos.length * 99 / 100] / 1e6);
    }
  }

  private static Schema schema() {
    return Schema.of(Schema.table("places", "id")
        .text("name")
        .text("country")
        .text("region")
        .text("district")
        .real("latitude")
        .real("longitude"));
  }

  private interface Work {
    void run() throws Exception;
  }

  private double rate(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return count * 1e9 / (System.nanoTime() - start);
  }

  private static void requireEqual(Space one, Space other) {
    Await.until(
        DEADLINE, () -> one.digest().equals(other.digest()), () -> "the devices do not agree");
  }

  /** From the call that writes to the other device's listener, sorted; the first half warms up and does not count. */
  private long[] propagation(Space writer, Space reader) throws Exception {
    BlockingQueue<Long> heard = new ArrayBlockingQueue<>(16);
    long[] nanos = new long[singleWrites];
    String key = "0000000000000000";
    try (Watch watch =
        reader.watch("places", Runnable::run, changes -> heard.add(System.nanoTime()))) {
      for (int i = 0; i < singleWrites; i++) {
        long start = System.nanoTime();
        writer.table("places").patch(key, Row.of("name", "changed " + i));
        Long end = heard.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (end == null) {
          throw new AssertionError("a write did not arrive");
        }
        nanos[i] = end - start;
      }
    }
    long[] warm = Arrays.copyOfRange(nanos, singleWrites / 2, singleWrites);
    Arrays.sort(warm);
    return warm;
  }

  /** Prepared upserts of the same rows in the order they come, text primary key, WAL, every commit synced. */
  private double floorRowsPerSecond(List<Map.Entry<String, Row>> rows) throws Exception {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    try (Connection floor = config.createConnection("jdbc:sqlite:" + folder.resolve("floor.db"))) {
      floor
          .createStatement()
          .execute(
              "CREATE TABLE places(id TEXT PRIMARY KEY, name, country, region, district, latitude, longitude)");
      floor.setAutoCommit(false);
      return rate(() -> upsert(floor, rows));
    }
  }

  private static void upsert(Connection floor, List<Map.Entry<String, Row>> rows) throws Exception {
    try (PreparedStatement upsert = floor.prepareStatement(
        "INSERT INTO places VALUES (?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET name=excluded.name,"
            + " country=excluded.country, region=excluded.region, district=excluded.district,"
            + " latitude=excluded.latitude, longitude=excluded.longitude")) {
      int inBatch = 0;
      for (Map.Entry<String, Row> row : rows) {
        bind(upsert, row.getKey(), row.getValue());
        upsert.executeUpdate();
        inBatch++;
        if (inBatch == FLOOR_BATCH) {
          floor.commit();
          inBatch = 0;
        }
      }
      floor.commit();
    }
  }

  private static void bind(PreparedStatement upsert, String key, Row row) throws Exception {
    upsert.setString(1, key);
    upsert.setString(2, row.text("name").orElseThrow());
    upsert.setString(3, row.text("country").orElseThrow());
    upsert.setString(4, row.text("region").orElseThrow());
    upsert.setString(5, row.text("district").orElseThrow());
    upsert.setDouble(6, row.real("latitude").orElseThrow());
    upsert.setDouble(7, row.real("longitude").orElseThrow());
  }

  private static double gzipBytesPerRow(List<Map.Entry<String, Row>> rows) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(Rows.csv(rows).getBytes(StandardCharsets.UTF_8));
    }
    return (double) packed.size() / rows.size();
  }
}
