package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device shows of its own writes, and of others', before and after they have their places. */
class ArrivalTest {
  private final TestFolder folder = new TestFolder(TestDevice.BY_ARRIVAL);
  private final TestMesh mesh = new TestMesh(TestDevice.BY_ARRIVAL);
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");

  @BeforeEach
  void start() {
    a.withCities();
    mesh.sync(a, 1_000);
    mesh.get(b);
  }

  @AfterEach
  void end() {
    folder.close();
  }

  private static void patch(TestDevice device, String key, String name) {
    device.patch(key, Map.of("name", Value.of(name)));
  }

  private static void assertShows(TestDevice device, String key, String name) {
    assertThat(device.get(key)).containsEntry("name", Value.of(name));
  }

  @Test
  void whatCameFirstIsOutrankedUntilTheOwnFileComesBehindIt() {
    patch(a, "ulm", "mine");
    patch(b, "ulm", "theirs");
    mesh.sync(b, 1_000);

    mesh.get(a);
    assertShows(a, "ulm", "theirs");
    mesh.sync(a, 1_000);
    assertShows(a, "ulm", "mine");
    mesh.get(b);
    assertShows(b, "ulm", "mine");
  }

  // Files that came directly

  @Test
  void whoHadSeenAFileWithoutAPlaceStandsAboveItHoweverLateHisComes() {
    patch(a, "ulm", "first");
    Sent first = a.pack();
    b.takeOver(first);
    patch(b, "ulm", "saw it");
    mesh.admit(a, first);
    mesh.get(b);
    assertShows(b, "ulm", "saw it");
    mesh.pause(60_000);
    mesh.sync(b, 1_000);

    assertShows(b, "ulm", "saw it");
    mesh.get(a);
    assertShows(a, "ulm", "saw it");
  }

  @Test
  void whatWasMadeOnAFileRisesWithItAlsoByAThird() {
    TestDevice c = folder.device("c");
    mesh.get(c);
    patch(a, "ulm", "first");
    Sent first = a.pack();
    b.takeOver(first);
    patch(b, "ulm", "saw it");
    Sent second = b.pack();
    c.takeOver(first);
    c.takeOver(second);
    mesh.admit(a, first);

    mesh.get(c);
    assertShows(c, "ulm", "saw it");
    patch(c, "ulm", "saw both");
    mesh.admit(b, second);
    mesh.get(c);
    assertShows(c, "ulm", "saw both");
  }

  @Test
  void whatWasMadeOnAnOwnFileRisesWithThat() {
    patch(a, "ulm", "first");
    Sent first = a.pack();
    b.takeOver(first);
    patch(b, "ulm", "saw it");
    a.takeOver(b.pack());
    assertShows(a, "ulm", "saw it");
    mesh.admit(a, first);

    mesh.get(a);
    assertShows(a, "ulm", "saw it");
  }

  @Test
  void whatAFileWithoutAPlaceSaysOfWhatWasSeenRaisesNothingThatHadNotSeenIt() {
    patch(b, "ulm", "written before");
    patch(a, "ulm", "first");
    Sent first = a.pack();
    b.takeOver(first);
    mesh.admit(a, first);
    mesh.get(b);

    assertShows(b, "ulm", "first");
  }

  @Test
  void aClockThatRunsAheadWinsNothing() {
    b.millis += 60_000;
    patch(b, "ulm", "ahead");
    mesh.sync(b, 1_000);
    patch(a, "ulm", "later");
    mesh.sync(a, 1_000);

    assertShows(a, "ulm", "later");
  }

  @Test
  void writesThatWaitRiseWithTheFileBeforeThem() {
    patch(a, "bonn", "first");
    Sent first = a.pack();
    patch(a, "ulm", "mine");
    patch(b, "ulm", "theirs");
    mesh.sync(b, 1_000);
    mesh.get(a);
    assertShows(a, "ulm", "theirs");

    mesh.admit(a, first);
    mesh.get(a);
    assertThat(a.store.pendingCount()).isOne();
    assertShows(a, "ulm", "mine");
  }

  @Test
  void soDoRemovalsThatWait() {
    patch(a, "ulm", "old");
    mesh.sync(a, 1_000);
    mesh.get(b);
    patch(a, "bonn", "first");
    Sent first = a.pack();
    a.remove("ulm");
    patch(b, "ulm", "theirs");
    mesh.sync(b, 1_000);
    mesh.get(a);
    assertShows(a, "ulm", "theirs");

    mesh.admit(a, first);
    mesh.get(a);
    assertThat(a.get("ulm")).isEmpty();
  }

  @Test
  void whatCameLateBuriesNothingThatItsAuthorHadNotSeen() {
    TestDevice late = folder.device("late");
    late.millis -= 2_000;
    late.withCities();
    patch(late, "ulm", "late");
    assertShows(late, "ulm", "late");
    patch(b, "ulm", "in time");
    mesh.sync(b, 1_000);
    mesh.sync(late, 1_000);
    mesh.get(b);

    assertShows(late, "ulm", "in time");
    assertShows(b, "ulm", "in time");
    assertThat(b.store.inbox(9)).extracting(LostValue::value).contains(Value.of("late"));
    assertThat(late.store.inbox(9)).isEqualTo(b.store.inbox(9));
  }

  @Test
  void whatIsSentOnceMoreDoesNotComeBackOverWhatReplacedIt() {
    patch(a, "ulm", "before the backup");
    Sent first = a.pack();
    mesh.admit(a, first);
    patch(a, "ulm", "after it");
    mesh.sync(a, 1_000);
    Sent again = a.sentAt(first.counter() + 2, first.runs());
    assertThat(mesh.admit(a, again)).isTrue();
    mesh.get(a);
    mesh.get(b);

    assertShows(a, "ulm", "after it");
    assertShows(b, "ulm", "after it");
    assertThat(a.store.inbox(9)).isEqualTo(b.store.inbox(9));
    assertThat(a.store.mergeDigest()).isEqualTo(b.store.mergeDigest());
  }

  @Test
  void theMergeDigestSaysWhereEventsStand() {
    TestFolder other = new TestFolder();
    TestDevice byTime = other.device("reader");
    TestDevice byArrival = folder.device("reader");
    patch(a, "ulm", "Ulm");
    mesh.sync(a, 1_000);
    mesh.get(byArrival);
    mesh.get(byTime);

    assertThat(byTime.store.visibleDigest()).isEqualTo(byArrival.store.visibleDigest());
    assertThat(byTime.store.mergeDigest()).isNotEqualTo(byArrival.store.mergeDigest());
    other.close();
  }
}
