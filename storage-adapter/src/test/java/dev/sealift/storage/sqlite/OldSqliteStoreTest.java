package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that older code wrote are brought up when they are opened, and have lost nothing. */
class OldSqliteStoreTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final DeviceId BEN = SampleLog.device("Ben");
  private static final long NOW_MILLIS = 1_800_000_000_000L;

  @TempDir
  Path directory;

  private SqliteFileStore open(String resource) throws Exception {
    Path file = directory.resolve("store.db");
    try (InputStream old = OldSqliteStoreTest.class.getResourceAsStream(resource)) {
      Files.copy(old, file);
    }
    return SqliteFileStore.open(
        file,
        SqliteOptions.defaults(),
        InstantSource.fixed(Instant.ofEpochMilli(NOW_MILLIS)),
        new SimpleMeterRegistry());
  }

  /** The log that the old stores hold; of files 2 and 4 the payload is reclaimed, of file 4 the header too. */
  private static SampleLog log() {
    SampleLog log = SampleLog.old("old");
    log.accept(log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, text("genesis")));
    log.accept(log.next(
        ANNA,
        FileKind.FILE_KIND_EVENTS,
        text("one"),
        ByteString.EMPTY,
        ByteString.copyFrom(new byte[1000])));
    log.accept(log.next(BEN, FileKind.FILE_KIND_EVENTS, text("two"), text("three")));
    return log;
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Test
  void aStoreIsBroughtUpWithoutBeingOpened() throws Exception {
    Path file = directory.resolve("store.db");
    try (InputStream old = OldSqliteStoreTest.class.getResourceAsStream("store-v1.db")) {
      Files.copy(old, file);
    }

    assertThat(SqliteMigration.run(file)).isEqualTo(new SqliteMigration.Result(1, Schema.VERSION));
    assertThat(SqliteMigration.run(file))
        .isEqualTo(new SqliteMigration.Result(Schema.VERSION, Schema.VERSION));
    try (StoreLock held = StoreLock.acquire(file.toRealPath())) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> SqliteMigration.run(file))
          .isInstanceOf(StoreOpenException.InUse.class);
    }
  }

  @Test
  void aStoreOfTheFirstSchemaGoesOn() throws Exception {
    SampleLog log = log();
    try (SqliteFileStore store = open("store-v1.db")) {
      StoreDriver driver = new StoreDriver(store);

      LoadSpaceReply loaded = driver.load(log);
      assertThat(loaded.getSize()).isEqualTo(6);
      assertThat(loaded.getRoot()).isEqualTo(log.rootAt(6).byteString());
      assertThat(loaded.getAdmissionToken()).isEqualTo(ByteString.EMPTY);
      assertThat(loaded.getStoreTimeMillis()).isEqualTo(NOW_MILLIS);
      assertThat(driver.readAll(log).getEntries(4).getPayload()).isEqualTo(text("two"));
      assertThat(driver.positions(log)).hasSize(1);
      assertThat(driver.signedPositions(log, ByteString.EMPTY, 6)).isEmpty();
      driver.record(log, BEN, 6, StoreDriver.signed(6, 1));
      assertThat(driver.signedPositions(log, ByteString.EMPTY, 6)).hasSize(1);
      assertThat(driver.append(log, BEN, text("more")))
          .isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
    }
  }

  /** It knew no compactions, and so has none: from here on they are noted. */
  @Test
  void inAStoreOfTheFourthSchemaCompactionsSupersede() throws Exception {
    SampleLog log = log();
    try (SqliteFileStore store = open("store-v4.db")) {
      StoreDriver driver = new StoreDriver(store);
      assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(6).byteString());
      assertThat(driver.load(log).getAdmissionToken()).isEqualTo(text("token"));
      assertThat(driver.compactions(StoreDriver.ask(log).setMaxLive(100)).getLiveList())
          .singleElement()
          .satisfies(live -> assertThat(live.getFiles()).isEqualTo(5));

      driver.append(log, log.compaction(BEN, 2, 5, 1, true, text("compacted")));

      CompactionsReply reply = driver.compactions(
          StoreDriver.ask(log).setStepsAfter(1).addSequences(2).addSequences(6));
      assertThat(reply.getSupersededByList()).containsExactly(7L, 0L);
      assertThat(reply.getCompactions(0).getPartsList()).containsExactly(7L);
    }
  }

  /** When its compaction began to stand, and when its devices were seen, it did not note: both count from now. */
  @Test
  void aStoreOfTheFifthSchemaIsReclaimedAfterItsGrace() throws Exception {
    SampleLog log = log();
    log.accept(log.compaction(BEN, 2, 5, 1, true, text("compacted")));
    try (SqliteFileStore store = open("store-v5.db")) {
      StoreDriver driver = new StoreDriver(store);
      assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(7).byteString());
      long stoodAt = log.files().get(6).serverTimeMillis();
      ReclaimRequest.Builder reclaim = StoreDriver.reclaimOf(log, 7);

      assertThat(driver.reclaim(reclaim).getHindrance())
          .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_GRACE);
      assertThat(driver
              .compactions(StoreDriver.ask(log).setAll(true))
              .getCompactions(0)
              .getStoodAtMillis())
          .isEqualTo(stoodAt);
      assertThat(driver.devices(log)).allMatch(device -> device.getSeenAtMillis() > stoodAt);
      assertThat(driver.reclaim(reclaim.setStoodBeforeMillis(stoodAt)).getHindrance())
          .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_GRACE);
      assertThat(driver.reclaim(reclaim.setStoodBeforeMillis(stoodAt + 1)).getFiles())
          .isEqualTo(4); // payloads: their headers, which are none, stay
      assertThat(driver.readAll(log).getEntries(1).getSignedHeader())
          .isEqualTo(log.files().get(1).header());
      assertThat(driver.append(log, ANNA, text("more")))
          .isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
    }
  }

  /** Under its compaction two payloads are gone: they were reclaimed, and did not expire. */
  @Test
  void inAStoreOfTheSixthSchemaFilesExpireFromThenOn() throws Exception {
    SampleLog log = log();
    log.accept(log.compaction(BEN, 2, 5, 1, true, text("compacted")));
    try (SqliteFileStore store = open("store-v6.db")) {
      StoreDriver driver = new StoreDriver(store);
      assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(7).byteString());
      assertThat(driver.expire(log)).isEqualTo(ExpireReply.getDefaultInstance());
      assertThat(driver.readAll(log).getEntriesList().subList(1, 3))
          .extracting(LogEntry::getAbsence)
          .containsOnly(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED);

      driver.append(log, log.expiring(ANNA, 0, text("short")));

      assertThat(driver.expire(log).getFiles()).isEqualTo(1);
      assertThat(driver.readAll(log).getEntries(7).getAbsence())
          .isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED);
    }
  }

  @Test
  void whatAStoreOfTheFirstSchemaKeepsIsReckonedUp() throws Exception {
    SampleLog log = log();
    try (SqliteFileStore store = open("store-v1.db")) {
      StoreDriver driver = new StoreDriver(store);
      List<SampleFile> files = log.files();
      long headers = files.stream().mapToLong(file -> file.header().size()).sum()
          - files.get(3).header().size();
      long payloads = "genesis".length() + "two".length() + "three".length();

      assertThat(driver.load(log).getStoredBytes()).isEqualTo(headers + payloads);
      SampleLog second = SampleLog.old("old second");
      second.accept(second.next(BEN, FileKind.FILE_KIND_EVENTS, text("other")));
      assertThat(driver.load(second).getStoredBytes())
          .isEqualTo(second.files().get(0).header().size() + "other".length());
    }
  }
}
