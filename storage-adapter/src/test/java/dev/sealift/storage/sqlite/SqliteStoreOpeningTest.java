package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store that cannot be opened says, and that it is left as it was. */
class SqliteStoreOpeningTest {
  @TempDir
  Path directory;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("store.db");
  }

  private SqliteFileStore open(Path path) throws StoreOpenException {
    return SqliteFileStore.open(
        path, SqliteOptions.defaults(), InstantSource.system(), new SimpleMeterRegistry());
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement each = connection.createStatement()) {
      each.execute(statement);
    }
  }

  @Test
  void twoStoragesOnOneFileAreRefusedAndTheHolderIsNamed() throws Exception {
    try (SqliteFileStore first = open(file)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> open(file))
          .isInstanceOf(StoreOpenException.InUse.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining(file.getFileName().toString());
    }
    open(file).close();
  }

  @Test
  void anotherPathToTheSameFileIsRefusedToo() throws Exception {
    open(file).close();
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
    try (SqliteFileStore first = open(file)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> open(link)).isInstanceOf(StoreOpenException.InUse.class);
    }
  }

  @Test
  void aStoreOfANewerSchemaIsRefused() throws Exception {
    open(file).close();
    sql(
        "INSERT INTO flyway_schema_history SELECT 99, '12', description, type, script, checksum,"
            + " installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");

    assertThatThrownBy(() -> open(file))
        .isInstanceOfSatisfying(StoreOpenException.NewerVersion.class, e -> {
          assertThat(e.found()).isEqualTo(12);
          assertThat(e.known()).isEqualTo(Schema.VERSION);
          assertThat(e.code()).isEqualTo("store-newer-version");
          assertThat(e).hasMessageContaining("Start the newer Sealift");
        });
  }

  @Test
  void theVersionThatTheCodeKnowsIsTheNewestMigration() {
    MigrationInfo[] migrations = Schema.flyway(new Database(file, 0)).info().all();

    assertThat(migrations[migrations.length - 1].getVersion().getVersion())
        .isEqualTo(String.valueOf(Schema.VERSION));
  }

  @Test
  void theWriterWaitsForTheDiskAtEveryCommit() throws Exception {
    try (Connection writer = new Database(file, 0).openWriter()) {
      assertThat(text(writer, "PRAGMA journal_mode")).isEqualTo("wal");
      assertThat(text(writer, "PRAGMA synchronous")).isEqualTo("2"); // FULL
      assertThat(text(writer, "PRAGMA wal_autocheckpoint")).isEqualTo("0");
      sql("CREATE TABLE any (number INTEGER)");
      assertThat(text(writer, "PRAGMA page_size")).isEqualTo("" + Database.PAGE_BYTES);
    }
  }

  private static String text(Connection connection, String pragma) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(pragma)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndNotTouched() throws Exception {
    byte[] text = "This is not a database, but it is long enough to look like one.\n"
        .repeat(99)
        .getBytes(StandardCharsets.UTF_8);
    Files.write(file, text);

    assertThatThrownBy(() -> open(file)).isInstanceOf(StoreOpenException.Damaged.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(text);
  }

  @Test
  void somebodyElsesDatabaseIsRefused() throws Exception {
    sql("CREATE TABLE cities (name TEXT)");

    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreOpenException.Damaged.class)
        .hasMessageContaining("not a readable Sealift store");
  }

  @Test
  void aStoreWhoseFirstPagesAreLostIsRefused() throws Exception {
    open(file).close();
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(100);
      raw.write(new byte[2 * Database.PAGE_BYTES]);
    }

    assertThatThrownBy(() -> open(file)).isInstanceOf(StoreOpenException.Damaged.class);
  }

  @Test
  void aDirectoryThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> open(directory.resolve("missing").resolve("store.db")))
        .isInstanceOf(StoreOpenException.Inaccessible.class)
        .hasMessageContaining("Check that its directory exists");
  }

  @Test
  void aRefusedStoreIsNotHeld() throws Exception {
    Files.writeString(file, "short");
    assertThatThrownBy(() -> open(file)).isInstanceOf(StoreOpenException.class);
    Files.delete(file);

    open(file).close();
  }
}
