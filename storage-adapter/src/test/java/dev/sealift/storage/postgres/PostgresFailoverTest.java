package dev.sealift.storage.postgres;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary dies and its synchronous standby is promoted. The store's URL names both. */
class PostgresFailoverTest {
  /** From the promotion on: the longest pause between two tries, and time to connect. A host that does not even refuse costs 3 s more. */
  private static final Duration FOUND_AGAIN = Duration.ofSeconds(5);

  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final int SPACES = 3;
  private static final long DEADLINE_SECONDS = 60;

  /** Somebody's commit is written and waits for the standby. */
  private static final String WAITS_FOR_STANDBY =
      "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')";

  private static PostgresServer stopped;
  private static String database;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<PostgresFileStore> stores = new ArrayList<>();
  private PostgresServer primary;
  private PostgresServer standby;

  @BeforeAll
  static void makeDatabase() throws Exception {
    stopped = PostgresServer.create();
    stopped.start();
    database = stopped.database();
    stopped.stop();
  }

  @AfterAll
  static void deleteDatabase() {
    stopped.close();
  }

  @BeforeEach
  void startBoth() throws Exception {
    primary = stopped.copy().set("synchronous_standby_names", "standby");
    standby = primary.standby("standby");
    primary.start();
    standby.start();
    primary.awaitTrue(
        "postgres", "EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')");
  }

  @AfterEach
  void closeAll() throws Exception {
    stores.forEach(PostgresFileStore::close);
    vertx.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    primary.close();
    standby.close();
  }

  private PostgresFileStore open() throws Exception {
    String url = "postgres://%s@127.0.0.1:%d,127.0.0.1:%d/%s"
        .formatted(PostgresServer.USER, primary.port(), standby.port(), database);
    PostgresFileStore store = PostgresFileStore.open(
        vertx, PostgresUrl.parse(url, Optional.empty(), Optional.empty()), meters);
    stores.add(store);
    return store;
  }

  /** Writes into a space of its own all along. */
  private static final class Writer {
    private final PostgresSpace space;
    private final CompletableFuture<Void> end;
    private volatile int written;
    private volatile boolean stop;

    Writer(StoreDriver driver, String name) {
      space = new PostgresSpace(driver, new SampleLog(name), ANNA);
      end = CompletableFuture.runAsync(this::keepWriting, task -> new Thread(task, name).start());
    }

    private void keepWriting() {
      while (!stop) {
        if (!space.tryAppend()) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)); // as who tries again does
        }
        written = space.written();
      }
    }

    void awaitMore(int more) {
      int target = written + more;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      while (written < target) {
        assertThat(end).as("what was answered is there").isNotDone();
        assertThat(System.nanoTime() - deadline).isNegative();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }

    /** Returns how many files it knows to be in the space, after it has seen that they are. */
    long stop() throws Exception {
      stop = true;
      end.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      space.load();
      return space.written();
    }
  }

  @Test
  void everyCommitThatWasAnsweredIsAtThePromotedStandbyOnceAndTheStoreGoesOn() throws Exception {
    StoreDriver driver = new StoreDriver(open());
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < SPACES; i++) {
      writers.add(new Writer(driver, "space " + i));
    }
    writers.forEach(writer -> writer.awaitMore(20));

    primary.kill();
    standby.promote();
    long promoted = System.nanoTime();
    writers.forEach(writer -> writer.awaitMore(2)); // the first may have been written before
    Duration away = Duration.ofNanos(System.nanoTime() - promoted);
    writers.forEach(writer -> writer.awaitMore(20));
    long written = 0;
    for (Writer writer : writers) {
      written += writer.stop();
    }

    assertThat(away).isLessThan(FOUND_AGAIN);
    assertThat(standby.number(database, "SELECT sum(size) FROM space")).isEqualTo(written);
    assertThat(standby.number(database, "SELECT count(*) FROM file")).isEqualTo(written);
    assertThat(standby.number(database, "SELECT count(DISTINCT (space_row, counter)) FROM file"))
        .isEqualTo(written);
  }

  @Test
  void aCommitThatTheStandbyNeverGotIsToldToNobodyAndFoundOutByLoading() throws Exception {
    PostgresFileStore store = open();
    StoreDriver driver = new StoreDriver(store);
    SampleLog log = new SampleLog("first");
    driver.append(log, ANNA, ByteString.copyFromUtf8("before"));
    SpaceCommit lost = driver.staged(
        log, log.next(ANNA, FileKind.FILE_KIND_EVENTS, ByteString.copyFromUtf8("lost")));
    standby.kill();

    CompletionStage<CommitReply> commit = store.commit(StoreDriver.request(lost));
    primary.awaitTrue("postgres", WAITS_FOR_STANDBY);
    primary.sql(
        "postgres",
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    assertThat(StoreDriver.failureOf(commit)).isEqualTo(MeshFailure.UNAVAILABLE);
    assertThat(meters
            .counter("sealift.storage.write.failures", "reason", "not_replicated")
            .count())
        .isEqualTo(1);
    assertThat(primary.number(database, "SELECT size FROM space")).isEqualTo(2); // for all to see
    assertThatLoadWaits(store, log);

    standby.start();
    standby.promote();
    awaitLoad(driver, log, 1);
    assertThat(driver.commit(lost)).containsExactly(COMMIT_RESULT_COMMITTED);
    assertThat(driver.load(log).getSize()).isEqualTo(2);

    primary.start(); // although nobody fenced it
    PostgresFileStore other = open();
    assertThatLoadWaits(other, log);
    awaitLoad(new StoreDriver(other), log, 2);
  }

  /** Until the primary is killed, which happens here. */
  private void assertThatLoadWaits(PostgresFileStore store, SampleLog log) throws Exception {
    CompletionStage<LoadSpaceReply> load = store.loadSpace(
        LoadSpaceRequest.newBuilder().setSpace(log.space().byteString()).build());
    primary.awaitTrue("postgres", WAITS_FOR_STANDBY);
    assertThat(load.toCompletableFuture()).isNotDone();
    primary.kill();
    assertThat(StoreDriver.failureOf(load)).isEqualTo(MeshFailure.UNAVAILABLE);
  }

  private static void awaitLoad(StoreDriver driver, SampleLog log, long size) {
    PostgresSpace space = new PostgresSpace(driver, log.copyUpTo(0), ANNA);
    long deadline = System.nanoTime() + FOUND_AGAIN.toNanos();
    while (!space.tryLoad()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    assertThat(driver.load(log).getSize()).isEqualTo(size);
  }
}
