package dev.sealift.storage.postgres;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_CONFLICT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.postgres.CommitCutter.Cut;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection is cut in the middle of a commit: nobody can know the outcome, and loading the space tells it. */
class PostgresLostAnswerTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final long DEADLINE_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SampleLog log = new SampleLog("first");
  private final SampleLog other = new SampleLog("other");
  private PostgresServer server;
  private String database;
  private CommitCutter line;
  private PostgresFileStore store;
  private StoreDriver driver;

  @BeforeEach
  void openThroughTheLine() throws Exception {
    server = PostgresServer.shared();
    database = server.database();
    line = new CommitCutter(server.port());
    store = PostgresFileStore.open(
        vertx,
        PostgresOptions.of(
            List.of(new PostgresOptions.Host("127.0.0.1", line.port())),
            database,
            PostgresServer.USER,
            Optional.empty(),
            false,
            Optional.empty()),
        meters);
    driver = new StoreDriver(store);
    driver.append(log, next(log));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    line.close();
    vertx.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static List<SampleFile> next(SampleLog log) {
    return log.next(
        ANNA, FileKind.FILE_KIND_EVENTS, ByteString.copyFromUtf8("payload " + log.size()));
  }

  @Test
  void aCommitWhoseAnswerIsLostFailsAndIsFoundAtItsPlaceAndNotDoubled() throws Exception {
    List<SampleFile> files = next(log);
    SpaceCommit commit = driver.staged(log, files);
    SpaceCommit another = driver.staged(other, next(other)); // of the same transaction

    assertThatCommitFails(Cut.BEFORE_ITS_ANSWER_ARRIVES, commit, another);

    log.accept(files);
    assertThatLogIsStored();
    assertThat(driver.load(other).getSize()).isEqualTo(1);
    assertThat(driver.commit(commit, another))
        .containsExactly(COMMIT_RESULT_CONFLICT, COMMIT_RESULT_CONFLICT);
    assertThatLogIsStored();
    assertThat(server.number(database, "SELECT count(*) FROM file")).isEqualTo(3);
    assertThat(driver.append(log, next(log))).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aCommitThatDoesNotArriveFailsAndTheSameOneSucceedsThen() throws Exception {
    List<SampleFile> files = next(log);
    SpaceCommit commit = driver.staged(log, files);
    SpaceCommit another = driver.staged(other, next(other));

    assertThatCommitFails(Cut.BEFORE_COMMIT_ARRIVES, commit, another);

    assertThatLogIsStored();
    assertThat(driver.load(other).getFound()).isFalse();
    assertThat(driver.commit(commit, another)) // what was staged still is
        .containsExactly(COMMIT_RESULT_COMMITTED, COMMIT_RESULT_COMMITTED);
    log.accept(files);
    assertThatLogIsStored();
    assertThat(server.number(database, "SELECT count(*) FROM file")).isEqualTo(3);
  }

  private void assertThatCommitFails(Cut cut, SpaceCommit... commits) {
    line.cutNextCommit(cut);
    assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(commits))))
        .isEqualTo(MeshFailure.UNAVAILABLE);
    assertThat(line.hasCut()).isTrue();
    assertThat(meters
            .counter("sealift.storage.write.failures", "reason", "connection")
            .count())
        .isEqualTo(1);
  }

  /** The store says the same as the log: size, root, and every file at its place with its time. */
  private void assertThatLogIsStored() {
    LoadSpaceReply loaded = driver.load(log);
    assertThat(loaded.getSize()).isEqualTo(log.size());
    assertThat(loaded.getRoot()).isEqualTo(log.rootAt(log.size()).byteString());
    List<LogEntry> entries = driver.readAll(log).getEntriesList();
    assertThat(entries)
        .extracting(LogEntry::getSignedHeader)
        .containsExactlyElementsOf(log.files().stream().map(SampleFile::header).toList());
    assertThat(entries)
        .extracting(LogEntry::getServerTimeMillis)
        .containsExactlyElementsOf(
            log.files().stream().map(SampleFile::serverTimeMillis).toList());
  }
}
