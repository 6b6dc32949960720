package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.sqlite.SQLiteConfig;

/**
 * The least that rows on a disk cost: prepared upserts in the order they come, text primary key, WAL, every commit synced. One connection,
 * one thread.
 */
final class SqliteFloor implements AutoCloseable {
  private static final int BATCH = 10_000;
  private static final String TABLE =
      "CREATE TABLE places(id TEXT PRIMARY KEY, name, country, region, district, latitude, longitude)";
  private static final String UPSERT =
      "INSERT INTO places VALUES (?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET name=excluded.name,"
          + " country=excluded.country, region=excluded.region, district=excluded.district,"
          + " latitude=excluded.latitude, longitude=excluded.longitude";

  private final Connection connection;
  private final PreparedStatement upsert;

  SqliteFloor(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    connection = config.createConnection("jdbc:sqlite:" + file);
    try (Statement create = connection.createStatement()) {
      create.execute(TABLE);
    }
    connection.setAutoCommit(false);
    upsert = connection.prepareStatement(UPSERT);
  }

  /** Writes all rows in batches, and answers with the rows a second. */
  double rowsPerSecond(SampleRows rows) throws SQLException {
    long start = System.nanoTime() - rows.makingNanos();
    long count = 0;
    while (rows.hasNext()) {
      write(rows.next());
      count++;
      if (count % BATCH == 0) {
        connection.commit();
      }
    }
    connection.commit();
    return count * 1e9 / (System.nanoTime() - start - rows.makingNanos());
  }

  /** Writes one row in a transaction of its own. */
  void writeOne(Map.Entry<String, Row> row) throws SQLException {
    write(row);
    connection.commit();
  }

  private void write(Map.Entry<String, Row> entry) throws SQLException {
    Row row = entry.getValue();
    upsert.setString(1, entry.getKey());
    upsert.setString(2, row.text("name").orElseThrow());
    upsert.setString(3, row.text("country").orElseThrow());
    upsert.setString(4, row.text("region").orElseThrow());
    upsert.setString(5, row.text("district").orElseThrow());
    upsert.setDouble(6, row.real("latitude").orElseThrow());
    upsert.setDouble(7, row.real("longitude").orElseThrow());
    upsert.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    upsert.close();
    connection.close();
  }
}
