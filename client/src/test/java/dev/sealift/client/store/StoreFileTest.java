package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.SynchronousMode;

class StoreFileTest {
  private final TestFolder folder = new TestFolder();

  @AfterEach
  void close() {
    folder.close();
  }

  private static void run(Path file, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void assertRefused(Code code, String home, String name) {
    assertThatThrownBy(() -> folder.device(home, name))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aFileOfANewerVersionIsRefusedAndLeftAlone() throws SQLException, IOException {
    TestDevice device = folder.device("a").withCities();
    device.close();
    run(device.file, "PRAGMA user_version = " + (Migrations.CURRENT + 1));
    byte[] before = Files.readAllBytes(device.file);
    assertRefused(Code.NEWER_VERSION, "a", "a");
    assertThat(Files.readAllBytes(device.file)).isEqualTo(before);
  }

  @Test
  void aDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws SQLException, IOException {
    Path file = folder.path().resolve("a.db");
    run(file, "CREATE TABLE theirs(x)");
    byte[] before = Files.readAllBytes(file);
    assertRefused(Code.NOT_A_STORE, "a", "a");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    Files.writeString(
        folder.path().resolve("a.db"), "not a database, but long enough to look at".repeat(50));
    assertRefused(Code.NOT_A_STORE, "a", "a");
  }

  @Test
  void theFileOfAnotherDeviceIsRefused() {
    folder.device("a", "a").close();
    assertRefused(Code.WRONG_DEVICE, "a", "b");
    assertThat(folder.device("a", "a").store.position()).isZero();
  }

  @Test
  void aDamagedFileIsCalledDamaged() throws IOException {
    TestDevice device = folder.device("a").withCities();
    device.write(batch -> {
      for (int i = 0; i < 2_000; i++) {
        batch.put("cities", "key" + i, Map.of("name", Value.of("name".repeat(20))));
      }
    });
    device.close();
    try (RandomAccessFile raw = new RandomAccessFile(device.file.toFile(), "rw")) {
      byte[] garbage = new byte[4096];
      Arrays.fill(garbage, (byte) 0xa5);
      for (long page = 20; page < raw.length() / 4096; page++) {
        raw.seek(page * 4096);
        raw.write(garbage);
      }
    }
    assertThatThrownBy(() -> folder.device("a").store.mergeDigest())
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.CORRUPT));
  }

  @Test
  void aFileMayHaveAnyName() {
    for (String name : List.of("what?mode=memory", "100% #1;", "späte Städte", "a b")) {
      folder.device(name, "a").withCities();
      assertThat(folder.path().resolve(name + ".db")).isNotEmptyFile();
    }
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    assertRefused(Code.IO, "nowhere/a", "a");
  }

