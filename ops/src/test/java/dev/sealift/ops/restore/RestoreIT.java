package dev.sealift.ops.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.SyncState;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.storage.RecoveryReport;
import dev.sealift.storage.sqlite.SqliteBackup;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh that is restored from a copy, or lost whole, and the devices that know more than it does. */
class RestoreIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  /** Counted from the first device that comes, which brings back what it holds at once. */
  private static final Duration RECOVERY = Duration.ofSeconds(6);

  @TempDir
  Path folder;

  private int port;
  private Path data;
  private MeshProcess mesh;

  @BeforeEach
  void start() throws Exception {
    port = FreePort.next();
    data = folder.resolve("mesh");
    mesh = up(RECOVERY);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private MeshProcess up(Duration recovery) throws Exception {
    return MeshProcess.start(MeshOptions.whole(data, port).withRecovery(recovery), "test");
  }

  private URI url() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  private Path store() {
    return data.resolve("store.db");
  }

  @Test
  void whatTheCopyLacksComesBackFromOneDeviceToItsOldPlaces() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "before", "1");
      SqliteBackup.backUp(store(), folder.resolve("copy"));
      put(written, "after", "1");
      put(read, "by the other", "1");
      same(written, read);

      restore();

      put(written, "new", "1");
      same(written, read);
      assertThat(written.table("notes").count()).isEqualTo(4);
    }
    assertThat(SqliteBackup.report(store())).isEqualTo(new RecoveryReport(1, 1, 0, 0));
  }

  @Test
  void aMeshThatLostEverythingIsRebuiltFromItsDevices() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"));
        Sealift late = Sealift.open(folder.resolve("late"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "a", "1");
      put(read, "b", "2");
      same(written, read);

      beginEmpty();

      put(written, "c", "3");
      same(written, read);
      Space joined = joined(late, written);
      same(written, joined);
      assertThat(joined.table("notes").count()).isEqualTo(3);
    }
  }

  @Test
  void theSameCopyRestoredTwiceLosesNothingThatADeviceHolds() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"));
        Sealift late = Sealift.open(folder.resolve("late"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "before", "1");
      SqliteBackup.backUp(store(), folder.resolve("copy"));
      put(written, "after", "1");
      same(written, read);
      // What the founder never saw, and the reader brings too late: it gets another place.
      written.disconnect();
      put(read, "only here", "1");
      read.disconnect();
      restore();
      written.connect(url());
      put(written, "between", "1");
      read.connect(url());
      put(read, "between too", "1");
      same(written, read);

      restore();

      put(read, "last", "1");
      same(written, read);
      Space joined = joined(late, written);
      same(written, joined);
      assertThat(joined.table("notes").count()).isEqualTo(6);
    }
    assertThat(SqliteBackup.report(store()).recovering()).isZero();
  }

  @Test
  void aMeshThatBeganEmptyWithoutAMarkIsToldAndRebuiltOnceItHasOne() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "a", "1");
      same(written, read);

      mesh.close();
      lose();
      mesh = up(RECOVERY);
      Await.until(
          DEADLINE,
          () -> written
              .status()
              .problem()
              .filter(problem -> problem.code() == ErrorCode.MESH_LOST_SPACE)
              .isPresent(),
          () -> written.status().toString());
      written.table("notes").put("meanwhile", Row.of("text", "2"));
      assertThat(written.status().state()).isEqualTo(SyncState.CONNECTING);

      beginEmpty();

      same(written, read); // by themselves
      assertThat(read.table("notes").count()).isEqualTo(2);
    }
  }

  @Test
  void aMeshThatLostEverythingAfterItWasRestoredIsRebuiltToo() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      SqliteBackup.backUp(store(), folder.resolve("copy"));
      put(written, "a", "1");
      same(written, read);
      restore();
      put(read, "b", "2");
      same(written, read);

      beginEmpty();

      put(written, "c", "3");
      same(written, read);
      assertThat(read.table("notes").count()).isEqualTo(3);
    }
  }

  @Test
  void aDeviceThatComesTooLatePutsWhatWasLostOnceMore() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "before", "1");
      same(written, read);
      SqliteBackup.backUp(store(), folder.resolve("copy"));
      written.disconnect();
      put(read, "only here", "1");
      // What the founder never saw, and the reader alone holds.
      read.disconnect();

      restore();
      written.connect(url());
      put(written, "meanwhile", "1");

      read.connect(url());
      put(read, "later", "1");
      same(written, read);
      assertThat(written.table("notes").count()).isEqualTo(4);
    }
    assertThat(SqliteBackup.report(store()).recovering()).isZero();
  }

  /** What one device tells and brings of a state that was lost is there for who joins, when that device and the mesh that it told are gone. */
  @Test
  void whoJoinsLaterIsToldWhatExcusesFilesThoughTheMeshThatHeardItStopped() throws Exception {
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"));
        Sealift late = Sealift.open(folder.resolve("late"))) {
      Space written = found(founder);
      Space read = joined(reader, written);
      put(written, "before", "1");
      SqliteBackup.backUp(store(), folder.resolve("copy"));
      put(written, "after", "1");
      same(written, read);
      // The second has seen the first, which gets another place when both are put once more.
      written.disconnect();
      put(read, "seen", "1");
      put(read, "on top", "1");
      read.disconnect();
      restore();
      written.connect(url());
      put(written, "between", "1");
      read.connect(url());
      same(written, read);
      String link = written.invite();
      put(written, "last", "1");
      same(written, read);
      long files = count("file");
      written.disconnect();
      read.disconnect();

      restore(Duration.ofDays(1));
      read.connect(url());
      Await.until(DEADLINE, () -> count("file") == files, () -> count("file") + " of " + files);
      read.disconnect();
      mesh.close();
      assertThat(count("lost_incarnation")).isEqualTo(1);
      mesh = up(RECOVERY);

      Space joined = late.join(link);
      joined.connect(url());
      joined.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      assertThat(joined.table("notes").count()).isEqualTo(6);
      assertThat(joined.digest()).isEqualTo(read.digest());
    }
  }

  private long count(String table) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      return row.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void restore() throws Exception {
    restore(RECOVERY);
  }

  private void restore(Duration recovery) throws Exception {
    mesh.close();
    lose();
    SqliteBackup.restore(folder.resolve("copy"), store(), InstantSource.system());
    mesh = up(recovery);
  }

  private void beginEmpty() throws Exception {
    mesh.close();
    lose();
    SqliteBackup.startOver(store(), InstantSource.system());
    mesh = up(RECOVERY);
  }

  private void lose() throws Exception {
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(data.resolve("store.db" + suffix));
    }
  }

  private Space found(Sealift device) throws Exception {
    Space space = device.create("home", Schema.of(Schema.table("notes", "id").text("text")));
    space.connect(url());
    return space;
  }

  private static Space joined(Sealift device, Space inviter) throws Exception {
    Space space = device.join(inviter.invite());
    space.connect();
    space.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    return space;
  }

  private static void put(Space space, String key, String text) throws Exception {
    space.table("notes").put(key, Row.of("text", text));
    CompletableFuture<Void> durable = space.whenDurable();
    Await.until(DEADLINE, durable::isDone, () -> space.status().toString());
    durable.get();
  }

  private static void same(Space one, Space other) {
    Await.until(
        DEADLINE,
        () -> one.digest().equals(other.digest()),
        () -> one.status() + " and " + other.status());
  }
}
