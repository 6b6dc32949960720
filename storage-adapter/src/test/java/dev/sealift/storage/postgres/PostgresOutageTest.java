package dev.sealift.storage.postgres;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole server goes away while everything that may wait does wait for it; and comes back. */
class PostgresOutageTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final ByteString PAYLOAD = ByteString.copyFrom(new byte[100]);

  /** An answer comes from no deeper, however many came before it. */
  private static final long FLAT_FRAMES = 200;

  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sealift'";

  private final AtomicLong deepest = new AtomicLong();
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SampleLog log = new SampleLog("first");
  private PostgresServer server;
  private String database;
  private PostgresFileStore store;
  private StoreDriver driver;

  @BeforeEach
  void openStore() throws Exception {
    server = PostgresServer.create();
    server.start();
    database = server.database();
    store = PostgresFileStore.open(vertx, server.options(database), meters);
    driver = new StoreDriver(store);
    assertThat(driver.append(log, ANNA, PAYLOAD)).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  @AfterEach
  void closeStore() throws Exception {
    store.close();
    vertx.close().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    server.close();
  }

  private double gauge(String name) {
    return meters.get("sealift.storage." + name).gauge().value();
  }

  /** The server takes connections and says nothing, and no lane has a session. */
  private void silence() throws Exception {
    List<String> sessions = sessions();
    server.signal("STOP");
    signal("TERM", sessions);
    Await.until("every session is lost", () -> gauge("connections.open") == 0);
  }

  /** As many as may wait do, while lanes try to connect; then the server is gone, and all of them are told. */
  private <T> void assertAllFail(String queue, int most, Supplier<CompletionStage<T>> request)
      throws Exception {
    List<CompletionStage<T>> asked = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      asked.add(request.get().whenComplete((reply, failure) -> noteDepth()));
    }
    Await.until("they wait", () -> gauge(queue) > most * 0.9);
    server.kill();
    for (CompletionStage<T> each : asked) {
      assertThat(StoreDriver.failureOf(each)).isEqualTo(MeshFailure.UNAVAILABLE);
    }
    Await.until("no lane is left behind", () -> gauge("connections.busy") == 0);
    assertThat(deepest.get()).isLessThan(FLAT_FRAMES);
    server.start();
  }

  private void noteDepth() {
    long frames = StackWalker.getInstance().walk(Stream::count);
    deepest.accumulateAndGet(frames, Math::max);
  }

  @Test
  void everyReadThatWaitsIsToldOfAnOutageAndAllLanesServeAgain() throws Exception {
    silence();
    assertAllFail(
        "reads.waiting",
        ReadQueue.MAX_WAITING,
        () -> store.read(StoreDriver.range(log, 0, 1).build()));

    Await.until("reads are served", () -> answers(() -> driver.readAll(log)));
    assertThat(driver.readAll(log).getEntriesCount()).isEqualTo(1);
  }

  @Test
  void everyWriteThatWaitsIsToldOfAnOutageAndAllLanesServeAgain() throws Exception {
    PositionsRequest positions = PositionsRequest.newBuilder()
        .addPositions(DevicePosition.newBuilder()
            .setSpace(log.space().byteString())
            .setDevice(ANNA.byteString())
            .setSequence(1))
        .build();
    silence();
    assertAllFail(
        "writes.waiting", GroupWriter.MAX_WAITING, () -> store.recordPositions(positions));

    Await.until("writes are served", () -> answers(() -> driver.record(log, ANNA, 1)));
    assertThat(driver.append(log, ANNA, PAYLOAD)).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  /** The first transaction breaks a constraint, so that steps run apart; at the first of these the session is ended. */
  @Test
  void aCommitOfManySpacesThatRunApartFailsFlat() throws Exception {
    server.sql(database, "CREATE SEQUENCE tries");
    server.sql(database, """
        CREATE FUNCTION inject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('tries') = 1 THEN RAISE EXCEPTION 'taken' USING ERRCODE = '23505'; END IF;
          PERFORM pg_terminate_backend(pg_backend_pid());
          RETURN NEW; END $$""");
    server.sql(
        database,
        "CREATE TRIGGER inject BEFORE INSERT ON file FOR EACH ROW EXECUTE FUNCTION inject()");
    List<SpaceCommit> commits = new ArrayList<>();
    for (int i = 0; i < StoreLimits.MAX_COMMIT_SPACES; i++) {
      SampleLog other = new SampleLog("space " + i);
      commits.add(driver.staged(other, other.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD)));
    }

    CompletionStage<CommitReply> reply = store
        .commit(CommitRequest.newBuilder().addAllCommits(commits).build())
        .whenComplete((answer, failure) -> noteDepth());

    assertThat(StoreDriver.failureOf(reply)).isEqualTo(MeshFailure.UNAVAILABLE);
    assertThat(deepest.get()).isBetween(1L, FLAT_FRAMES);
    Await.until("no lane is left behind", () -> gauge("connections.busy") == 0);
  }

  /** As on a machine that hangs: its kernel takes what it is sent, and nothing comes back. */
  @Test
  void aServerThatSaysNothingIsGivenUpAndNewSessionsServe() throws Exception {
    assertThat(driver.readAll(log).getEntriesCount()).isEqualTo(1);
    List<String> silent = sessions();
    signal("STOP", silent);

    assertThat(StoreDriver.failureOf(store.read(StoreDriver.range(log, 0, 1).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
    Await.until("reads are served", () -> answers(() -> driver.readAll(log)));
    Await.until("writes are served", () -> answers(() -> driver.record(log, ANNA, 1)));

    signal("CONT", silent);
    Await.until("the old ones ended", () -> number(SESSIONS) == gauge("connections.open"));
  }

  private List<String> sessions() throws Exception {
    List<String> processes = new ArrayList<>();
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet sessions = statement.executeQuery(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'sealift'")) {
      while (sessions.next()) {
        processes.add(sessions.getString(1));
      }
    }
    return processes;
  }

  private static void signal(String signal, List<String> processes) throws Exception {
    for (String process : processes) {
      new ProcessBuilder("kill", "-" + signal, process).start().waitFor();
    }
  }

  /** More loads than there are lanes wait for a standby that is not there; what is loaded already is read. */
  @Test
  void withoutItsStandbyTheStoreReadsAndLoadsFailAndItGoesOnWhenThatIsBack() throws Exception {
    LoadSpaceRequest load =
        LoadSpaceRequest.newBuilder().setSpace(log.space().byteString()).build();
    waitForStandby("nobody");
    awaitThatCommitsWait();
    List<CompletionStage<LoadSpaceReply>> loads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      loads.add(store.loadSpace(load));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(driver.readAll(log).getEntriesCount()).isEqualTo(1);
    }
    assertThat(loads).noneMatch(each -> each.toCompletableFuture().isDone());
    for (CompletionStage<LoadSpaceReply> each : loads) {
      assertThat(StoreDriver.failureOf(each)).isEqualTo(MeshFailure.UNAVAILABLE);
    }

    waitForStandby("");
    Await.until("spaces are loaded", () -> answers(() -> driver.load(log)));
    assertThat(driver.load(log).getSize()).isEqualTo(1);
    assertThat(driver.append(log, ANNA, PAYLOAD)).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  private void waitForStandby(String name) throws Exception {
    server.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
    server.sql("postgres", "SELECT pg_reload_conf()");
  }

  /** Its processes take a changed setting each in its time: so long commits come through. */
  private void awaitThatCommitsWait() {
    AtomicReference<CompletableFuture<Void>> commit =
        new AtomicReference<>(CompletableFuture.completedFuture(null));
    Await.until("a commit waits for the standby", () -> {
      if (commit.get().isDone()) {
        commit.set(CompletableFuture.runAsync(
            () -> sql("SELECT pg_logical_emit_message(true, 'test', '')")));
      }
      return number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") > 0;
    });
  }

  private void sql(String statement) {
    try {
      server.sql("postgres", statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private long number(String query) {
    try {
      return server.number("postgres", query);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean answers(Runnable request) {
    try {
      request.run();
      return true;
    } catch (StoreException e) {
      return false;
    }
  }
}