  @Test
  void aFullDiskTakesBackTheBatchAndTheStoreGoesOn() {
    TestDevice device = limited(200);
    device.withCities();
    device.put("kept", Map.of("name", Value.of("before")));
    byte[] large = new byte[700_000];
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> device.write(batch -> {
            batch.put("cities", "kept", Map.of("name", Value.of("lost")));
            batch.put("cities", "x", Map.of("name", Value.of(large)));
            batch.put("cities", "y", Map.of("name", Value.of(large)));
          }))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.DISK_FULL));
      assertThat(device.get("kept")).containsEntry("name", Value.of("before"));
      assertThat(device.store.count("cities")).isEqualTo(1);
    }
    device.put("small", Map.of("name", Value.of("after")));
    assertThat(device.get("small")).containsEntry("name", Value.of("after"));
  }

  @Test
  void aBatchThatRanIntoAFullDiskCannotBeCommitted() {
    TestDevice device = limited(100);
    device.withCities();
    try (Batch batch = device.store.batch()) {
      assertThatThrownBy(
              () -> batch.put("cities", "x", Map.of("name", Value.of(new byte[700_000]))))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    }
    assertThat(device.store.count("cities")).isZero();
  }

  private TestDevice limited(int pages) {
    JdbcDriver driver = new JdbcDriver(SynchronousMode.OFF);
    Driver limited = new Driver() {
      @Override
      public Db openWriter(Path file) {
        Db db = driver.openWriter(file);
        try (dev.sealift.client.store.Statement pragma =
            db.prepare("PRAGMA max_page_count = " + pages)) {
          pragma.next();
          pragma.reset();
        }
        return db;
      }

      @Override
      public Db openReader(Path file) {
        return driver.openReader(file);
      }
    };
    return new TestDevice(limited, folder.path().resolve("limited.db"), "limited");
  }

  /** Made by version 1 with {@code GoldenStore}; its every later version must open it and see the same. */
  @Test
  void aFileOfVersion1Opens() throws IOException {
    try (InputStream golden = StoreFileTest.class.getResourceAsStream("version-1.db")) {
      Files.copy(golden, folder.path().resolve("golden.db"));
    }
    TestDevice device = folder.device("golden", "golden");
    assertThat(device.store.visibleDigest()).hasToString(golden("version-1.visible"));
    assertThat(device.store.mergeDigest()).hasToString(golden("version-1.merge"));
    assertThat(device.store.pendingCount()).isEqualTo(GoldenStore.PENDING);
    assertThat(device.store.outbox()).hasSize(1);
    assertThat(device.store.position()).isEqualTo(1);
    device.put("new", Map.of("name", Value.of("written by a later version")));
    assertThat(device.pack()).isNotNull();
  }

  /** As version 5 has it: what newer versions of Sealift declare has come, and is kept, and shows nothing. */
  @Test
  void aFileOfVersion5ShowsWhatItHadNotUnderstood() throws SQLException {
    TestDevice device = folder.device("a").withCities();
    device.put("k", Map.of("name", Value.of("Hobart"), "population", Value.of(7)));
    device.write(batch -> batch.amend(new TableSchema(
            "towns",
            "id",
            List.of(
                new ColumnSchema("title", ColumnType.ANY).was("name"),
                new ColumnSchema("country", ColumnType.ANY).byDefault(Value.of("AU"))))
        .was("cities")
        .dropping("population")));
    var visible = device.store.visibleDigest();
    var merged = device.store.mergeDigest();
    device.close();
    for (String statement : List.of(
        "DROP VIEW cities",
        "CREATE VIEW \"cities\" AS SELECT _key AS \"id\", \"name\" AS \"name\" FROM \"_cities\" WHERE _removed IS NULL",
        "DROP TABLE _sealift_taken_over",
        "DROP TABLE _sealift_fetched",
        "DROP TABLE _sealift_made_part",
        "DROP TABLE _sealift_compaction",
        "DROP TABLE _sealift_lifetime",
        "DROP TABLE _sealift_expired",
        "DROP TABLE _sealift_sweep",
        "DROP TABLE _sealift_view",
        "DROP TABLE _sealift_ahead",
        "DROP TABLE _sealift_step_file",
        "DROP TABLE _sealift_step_keep",
        "DROP TABLE _sealift_step_judged",
        "DROP TABLE _sealift_seen_files",
        "ALTER TABLE _sealift_journal DROP COLUMN files",
        "ALTER TABLE _sealift_op DROP COLUMN files",
        "ALTER TABLE _sealift_unplaced DROP COLUMN files",
        "DROP TABLE _sealift_app_table",
        "DROP TABLE _sealift_app_column",
        "ALTER TABLE _sealift_table DROP COLUMN shown",
        "ALTER TABLE _sealift_table DROP COLUMN dropped",
        "ALTER TABLE _sealift_column DROP COLUMN shown",
        "ALTER TABLE _sealift_column DROP COLUMN fallback",
        "ALTER TABLE _sealift_column DROP COLUMN dropped",
        "DROP TABLE _sealift_place",
        "DROP TABLE _sealift_own_place",
        "ALTER TABLE _sealift_part DROP COLUMN place",
        "ALTER TABLE _sealift_unplaced DROP COLUMN place",
        "DROP TABLE _sealift_keep",
        "DROP TABLE _sealift_history",
        "DROP TABLE _sealift_feed",
        "DROP TABLE _sealift_feed_waiting",
        "DROP TABLE _sealift_undo",
        "DROP INDEX _sealift_journal_tx",
        "ALTER TABLE _sealift_journal DROP COLUMN tx",
        "DROP TABLE _sealift_guard",
        "DROP TABLE _sealift_judged",
        "ALTER TABLE _sealift_loser DROP COLUMN tx",
        "PRAGMA user_version = 5")) {
      run(device.file, statement);
    }

    device.open();

    assertThat(device.store.visibleDigest()).isEqualTo(visible);
    assertThat(device.store.mergeDigest()).isEqualTo(merged);
    assertThat(device.store.get("towns", "k"))
        .contains(Map.of("title", Value.of("Hobart"), "country", Value.of("AU")));
    assertThat(device.store.hasTable("cities")).isFalse();
    try (QueryResult result = device.store.query("select title, country from towns", List.of())) {
      assertThat(result.next()).isTrue();
    }
    device.withCities();
    assertThat(device.get("k")).containsEntry("population", Value.of(7));
    device.put("k", Map.of("name", Value.of("nipaluna")));
    device.reopen();
    assertThat(device.get("k")).containsEntry("name", Value.of("nipaluna"));
  }

  private static String golden(String name) throws IOException {
    try (InputStream golden = StoreFileTest.class.getResourceAsStream(name)) {
      return new String(golden.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }
}
