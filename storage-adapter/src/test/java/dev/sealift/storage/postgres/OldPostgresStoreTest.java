package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A database of an older schema, with what code of then wrote, is brought up and has lost nothing. */
class OldPostgresStoreTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final Vertx VERTX = Vertx.vertx();

  private final PostgresServer server = PostgresServer.shared();

  OldPostgresStoreTest() throws Exception {}

  @AfterAll
  static void closeVertx() throws Exception {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  /** The schema of an older version, by the migrations of then. */
  private void migrateTo(String version, String database) throws Exception {
    Flyway newest = new PostgresMigration(server.options(database)).flyway();
    Flyway.configure()
        .configuration(newest.getConfiguration())
        .target(version)
        .load()
        .migrate();
  }

  /** The rows as an older version wrote them, copied from a store of now, which has the columns of then. */
  private void copy(String from, String to, String... tables) throws Exception {
    for (String table : tables) {
      server.copy(from, to, table);
    }
  }

  @Test
  void aDatabaseOfTheFourthSchemaGoesOnAndKnowsCompactionsFromThenOn() throws Exception {
    SampleLog log = new SampleLog("old");
    String donor = server.database();
    try (PostgresFileStore store = open(donor)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, text("genesis")));
      driver.append(log, ANNA, text("one"), text("two"));
    }
    String old = server.emptyDatabase();
    migrateTo("4", old);
    copy(donor, old, "space", "device", "file", "tile_part");

    assertThat(new PostgresMigration(server.options(old)).run())
        .isEqualTo(new PostgresMigration.Result(4, SchemaCheck.VERSION));

    try (PostgresFileStore store = open(old)) {
      StoreDriver driver = new StoreDriver(store);
      assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(3).byteString());
      assertThat(driver.readAll(log).getEntries(2).getPayload()).isEqualTo(text("two"));
      assertThat(driver.signedPositions(log, ByteString.EMPTY, 3)).isEmpty();
      driver.record(log, ANNA, 3, StoreDriver.signed(3, 1));
      assertThat(driver.signedPositions(log, ByteString.EMPTY, 3)).hasSize(1);
      assertThat(driver.append(log, log.compaction(ANNA, 2, 3, 1, true, text("both"))))
          .isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
      CompactionsReply reply =
          driver.compactions(StoreDriver.ask(log).setStepsAfter(1).addSequences(2));
      assertThat(reply.getSupersededByList()).containsExactly(4L);
      assertThat(reply.getCompactions(0).getPartsList()).containsExactly(4L);
    }
  }

  /** When its compaction began to stand, and when its devices were seen, it did not note: both count from now. */
  @Test
  void aDatabaseOfTheFifthSchemaIsReclaimedAfterItsGrace() throws Exception {
    SampleLog log = new SampleLog("old");
    String donor = server.database();
    try (PostgresFileStore store = open(donor)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, ANNA, text("one"), text("two"));
      driver.append(log, log.compaction(ANNA, 1, 2, 1, true, text("both")));
    }
    String old = server.emptyDatabase();
    migrateTo("5", old);
    copy(donor, old, "space", "device", "file", "tile_part", "compaction_part");
    migrate(old);

    try (PostgresFileStore store = open(old)) {
      StoreDriver driver = new StoreDriver(store);
      long stoodAt = log.files().get(2).serverTimeMillis();
      ReclaimRequest.Builder reclaim =
          StoreDriver.reclaimOf(log, 3).setStoodBeforeMillis(stoodAt + 1);
      assertThat(driver.devices(log)).allMatch(device -> device.getSeenAtMillis() > stoodAt);
      assertThat(driver.reclaim(reclaim).getHindrance())
          .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_GRACE);
      assertThat(driver.reclaim(reclaim).getFiles()).isEqualTo(2);
      assertThat(driver.append(log, ANNA, text("more")))
          .isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
    }
  }

  @Test
  void inADatabaseOfTheSixthSchemaFilesExpireFromThenOn() throws Exception {
    SampleLog log = new SampleLog("old");
    String donor = server.database();
    try (PostgresFileStore store = open(donor)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, ANNA, text("one"), text("two"));
    }
    String old = server.emptyDatabase();
    migrateTo("6", old);
    copy(donor, old, "space", "device", "file", "tile_part");
    migrate(old);

    assertThat(wholeIndexes(old, "expiry")).isEqualTo(17);
    try (PostgresFileStore store = open(old)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, log.expiring(ANNA, 0, text("short")));
      assertThat(driver.expire(log).getFiles()).isEqualTo(1);
      assertThat(driver.readAll(log).getEntriesList())
          .extracting(LogEntry::getAbsence)
          .containsExactly(
              PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED,
              PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED,
              PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED);
    }
  }

  /** It does not look at what is sealed, and sets what it knows of. */
  @Test
  void codeOfTheFifthSchemaCannotContestWhatIsSealed() throws Exception {
    SampleLog log = new SampleLog("old");
    String database = server.database();
    try (PostgresFileStore store = open(database)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, ANNA, text("one"));
      driver.append(log, log.compaction(ANNA, 1, 1, 1, true, text("compacted")));
      driver.reclaim(log, 2);
    }
    assertThatThrownBy(() ->
            server.sql(database, "UPDATE compaction_part SET contested = true, stands = false"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("compaction_sealed_stands");
  }

  /** Two adapters of different versions serve one database while they are rolled out. */
  @Test
  void codeOfTheFourthSchemaMayGoOn() throws Exception {
    assertThat(server.number(server.database(), "SELECT serves_from FROM store_schema"))
        .isEqualTo(4);
  }

  private void migrate(String database) {
    try {
      new PostgresMigration(server.options(database)).run();
    } catch (StoreOpenException e) {
      throw new AssertionError(e);
    }
  }

  private long wholeIndexes(String database) throws Exception {
    return wholeIndexes(database, "outline");
  }

  private long wholeIndexes(String database, String name) throws Exception {
    return server.number(database, """
        SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relname ~ '^file(_[0-9]+)?_%s$' AND i.indisvalid""".formatted(name));
  }

  /** What an attempt leaves that was cut off: some indexes whole, one not, the others not there. */
  @Test
  void anIndexThatWasCutOffIsMadeAnew() throws Exception {
    String old = server.emptyDatabase();
    migrate(old);
    server.sql(old, "DROP INDEX file_outline");
    server.sql(
        old, "CREATE INDEX file_outline ON ONLY file (space_row, sequence) WHERE kind IN (3, 5)");
    server.sql(
        old, "CREATE INDEX file_0_outline ON file_0 (space_row, sequence) WHERE kind IN (3, 5)");
    server.sql(
        old,
        "INSERT INTO file_1 SELECT s, n, 1, n, 1, 0, 0, 3, '', '', '' "
            + "FROM generate_series(1, 200) s, generate_series(1, 2) n "
            + "WHERE satisfies_hash_partition('file'::regclass, 16, 1, s::bigint)");
    assertThatThrownBy(() -> server.sql(
            old, "CREATE UNIQUE INDEX CONCURRENTLY file_1_outline ON file_1 (space_row)"))
        .isInstanceOf(SQLException.class);
    assertThat(wholeIndexes(old)).isEqualTo(1);

    migrate(old);

    assertThat(wholeIndexes(old)).isEqualTo(17);
    assertThat(server.number(old, """
        SELECT count(*) FROM pg_inherits WHERE inhparent = 'file_outline'::regclass""")).isEqualTo(16);
    migrate(old);
    assertThat(wholeIndexes(old)).isEqualTo(17);
  }

  /** Making it waits for whoever is at work, and nobody waits behind it. */
  @Test
  void filesAreWrittenWhileTheIndexIsMade() throws Exception {
    String old = server.emptyDatabase();
    migrate(old);
    server.sql(old, "DROP INDEX file_outline");
    server.sql(
        old, "CREATE INDEX file_outline ON ONLY file (space_row, sequence) WHERE kind IN (3, 5)");
    CompletableFuture<Void> migrated;
    try (Connection writer = server.connect(old)) {
      writer.setAutoCommit(false);
      writer.createStatement().execute(insert(1));
      migrated = CompletableFuture.runAsync(() -> migrate(old));
      server.awaitTrue(
          old,
          "EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'"
              + " AND datname = current_database() AND wait_event_type = 'Lock')");
      server.sql(old, "SET lock_timeout = '5s'; " + insert(2));
      assertThat(migrated).isNotDone();
      writer.commit();
    }
    migrated.get(30, TimeUnit.SECONDS);
    assertThat(wholeIndexes(old)).isEqualTo(17);
  }

  private static String insert(int sequence) {
    return "INSERT INTO file SELECT 1, %1$d, 1, %1$d, 1, 0, 0, 3, '', '', ''".formatted(sequence);
  }

  private PostgresFileStore open(String database) throws Exception {
    return PostgresFileStore.open(VERTX, server.options(database), new SimpleMeterRegistry());
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
