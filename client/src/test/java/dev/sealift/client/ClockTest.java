package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong clock costs nothing: edits are sent by themselves, in their order. */
class ClockTest {
  private static final long YEAR = Duration.ofDays(365).toMillis();

  @TempDir
  Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {365, -365, 1, -1, 36_500})
  void aSpaceThatIsFoundedByAWrongClockSyncs(long aheadDays) {
    Space a =
        world.home("a", Duration.ofDays(aheadDays).toMillis()).create("household", World.SCHEMA);
    World.put(a, "1", "first");
    World.put(a, "1", "second");
    a.table("cities").remove("2");
    World.put(a, "2", "there");
    a.connect(FakeMesh.ADDRESS);
    Await.done(a.whenDurable());
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    assertThat(World.name(b, "1")).isEqualTo("second");
    assertThat(World.name(b, "2")).isEqualTo("there");
    assertNothingIsAhead(a);
  }

  /** Moved back to when it was written, it would be older than the cut-off. */
  @Test
  void whatAFounderWroteLongAgoByAClockThatIsAheadIsInTheSpace() {
    long away = Duration.ofDays(100).toMillis();
    Space a = world.home("a", YEAR).create("household", World.SCHEMA);
    World.put(a, "1", "long ago");
    world.close("a");
    a = world.home("a", YEAR + away).space("household");
    World.put(a, "2", "now");
    world.mesh.clockAhead(away);
    a.connect(FakeMesh.ADDRESS);
    Await.done(a.whenDurable());
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    assertThat(World.name(b, "1")).isEqualTo("long ago");
    assertThat(World.name(b, "2")).isEqualTo("now");
    assertNothingIsAhead(a);
  }

  private void assertNothingIsAhead(Space space) {
    world
        .log(space)
        .files()
        .forEach(stored -> assertThat(stored.file().header().time().millis())
            .isLessThanOrEqualTo(stored.leaf().serverTimeMillis() + 300_000));
  }

  @Test
  void editsMadeByAClockAYearAheadDoNotBuryThoseOfOthers() {
    Space a = world.found("a");
    String link = a.invite();
    Space b = world.home("b", YEAR).join(link);
    b.connect();
    Await.done(b.whenUpToDate());
    b.disconnect();
    World.put(b, "1", "early");
    b.connect();
    Await.done(b.whenDurable());
    world.agree(a, b);
    World.put(a, "1", "later");
    Await.done(a.whenDurable());
    world.agree(a, b);
    assertThat(World.name(b, "1")).isEqualTo("later");
    assertNothingIsAhead(a);
  }

  @Test
  void aClockThatGoesWrongWhileTheHomeIsClosedIsNoticedAtTheNextConnection() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.close("b");
    Space wrong = world.home("b", YEAR).space("household");
    for (int i = 0; i < 20; i++) {
      World.put(wrong, "1", "edit " + i);
    }
    wrong.table("cities").remove("2");
    World.put(wrong, "2", "back");
    World.put(a, "3", "meanwhile");
    wrong.connect();
    Await.done(wrong.whenDurable());
    Await.done(a.whenDurable());
    world.agree(a, wrong);
    assertThat(World.name(a, "1")).isEqualTo("edit 19");
    assertThat(World.name(a, "2")).isEqualTo("back");
    assertNothingIsAhead(a);
    world.close("b");
    Space right = world.home("b").space("household");
    World.put(right, "1", "right again");
    right.connect();
    Await.done(right.whenDurable());
    world.agree(a, right);
    assertThat(World.name(a, "1")).isEqualTo("right again");
    assertNothingIsAhead(a);
  }

  @Test
  void aClockThatFallsBehindWhileTheHomeIsClosedKeepsTheOrderOfEdits() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    World.put(b, "1", "before");
    Await.done(b.whenDurable());
    world.agree(a, b);
    world.close("b");
    Space wrong = world.home("b", -YEAR).space("household");
    World.put(wrong, "1", "after");
    World.put(wrong, "1", "after that");
    wrong.connect();
    Await.done(wrong.whenDurable());
    world.agree(a, wrong);
    assertThat(World.name(a, "1")).isEqualTo("after that");
  }

  @Test
  void packedFilesThatTheMeshFindsAheadAreMadeAgain() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.mesh.clockAhead(Duration.ofHours(5).toMillis());
    b.disconnect();
    b.connect();
    Await.done(b.whenUpToDate());
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasPut()) {
        connection.cut();
      }
      return java.util.List.of(frame);
    });
    World.put(b, "1", "packed ahead");
    Await.until("it is packed", () -> b.status().waitingFiles() == 1);
    World.put(b, "1", "and again");
    world.mesh.clockAhead(0);
    world.mesh.wire(dev.sealift.client.sync.Wire.HONEST);
    Await.done(b.whenDurable());
    a.disconnect();
    a.connect();
    world.agree(a, b);
    assertThat(World.name(a, "1")).isEqualTo("and again");
  }
}
