package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Killed at any moment while files expire and it reclaims, a store has lost nothing that it must keep, and reclaims the rest when it is told to go on. */
class SqliteReclaimKillTest {
  private static final int KILLS = 5;

  /** What a file has lost, of the space that is asked for. */
  private static final String LOST = """
      file f JOIN space s ON s.space_row = f.place >> 40
      WHERE hex(s.space) = '%1$s'
        AND NOT EXISTS (SELECT 1 FROM payload p WHERE p.place = f.place)""";

  private static final String STANDING = """
      SELECT coalesce(max(c.sequence), 0) FROM compaction_part c JOIN space s USING (space_row)
      WHERE hex(s.space) = '%1$s' AND c.stands = 1 AND c.part = c.parts""";

  @TempDir
  Path directory;

  private SampleLog log = ReclaimLoop.log("none");

  @Test
  void whatMustStayIsThereAfterKillingAndTheRestGoes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      log = ReclaimLoop.log(seed + " " + kill);
      String[] acknowledged =
          reclaimAndKill(seed + " " + kill, 1 + random.nextInt(150)).split(" ");
      long expired = Long.parseLong(acknowledged[1]);
      assertThat(number("SELECT count(*) FROM " + LOST))
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(Long.parseLong(acknowledged[0]) - headersThatWentLater());
      assertThat(number("SELECT count(*) FROM " + LOST + " AND f.expired = 1"))
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(expired);
      assertNothingIsLost();
      goOn();
      assertNothingIsLost();
      assertTheRestIsGone();
    }
  }

  private Path store() {
    return directory.resolve("store.db");
  }

  /** How many files had lost something and how many had expired, as was acknowledged. */
  private String reclaimAndKill(String run, int acknowledgements) throws Exception {
    Process child = JavaProcess.start(ReclaimLoop.class, store().toString(), run);
    try (BufferedReader lines = child.inputReader()) {
      String acknowledged = "";
      for (int i = 0; i < acknowledgements; i++) {
        acknowledged = lines.readLine();
      }
      child.toHandle().destroyForcibly();
      return acknowledged;
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /** A chain's last header goes once the chain has gone on: then its file loses something a second time, twice with each compaction at most. */
  private long headersThatWentLater() throws Exception {
    return 2 * number("""
        SELECT count(*) FROM compaction_part c JOIN space s USING (space_row)
        WHERE hex(s.space) = '%1$s' AND c.part = c.parts""");
  }

  private void assertNothingIsLost() throws Exception {
    assertThat(number("""
        SELECT s.stored_bytes - (
          SELECT sum(coalesce(length(f.header), 0) + coalesce(length(p.bytes), 0))
          FROM file f LEFT JOIN payload p ON p.place = f.place WHERE f.place >> 40 = s.space_row)
        FROM space s WHERE hex(s.space) = '%1$s'""")).isZero();
    assertThat(number("SELECT count(*) FROM " + LOST + " AND f.kind = 3")).isZero();
    assertThat(number("SELECT count(*) FROM " + LOST + " AND f.expires_at > 0")).isZero();
    assertThat(number("SELECT count(*) FROM file f JOIN payload p USING (place) WHERE f.expired"))
        .isZero();
    assertThat(number("SELECT count(*) FROM " + LOST + """
         AND f.expired = 0 AND NOT EXISTS (SELECT 1 FROM compaction_part q WHERE q.space_row = s.space_row
          AND q.sealed = 1 AND f.place & 0xFFFFFFFFFF BETWEEN q.first AND q.base)""")).isZero();
    assertThat(number("""
        SELECT count(*) FROM file f WHERE f.header IS NULL AND (f.hybrid_time IS NULL
          OR EXISTS (SELECT 1 FROM payload p WHERE p.place = f.place)
          OR f.counter = (SELECT max(counter) FROM file l WHERE l.device_row = f.device_row))""")).isZero();
    assertThat(number("SELECT count(*) FROM file"))
        .isEqualTo(number("SELECT sum(size) FROM space"));
  }

  private void goOn() throws Exception {
    long compaction = number(STANDING);
    try (SqliteFileStore store = SqliteFileStore.open(
        store(), SqliteOptions.defaults(), InstantSource.system(), new SimpleMeterRegistry())) {
      StoreDriver driver = new StoreDriver(store);
      ReclaimRequest.Builder request = StoreDriver.reclaimOf(log, compaction).setMaxFiles(50);
      ReclaimReply reply;
      do {
        reply = driver.reclaim(request);
        request.setAfter(reply.getLookedAt());
      } while (reply.getLookedAt() > 0);
    }
  }

  private void assertTheRestIsGone() throws Exception {
    long base = number("""
        SELECT c.base FROM compaction_part c JOIN space s USING (space_row)
        WHERE hex(s.space) = '%1$s' AND c.sequence = """ + number(STANDING));
    assertThat(base).isPositive();
    assertThat(number("SELECT count(*) FROM " + LOST + " AND f.place & 0xFFFFFFFFFF <= " + base))
        .isEqualTo(base - 1); // all but the genesis
  }

  private long number(String sql) throws Exception {
    String space = HexFormat.of().withUpperCase().formatHex(log.space().toByteArray());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.formatted(space))) {
      row.next();
      return row.getLong(1);
    }
  }
}
