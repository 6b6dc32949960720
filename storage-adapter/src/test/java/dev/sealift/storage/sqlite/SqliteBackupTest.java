package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store made of a copy meets nothing of the one before. */
class SqliteBackupTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir
  Path folder;

  private Path store;
  private Path copy;

  @BeforeEach
  void copyAStore() throws Exception {
    store = folder.resolve("store.db");
    copy = folder.resolve("copy.db");
    open().close();
    SqliteBackup.backUp(store, copy);
  }

  private SqliteFileStore open() throws StoreOpenException {
    return SqliteFileStore.open(store, SqliteOptions.defaults(), CLOCK, new SimpleMeterRegistry());
  }

  private Path beside(String suffix) {
    return folder.resolve("store.db" + suffix);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-wal", "-shm", "-journal"})
  void nothingIsMadeBesideWhatIsLeftOfAnotherStore(String suffix) throws Exception {
    Files.delete(store);
    Files.writeString(beside(suffix), "of the store before");

    assertThatThrownBy(() -> SqliteBackup.restore(copy, store, CLOCK))
        .isInstanceOf(StoreOpenException.Remains.class)
        .hasMessageContaining("store.db" + suffix);
    assertThatThrownBy(() -> SqliteBackup.startOver(store, CLOCK))
        .isInstanceOf(StoreOpenException.Remains.class);
    assertThatThrownBy(this::open).isInstanceOf(StoreOpenException.Remains.class);

    assertThat(beside(suffix)).hasContent("of the store before");
    assertThat(store).doesNotExist();
  }

  @Test
  void nothingIsRestoredUnderAStorageAdapterThatLostItsFile() throws Exception {
    try (SqliteFileStore open = open()) {
      assertThat(open).isNotNull();
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        Files.move(beside(suffix), folder.resolve("moved" + suffix));
      }

      assertThatThrownBy(() -> SqliteBackup.restore(copy, store, CLOCK))
          .isInstanceOf(StoreOpenException.InUse.class);
      assertThatThrownBy(() -> SqliteBackup.replace(copy, store, "old", CLOCK))
          .isInstanceOf(StoreOpenException.InUse.class);
      assertThat(store).doesNotExist();
    }
  }

  @Test
  void aRestoreThatWasKilledLeavesNothingForTheNext() throws Exception {
    Files.delete(store);
    Files.writeString(beside(".restoring"), "half a copy");
    Files.writeString(beside(".restoring-wal"), "the log of another");

    SqliteBackup.restore(copy, store, CLOCK);

    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
    assertThat(beside(".restoring-wal")).doesNotExist();
  }

  @Test
  void aStoreStaysWhereItIsWhenTheCopyIsNone() throws Exception {
    Path none = Files.writeString(folder.resolve("none.db"), "this is no store, whatever its name");

    assertThatThrownBy(() -> SqliteBackup.replace(none, store, "old", CLOCK))
        .isInstanceOf(StoreOpenException.Damaged.class);
    assertThat(store).exists();

    Path old = SqliteBackup.replace(copy, store, "old", CLOCK).orElseThrow();
    assertThat(old).isEqualTo(folder.resolve("old"));
    assertThat(old.resolve("store.db")).exists();
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }

  @Test
  void nothingMovesWhenThereIsAFolderOfTheNameAlready() throws Exception {
    Files.createDirectory(folder.resolve("old"));

    assertThatThrownBy(() -> SqliteBackup.replace(copy, store, "old", CLOCK))
        .isInstanceOf(FileAlreadyExistsException.class);

    open().close();
    assertThat(SqliteBackup.report(store).restorations()).isZero();
  }

  /** What a replacement moves away, in its order. */
  private static final List<String> MOVED = List.of("", "-wal", "-shm");

  /** As one that was killed leaves it: with the new store ready, and so many of the old one's files moved. */
  private void cutOffAfter(int moved) throws Exception {
    for (String suffix : MOVED.subList(1, MOVED.size())) {
      Files.writeString(beside(suffix), "of the old store: " + suffix);
    }
    Files.copy(copy, beside(".restoring"));
    Files.createDirectory(beside(".replacing"));
    for (String suffix : MOVED.subList(0, moved)) {
      Files.move(beside(suffix), beside(".replacing").resolve("store.db" + suffix));
    }
  }

  private void assertHalfReplaced(ThrowingCallable opening) {
    assertThatThrownBy(opening)
        .isInstanceOf(StoreOpenException.HalfRestored.class)
        .hasMessageContaining("restore --replace");
    assertThat(store).doesNotExist();
  }

  private void assertNothingOpensIt() {
    assertHalfReplaced(this::open);
    assertHalfReplaced(() -> SqliteMigration.run(store));
    assertHalfReplaced(() -> SqliteBackup.startOver(store, CLOCK));
  }

  private void assertWholeIn(Path old) {
    assertThat(old.resolve("store.db")).isNotEmptyFile();
    for (String suffix : MOVED.subList(1, MOVED.size())) {
      assertThat(old.resolve("store.db" + suffix)).hasContent("of the old store: " + suffix);
    }
    assertThat(beside(".restoring")).doesNotExist();
    assertThat(beside(".replacing")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aReplacementThatWasCutOffIsNotOpenedAndTheNextFinishesIt(int moved) throws Exception {
    cutOffAfter(moved);
    assertNothingOpensIt();
    assertHalfReplaced(() -> SqliteBackup.restore(copy, store, CLOCK));

    Path old = SqliteBackup.replace(copy, store, "old", CLOCK).orElseThrow();

    assertWholeIn(old);
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
    open().close();
  }

  /** What had expired is in the copy as what it was; what expires there waits until the space has begun anew. */
  @Test
  void aCopyKnowsWhatHadExpiredAndWhatIsToExpire() throws Exception {
    DeviceId anna = SampleLog.device("Anna");
    SampleLog log = new SampleLog("log");
    try (SqliteFileStore open = open()) {
      StoreDriver driver = new StoreDriver(open);
      driver.append(log, log.expiring(anna, 0, ByteString.copyFromUtf8("gone")));
      driver.expire(log);
      driver.append(log, log.expiring(anna, 0, ByteString.copyFromUtf8("to go")));
    }
    Path later = folder.resolve("later.db");
    SqliteBackup.backUp(store, later);
    SqliteBackup.replace(later, store, "old", CLOCK);

    try (SqliteFileStore restored = open()) {
      StoreDriver driver = new StoreDriver(restored);
      assertThat(driver.expire(log).getRecovering()).isTrue();
      assertThat(driver.readAll(log).getEntriesList())
          .extracting(LogEntry::getAbsence)
          .containsExactly(
              PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED, PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
    }
  }

  @Test
  void aReplacementThatWasCutOffStaysRefusedWhenTheNextCopyIsNone() throws Exception {
    cutOffAfter(MOVED.size());
    Path none = Files.writeString(folder.resolve("none.db"), "this is no store, whatever its name");
    assertThatThrownBy(() -> SqliteBackup.replace(none, store, "old", CLOCK))
        .isInstanceOf(StoreOpenException.Damaged.class);
    assertNothingOpensIt();

    assertWholeIn(SqliteBackup.replace(copy, store, "old", CLOCK).orElseThrow());
  }

  @Test
  void aReplacementThatWasCutOffBeforeItsLastMoveHasTheNewStoreAndTheNextKeepsBoth()
      throws Exception {
    cutOffAfter(MOVED.size());
    Files.move(beside(".restoring"), store);
    open().close();

    Path old = SqliteBackup.replace(copy, store, "old", CLOCK).orElseThrow();

    assertThat(old.resolve("store.db")).isNotEmptyFile();
    assertWholeIn(folder.resolve("old-earlier"));
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }

  @Test
  void noFolderIsMadeWhereThereIsNothingToReplace() throws Exception {
    Files.delete(store);

    assertThat(SqliteBackup.replace(copy, store, "old", CLOCK)).isEmpty();

    assertThat(folder.resolve("old")).doesNotExist();
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }

  @Test
  void aReplacementThatWasCutOffBeforeItsFirstMoveHasChangedNothing() throws Exception {
    Files.copy(copy, beside(".restoring"));
    Files.createDirectory(beside(".replacing"));
    open().close();
    assertThat(SqliteBackup.report(store).restorations()).isZero();

    assertThat(SqliteBackup.replace(copy, store, "old", CLOCK)).isPresent();
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }

  @Test
  void aRestoreThatWasCutOffIsNotOpenedAsAnEmptyStore() throws Exception {
    Files.delete(store);
    Files.writeString(beside(".restoring"), "half a copy");
    assertNothingOpensIt();

    SqliteBackup.restore(copy, store, CLOCK);

    open().close();
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }
}
