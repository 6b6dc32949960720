package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
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
      assertThatThrownBy(() -> SqliteBackup.replace(copy, store, folder.resolve("old"), CLOCK))
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
    Path old = folder.resolve("old");

    assertThatThrownBy(() -> SqliteBackup.replace(none, store, old, CLOCK))
        .isInstanceOf(StoreOpenException.Damaged.class);
    assertThat(store).exists();

    SqliteBackup.replace(copy, store, old, CLOCK);
    assertThat(old.resolve("store.db")).exists();
    assertThat(SqliteBackup.report(store).restorations()).isEqualTo(1);
  }
}
