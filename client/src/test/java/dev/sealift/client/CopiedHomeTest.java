package dev.sealift.client;

import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two homes with one device's keys: a copy on another machine, a backup put back. It resolves by itself, and nothing is lost. */
class CopiedHomeTest {
  @TempDir
  Path folder;

  private World world;
  private Space other;

  @BeforeEach
  void start() {
    world = new World(folder);
    Space a = world.found("a");
    other = world.join("other", a.invite());
    put(a, "shared", "before");
    Await.done(a.whenDurable());
    world.agree(a, other);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Space open(String home) {
    return world.home(home).space("household");
  }

  private void assertEverywhere(Space[] spaces, String... keys) {
    for (Space space : spaces) {
      for (String key : keys) {
        assertThat(name(space, key)).as(key + " in " + space.status().device()).isEqualTo(key);
      }
    }
  }

  @Test
  void bothCopiesWriteOfflineAndThenMeet() {
    world.copy("a", "copy");
    Space a = open("a");
    Space copy = open("copy");
    put(a, "a1", "a1");
    put(copy, "c1", "c1");
    put(a, "a2", "a2");
    put(copy, "c2", "c2");
    a.connect();
    copy.connect();
    Await.done(a.whenDurable());
    Await.done(copy.whenDurable());
    world.agree(a, copy, other);
    assertEverywhere(new Space[] {a, copy, other}, "a1", "a2", "c1", "c2");
  }

  @Test
  void bothCopiesWriteByTurnsWhileBothAreConnected() {
    world.copy("a", "copy");
    Space a = open("a");
    Space copy = open("copy");
    a.connect();
    copy.connect();
    for (int i = 0; i < 5; i++) {
      put(a, "a" + i, "a" + i);
      Await.done(a.whenDurable());
      put(copy, "c" + i, "c" + i);
      Await.done(copy.whenDurable());
    }
    world.agree(a, copy, other);
    assertEverywhere(new Space[] {a, copy, other}, "a0", "a4", "c0", "c4");
  }

  @Test
  void bothCopiesWriteAtTheSameTimeWhileBothAreConnected() {
    world.copy("a", "copy");
    Space a = open("a");
    Space copy = open("copy");
    a.connect();
    copy.connect();
    for (int i = 0; i < 5; i++) {
      put(a, "a" + i, "a" + i);
      put(copy, "c" + i, "c" + i);
    }
    Await.done(a.whenDurable());
    Await.done(copy.whenDurable());
    world.agree(a, copy, other);
    assertEverywhere(
        new Space[] {a, copy, other}, "a0", "a1", "a2", "a3", "a4", "c0", "c1", "c2", "c3", "c4");
  }

  @Test
  void copiesWithFilesOnTheirWayResolveToo() {
    Space before = open("a");
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasPut()) {
        connection.cut();
      }
      return java.util.List.of(frame);
    });
    put(before, "waiting", "waiting");
    Await.until("it is packed", () -> before.status().waitingFiles() == 1);
    world.copy("a", "copy");
    world.mesh.wire(dev.sealift.client.sync.Wire.HONEST);
    Space a = open("a");
    Space copy = open("copy");
    put(a, "a1", "a1");
    put(copy, "c1", "c1");
    copy.connect();
    a.connect();
    Await.done(a.whenDurable());
    Await.done(copy.whenDurable());
    world.agree(a, copy, other);
    assertEverywhere(new Space[] {a, copy, other}, "waiting", "a1", "c1");
  }

  @Test
  void aCopyThatInvitesWhileTheOtherWroteIsSortedOut() {
    world.copy("a", "copy");
    Space a = open("a");
    Space copy = open("copy");
    a.connect();
    put(a, "a1", "a1");
    Await.done(a.whenDurable());
    copy.connect();
    Space third = world.join("third", copy.invite());
    world.agree(a, copy, other, third);
  }

  @Test
  void aHomeThatWasRestoredFromABackupCatchesUpWithItself() {
    world.copy("a", "backup");
    Space a = open("a");
    a.connect();
    for (int i = 0; i < 3; i++) {
      put(a, "later" + i, "later" + i);
      Await.done(a.whenDurable());
    }
    world.close("a");
    world.copy("backup", "a");
    Space restored = open("a");
    put(restored, "new", "new");
    assertThat(name(restored, "later0")).isEmpty();
    restored.connect();
    Await.done(restored.whenDurable());
    world.agree(restored, other);
    assertEverywhere(new Space[] {restored, other}, "later0", "later1", "later2", "new");
  }

  @Test
  void aRestoredHomeThatHasNothingToSendCatchesUpToo() {
    world.copy("a", "backup");
    Space a = open("a");
    a.connect();
    put(a, "later", "later");
    Await.done(a.whenDurable());
    world.copy("backup", "a");
    Space restored = open("a");
    restored.connect();
    Await.done(restored.whenUpToDate());
    world.agree(restored, other);
    assertThat(name(restored, "later")).isEqualTo("later");
  }

  @Test
  void whatARestoredHomeHadPackedAndSentIsNotDoubled() {
    Space before = open("a");
    before.disconnect();
    put(before, "pending", "pending");
    world.copy("a", "backup");
    Space a = open("a");
    a.connect();
    Await.done(a.whenDurable());
    world.agree(a, other);
    world.copy("backup", "a");
    Space restored = open("a");
    restored.connect();
    Await.done(restored.whenDurable());
    world.agree(restored, other);
    assertThat(name(restored, "pending")).isEqualTo("pending");
    assertThat(restored.table("cities").count()).isEqualTo(2);
  }

  /** Each file is kept as it was sealed, for a mesh that loses it; also one that says nothing of the data. */
  @Test
  void aRestoredHomeKeepsTheInvitationsThatItHadOpenedSinceTheBackup() throws Exception {
    world.copy("a", "backup");
    Space a = open("a");
    a.connect();
    a.invite();
    Await.done(a.whenDurable());
    world.copy("backup", "a");
    Space restored = open("a");
    restored.connect();
    Await.done(restored.whenUpToDate());

    assertThat(keptFiles("a")).isEqualTo(restored.status().position());
  }

  private long keptFiles(String home) throws SQLException {
    Path db = world.path(home).resolve("spaces/household.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
        ResultSet count =
            connection.createStatement().executeQuery("SELECT count(*) FROM _sealift_file")) {
      return count.getLong(1);
    }
  }
}
