package dev.sealift.storage.sqlite;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_CONFLICT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose disk, file or caller is at fault. */
class SqliteStoreFailuresTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final ByteString PAYLOAD = ByteString.copyFrom(new byte[64 << 10]);
  private static final long FULL_BYTES = 2 << 20;

  @TempDir
  Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SampleLog log = new SampleLog("first");
  private SqliteFileStore store;
  private StoreDriver driver;

  @BeforeEach
  void open() throws Exception {
    SqliteOptions options = SqliteOptions.defaults()
        .withMaxDatabaseBytes(FULL_BYTES)
        .withStaging(4 << 20, Duration.ofMinutes(1));
    store = SqliteFileStore.open(
        directory.resolve("store.db"), options, InstantSource.system(), meters);
    driver = new StoreDriver(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void sql(String statement) throws SQLException {
    String url = "jdbc:sqlite:" + directory.resolve("store.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement each = connection.createStatement()) {
      each.execute(statement);
    }
  }

  private List<SampleFile> next() {
    return log.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD);
  }

  /** Commits until the disk is full; the commit that met the full disk. */
  private CommitRequest fillDisk() {
    while (true) {
      CommitRequest request = StoreDriver.request(driver.staged(log, next()));
      try {
        StoreDriver.await(store.commit(request));
        log.accept(next());
      } catch (StoreException e) {
        assertThat(e.failure()).isEqualTo(MeshFailure.UNAVAILABLE);
        assertThat(e).hasMessageContaining("full");
        return request;
      }
    }
  }

  @Test
  void aFullDiskFailsTheCommitWholeAndReadingGoesOn() {
    fillDisk();

    assertThat(log.size()).isGreaterThan(10);
    assertThat(driver.load(log).getSize()).isEqualTo(log.size());
    assertThat(driver.readAll(log).getEntriesCount()).isEqualTo((int) log.size());
    assertThat(meters
            .get("sealift.storage.write.failures")
            .tag("reason", "disk_full")
            .counter()
            .count())
        .isEqualTo(1);
  }

  @Test
  void theStoreCommitsAgainWhenThereIsSpace() throws Exception {
    CommitRequest refused = fillDisk();
    sql("DELETE FROM payload WHERE place % 2 = 0");

    assertThat(StoreDriver.await(store.commit(refused)).getResultsList())
        .containsExactly(COMMIT_RESULT_COMMITTED);
    log.accept(next());
    assertThat(driver.append(log, next())).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aFullDiskSurvivesARestart() throws Exception {
    fillDisk();
    store.close();
    open();

    assertThat(driver.load(log).getSize()).isEqualTo(log.size());
    assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(driver.staged(log, next())))))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void aHeadThatItsLeavesDoNotHaveIsNotStored() {
    driver.append(log, next());
    SpaceCommit good = driver.staged(log, next());
    SpaceCommit wrong = good.toBuilder().setNewRoot(log.rootAt(1).byteString()).build();
    SampleLog other = new SampleLog("other");
    SpaceCommit others = driver.staged(other, other.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD));

    assertThat(driver.commit(wrong, others))
        .containsExactly(COMMIT_RESULT_CONFLICT, COMMIT_RESULT_COMMITTED);
    assertThat(driver.commit(good)).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aSpaceWhoseTreeIsDamagedKeepsNoOtherOut() throws Exception {
    driver.append(log, next());
    driver.append(log, next());
    sql("DELETE FROM tile_part");
    SampleLog other = new SampleLog("other");
    SpaceCommit others = driver.staged(other, other.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD));

    assertThat(driver.commit(driver.staged(log, next()), others))
        .containsExactly(COMMIT_RESULT_CONFLICT, COMMIT_RESULT_COMMITTED);
    assertThat(StoreDriver.failureOf(
            store.read(StoreDriver.range(log, 0, 2).setMaxFiles(1).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void fullStagingIsBusyAndACommitMakesRoom() {
    List<SampleFile> files = next();
    SpaceCommit staged = driver.staged(log, files);
    List<ByteString> most = List.of(ByteString.copyFrom(new byte[(4 << 20) - (100 << 10)]));
    driver.stage(most);
    assertThat(StoreDriver.failureOf(store.stage(stageRequest()))).isEqualTo(MeshFailure.BUSY);

    driver.commit(staged);

    assertThat(driver.stage(List.of(PAYLOAD))).hasSize(1);
  }

  private static StageRequest stageRequest() {
    return StageRequest.newBuilder().addPayloads(PAYLOAD).build();
  }
}
