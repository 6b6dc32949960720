package dev.sealift.storage.postgres;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_DAMAGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server, another adapter, or an administrator can do to a store. */
class PostgresFailuresTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final ByteString PAYLOAD = ByteString.copyFrom(new byte[10_000]);
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final long DEADLINE_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SampleLog log = new SampleLog("first");
  private final List<PostgresFileStore> stores = new ArrayList<>();
  private PostgresServer server;
  private String database;

  @BeforeEach
  void makeDatabase() throws Exception {
    server = PostgresServer.shared();
    database = server.database();
  }

  @AfterEach
  void closeStores() throws Exception {
    stores.forEach(PostgresFileStore::close);
    vertx.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private PostgresFileStore open(PostgresOptions options) throws Exception {
    PostgresFileStore store = PostgresFileStore.open(vertx, options, meters);
    stores.add(store);
    return store;
  }

  private StoreDriver driver() throws Exception {
    return new StoreDriver(open(server.options(database)));
  }

  private List<SampleFile> next() {
    return log.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD);
  }

  private double failures(String reason) {
    return meters.counter("sealift.storage.write.failures", "reason", reason).count();
  }

  @Test
  void aSpaceThatAnotherTransactionHoldsIsBusyAndOthersGoOn() throws Exception {
    PostgresFileStore store =
        open(server.options(database).withTimeouts(LONG, Duration.ofMillis(300), LONG));
    StoreDriver driver = new StoreDriver(store);
    driver.append(log, next());
    SpaceCommit held = driver.staged(log, next());
    try (Connection other = server.connect(database);
        Statement lock = other.createStatement()) {
      other.setAutoCommit(false);
      lock.execute("SELECT FROM space FOR UPDATE");

      assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(held))))
          .isEqualTo(MeshFailure.BUSY);
      assertThat(driver.append(new SampleLog("other"), ANNA, PAYLOAD))
          .isEqualTo(COMMIT_RESULT_COMMITTED);
    }
    assertThat(failures("lock_timeout")).isEqualTo(1);
    assertThat(driver.commit(held)).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aStatementThatTakesTooLongIsUnavailable() throws Exception {
    PostgresFileStore store =
        open(server.options(database).withTimeouts(Duration.ofMillis(300), LONG, LONG));
    StoreDriver driver = new StoreDriver(store);
    SpaceCommit commit = driver.staged(log, next());
    inject("PERFORM pg_sleep(30)");

    assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(commit))))
        .isEqualTo(MeshFailure.UNAVAILABLE);

    assertThat(failures("cancelled")).isEqualTo(1);
    assertThat(driver.load(log).getFound()).isFalse();
  }

  /** What the server would do by itself only when its disk is full, or its luck is out. */
  private void inject(String action) throws Exception {
    server.sql(
        database,
        "CREATE OR REPLACE FUNCTION inject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + action
            + "; RETURN NEW; END $$");
    server.sql(
        database,
        "CREATE OR REPLACE TRIGGER inject BEFORE INSERT ON file FOR EACH ROW EXECUTE FUNCTION inject()");
  }

  private void heal() throws Exception {
    server.sql(database, "DROP TRIGGER inject ON file");
  }

  @Test
  void aFullDiskFailsTheCommitWholeAndReadingGoesOn() throws Exception {
    PostgresFileStore store = open(server.options(database));
    StoreDriver driver = new StoreDriver(store);
    driver.append(log, next());
    SpaceCommit commit = driver.staged(log, next());
    inject("RAISE EXCEPTION 'full' USING ERRCODE = '53100'");

    assertThatThrownBy(() -> StoreDriver.await(store.commit(StoreDriver.request(commit))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("disk is full");

    assertThat(driver.load(log).getSize()).isEqualTo(1);
    assertThat(driver.readAll(log).getEntriesCount()).isEqualTo(1);
    heal();
    assertThat(driver.commit(commit)).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aTransactionThatTheServerRolledBackIsTriedAgain() throws Exception {
    StoreDriver driver = driver();
    driver.append(log, next());
    server.sql(database, "CREATE SEQUENCE tries");
    inject("IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END IF");

    assertThat(driver.append(log, next())).isEqualTo(COMMIT_RESULT_COMMITTED);

    assertThat(failures("retried")).isEqualTo(2);
    assertThat(driver.load(log).getSize()).isEqualTo(2);
  }

  @Test
  void aTransactionThatIsAlwaysRolledBackIsBusyInTheEnd() throws Exception {
    PostgresFileStore store = open(server.options(database));
    StoreDriver driver = new StoreDriver(store);
    inject("RAISE EXCEPTION 'again' USING ERRCODE = '40001'");

    assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(driver.staged(log, next())))))
        .isEqualTo(MeshFailure.BUSY);
  }

  @Test
  void twoAdaptersOnTheSameSpacesLoseNothingAndDoubleNothing() throws Exception {
    List<CompletableFuture<Void>> adapters = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      StoreDriver driver = driver();
      DeviceId device = SampleLog.device("device " + i);
      adapters.add(CompletableFuture.runAsync(() -> race(driver, device)));
    }
    for (CompletableFuture<Void> adapter : adapters) {
      adapter.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(server.number(database, "SELECT sum(size) FROM space")).isEqualTo(2 * 20 * 3);
    assertThat(server.number(database, "SELECT count(*) FROM file")).isEqualTo(2 * 20 * 3);
    assertThat(server.number(database, "SELECT count(payload) FROM file")).isEqualTo(2 * 20 * 3);
  }

  /** Twenty files into each of three spaces, all three in one commit, in an order of its own. */
  private static void race(StoreDriver driver, DeviceId device) {
    List<PostgresSpace> spaces = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      spaces.add(new PostgresSpace(driver, new SampleLog("raced " + i), device));
    }
    if (device.equals(SampleLog.device("device 1"))) {
      Collections.reverse(spaces);
    }
    while (spaces.stream().anyMatch(space -> space.written() < 20)) {
      List<PostgresSpace> left = spaces.stream().filter(s -> s.written() < 20).toList();
      left.forEach(PostgresSpace::load);
      List<CommitResult> results =
          driver.commit(left.stream().map(PostgresSpace::next).toArray(SpaceCommit[]::new));
      for (int i = 0; i < results.size(); i++) {
        left.get(i).note(results.get(i));
      }
    }
  }

  @Test
  void aServerThatIsKilledAndStartedAgainLosesNothingThatWasAnswered() throws Exception {
    PostgresServer own = PostgresServer.create();
    try (own) {
      own.start();
      String name = own.database();
      PostgresFileStore store = PostgresFileStore.open(vertx, own.options(name), meters);
      stores.add(store);
      StoreDriver driver = new StoreDriver(store);
      PostgresSpace space = new PostgresSpace(driver, log, ANNA);
      for (int i = 0; i < 3; i++) {
        int target = space.written() + 20;
        while (space.written() < target) {
          space.append();
        }
        CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> restart(own));
        while (!killed.isDone()) {
          space.tryAppend();
        }
        killed.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        awaitBack(space);
        assertThat(own.number(name, "SELECT count(*) FROM file"))
            .isEqualTo(own.number(name, "SELECT size FROM space"));
      }
    }
  }

  private static void restart(PostgresServer server) {
    try {
      server.kill();
      server.start();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Everything answered is there, and the log goes on. */
  private static void awaitBack(PostgresSpace space) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!space.tryAppend()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void aServerThatDoesNotSyncIsRefused() throws Exception {
    server.sql("postgres", "ALTER DATABASE " + database + " SET synchronous_commit = off");

    assertThatThrownBy(() -> open(server.options(database)))
        .isInstanceOf(StoreOpenException.NotDurable.class)
        .hasMessageContaining("synchronous_commit = off");
  }

  @Test
  void aDatabaseWithoutSchemaSaysHowToMakeIt() throws Exception {
    String empty = server.emptyDatabase();

    assertThatThrownBy(() -> open(server.options(empty)))
        .isInstanceOf(StoreOpenException.NeedsMigration.class)
        .hasMessageContaining("sealift migrate");
    assertThat(new PostgresMigration(server.options(empty)).run())
        .isEqualTo(new PostgresMigration.Result(0, SchemaCheck.VERSION));
    assertThat(new PostgresMigration(server.options(empty)).run())
        .isEqualTo(new PostgresMigration.Result(SchemaCheck.VERSION, SchemaCheck.VERSION));
    open(server.options(empty));
  }

  @Test
  void aSchemaThatStillServesThisCodeIsTakenAndOneThatDoesNotIsRefused() throws Exception {
    StoreDriver old = driver();
    server.sql(database, "ALTER TABLE space ADD COLUMN expanded bigint");
    server.sql(database, "UPDATE store_schema SET version = 99");

    assertThat(old.append(log, next())).isEqualTo(COMMIT_RESULT_COMMITTED);
    assertThat(driver().append(log, next())).isEqualTo(COMMIT_RESULT_COMMITTED);

    server.sql(database, "UPDATE store_schema SET serves_from = 99");
    assertThatThrownBy(() -> open(server.options(database)))
        .isInstanceOf(StoreOpenException.NewerVersion.class);
    assertThatThrownBy(() -> new PostgresMigration(server.options(database)).run())
        .isInstanceOf(StoreOpenException.NewerVersion.class);
  }

  @Test
  void aSpaceWhoseTreeIsDamagedKeepsNoOtherOut() throws Exception {
    StoreDriver driver = driver();
    driver.append(log, next());
    server.sql(database, "UPDATE space SET edge = ''");
    SampleLog other = new SampleLog("other");
    SpaceCommit others = driver.staged(other, other.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD));

    assertThat(driver.commit(driver.staged(log, next()), others))
        .containsExactly(COMMIT_RESULT_DAMAGED, COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aPayloadThatIsNotWholeIsNotHandedOn() throws Exception {
    PostgresFileStore store = open(server.options(database));
    StoreDriver driver = new StoreDriver(store);
    driver.append(log, next());
    driver.append(log, next());
    server.sql(database, "UPDATE file SET payload = substr(payload, 2) WHERE sequence = 2");

    assertThat(driver.read(log, 0, 1).getEntries(0).getPayload()).isEqualTo(PAYLOAD);
    assertThat(StoreDriver.failureOf(store.read(StoreDriver.range(log, 0, 2).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void churnAndReclaimingLeaveTheTablesBounded() throws Exception {
    StoreDriver driver = driver();
    long largest = 0;
    for (int round = 0; round < 6; round++) {
      long first = log.size() + 1;
      for (int i = 0; i < 10; i++) {
        driver.append(log, log.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD, PAYLOAD, PAYLOAD));
      }
      driver.append(log, log.compaction(ANNA, first, log.size(), 1, true, ByteString.EMPTY));
      driver.reclaim(log, log.size());
      server.sql(database, "VACUUM"); // what autovacuum does in its time
      long bytes = server.number(
          database,
          "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
              + " WHERE inhparent = 'file'::regclass");
      if (round == 1) {
        largest = bytes;
      }
      assertThat(round <= 1 || bytes <= largest * 5 / 4).as("round %d", round).isTrue();
    }
  }
}
