package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackingTest {
  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a").withCities();
  private final TestDevice other = folder.device("b");
  private Sent schema;

  @BeforeEach
  void sendSchema() {
    schema = device.pack();
    other.receive(schema);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Map<String, Value> row(long name, long country, long population) {
    return Map.of(
        "name", Value.of(name), "country", Value.of(country), "population", Value.of(population));
  }

  private static List<RunKind> kinds(Sent sent) {
    return sent.runs().stream().map(EventRun::kind).toList();
  }

  private static RowEvent only(EventRun run) {
    assertThat(run.rows()).hasSize(1);
    return run.rows().get(0);
  }

  /** Once the device's files are admitted on the device too. */
  private void assertSame(TestDevice... devices) {
    device.waiting().forEach(device::receive);
    for (TestDevice each : devices) {
      assertThat(each.store.visibleDigest()).isEqualTo(device.store.visibleDigest());
      assertThat(each.store.mergeDigest()).isEqualTo(device.store.mergeDigest());
    }
  }

  @Test
  void whatALaterWriteReplacedIsNotSent() {
    device.put("1", row(1, 1, 1));
    device.put("1", row(2, 2, 2));
    Sent sent = device.pack();
    assertThat(only(sent.runs().get(0)).values())
        .containsExactly(Value.of(2), Value.of(2), Value.of(2));
    assertThat(sent.runs()).hasSize(1);
    assertThat(device.store.pendingCount()).isZero();
  }

  @Test
  void aPutThatWasPatchedIsSentWithTheColumnsThatAreLeftOfIt() {
    device.put("1", row(1, 1, 1));
    device.patch("1", Map.of("country", Value.of(2)));
    Sent sent = device.pack();
    assertThat(kinds(sent)).containsExactly(RunKind.PUT, RunKind.PATCH);
    assertThat(sent.runs().get(0).columns()).containsExactly("name", "population");
    assertThat(sent.runs().get(1).columns()).containsExactly("country");
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void aPutOfWhichEveryColumnWasPatchedIsStillSentForItsMarker() {
    device.put("1", row(1, 1, 1));
    device.patch("1", row(2, 2, 2));
    Sent sent = device.pack();
    assertThat(kinds(sent)).containsExactly(RunKind.PUT, RunKind.PATCH);
    assertThat(sent.runs().get(0).columns()).isEmpty();
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void aRemovalIsSentUnlessALaterWriteOutranksIt() {
    device.put("1", row(1, 1, 1));
    device.remove("1");
    device.patch("1", Map.of("name", Value.of(2)));
    device.put("2", row(1, 1, 1));
    device.remove("2");
    device.put("2", row(2, 2, 2));
    Sent sent = device.pack();
    assertThat(kinds(sent)).containsExactly(RunKind.PUT, RunKind.PATCH, RunKind.PUT);
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void whatWasOvertakenBeforeItWasPackedIsSentAllTheSame() {
    other.millis += 10_000;
    other.put("1", row(9, 9, 9));
    device.put("1", row(1, 1, 1));
    Sent first = other.pack();
    device.receive(first);
    other.receive(first);
    assertThat(device.get("1")).isEqualTo(row(9, 9, 9));
    Sent sent = device.pack();
    assertThat(kinds(sent)).containsExactly(RunKind.PUT);
    assertThat(only(sent.runs().get(0)).values())
        .containsExactly(Value.of(1), Value.of(1), Value.of(1));
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void anOvertakenRemovalIsSentAllTheSame() {
    device.put("1", row(1, 1, 1));
    Sent first = device.pack();
    other.receive(first);
    device.remove("1");
    other.millis += 10_000;
    other.put("1", row(9, 9, 9));
    device.receive(other.pack());
    assertThat(device.get("1")).isEqualTo(row(9, 9, 9));
    assertThat(kinds(device.pack())).containsExactly(RunKind.REMOVE);
  }

  @Test
  void aWriteBetweenReadingAndCommittingStaysPending() {
    device.put("1", row(1, 1, 1));
    PendingEvents pending = device.store.takePending(Long.MAX_VALUE);
    List<EventRun> runs = device.pendingRuns(pending);
    device.put("1", row(2, 2, 2));
    Sent first = device.commit(pending, runs);
    assertThat(device.store.pendingCount()).isEqualTo(1);
    other.receive(first);
    other.receive(device.pack());
    assertSame(other);
    assertThat(other.get("1")).isEqualTo(row(2, 2, 2));
  }

  @Test
  void runsSayWhatTheirAuthorHadSeenWhenWriting() {
    device.put("1", row(1, 1, 1));
    other.put("2", row(1, 1, 1));
    device.receive(other.pack());
    device.put("3", row(1, 1, 1));
    Sent sent = device.pack();
    assertThat(sent.runs()).extracting(EventRun::seenSequence).containsExactly(0L, 1L);
  }

  @Test
  void aBudgetIsKeptAndTheRestStaysPending() {
    for (int i = 0; i < 3_000; i++) {
      device.put("k" + i, row(i, i, i));
    }
    Sent first = device.pack(1_000);
    assertThat(first.runs().stream().mapToInt(run -> run.rows().size()).sum()).isLessThan(3_000);
    List<Sent> all = new ArrayList<>(List.of(first));
    for (Sent next = device.pack(1_000); next != null; next = device.pack(1_000)) {
      all.add(next);
    }
    all.forEach(other::receive);
    assertSame(other);
  }

  @Test
  void largeRowsAreReadAFewAtATime() {
    for (int i = 0; i < 12; i++) {
      device.put("k" + i, Map.of("name", Value.of(new byte[700_000])));
    }
    PendingEvents pending = device.store.takePending(Long.MAX_VALUE);
    for (EventRun run : pending.runs()) {
      assertThat(run.rows().size()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void whatIsPackedWaitsUntilItHasItsReceipt() {
    device.put("1", row(1, 1, 1));
    Sent sent = device.pack();
    device.reopen();
    assertThat(device.store.outbox()).contains(sent.outboxFile());
    assertThat(device.store.isWaiting(sent.counter(), sent.id())).isTrue();
    assertThat(device.store.ownHead()).contains(new ChainHead(sent.counter(), sent.id()));
    device.write(batch -> batch.settle(sent.counter(), sent.id(), 7));
    assertThat(device.store.isWaiting(sent.counter(), sent.id())).isFalse();
    assertThat(device.store.isOwn(sent.counter(), sent.id())).isTrue();
    assertThat(device.store.ownHead()).contains(new ChainHead(sent.counter(), sent.id()));
  }

  @Test
  void anOwnFileFromTheLogOnlyGetsItsPlace() {
    device.put("1", row(1, 1, 1));
    Sent sent = device.pack();
    device.put("1", row(2, 2, 2));
    device.receive(schema);
    device.receive(sent);
    assertThat(device.get("1")).isEqualTo(row(2, 2, 2));
    assertThat(device.store.outboxCount()).isZero();
    assertThat(device.store.position()).isEqualTo(2);
    assertThat(device.store.log(1, 10)).containsExactly(schema.entry(1), sent.entry(2));
    assertThat(device.store.rootAt(2)).contains(sent.entry(2).root());
    assertThat(device.store.rootAt(3)).isEmpty();
  }

  @Test
  void unpackedEventsArePendingAgainAndCoalesce() {
    device.put("1", row(1, 1, 1));
    device.put("2", row(2, 2, 2));
    device.put("3", row(3, 3, 3));
    device.remove("3");
    Sent sent = device.pack();
    device.patch("1", Map.of("name", Value.of(5)));
    other.millis += 10_000;
    other.put("2", row(9, 9, 9));
    Sent first = other.pack();
    device.receive(first);
    other.receive(first);
    device.write(batch -> batch.unpack(sent.counter(), sent.runs()));
    assertThat(device.store.isWaiting(sent.counter(), sent.id())).isFalse();
    device.counter(sent.counter() - 1);
    Sent again = device.pack();
    assertThat(again.runs().get(0).columns()).containsExactly("country", "population");
    assertThat(again.runs().stream().flatMap(run -> run.rows().stream()).map(RowEvent::values))
        .containsExactly(
            List.of(Value.of(1), Value.of(1)),
            List.of(Value.of(2), Value.of(2), Value.of(2)),
            List.of(Value.of(3), Value.of(3), Value.of(3)),
            List.of(),
            List.of(Value.of(5)));
    other.receive(again);
    assertSame(other);
  }

  @Test
  void anUnpackedRemovalThatWasOvertakenIsSentAgain() {
    device.put("1", row(1, 1, 1));
    other.receive(device.pack());
    device.remove("1");
    Sent sent = device.pack();
    other.millis += 10_000;
    other.put("1", row(9, 9, 9));
    device.receive(other.pack());
    device.write(batch -> batch.unpack(sent.counter(), sent.runs()));
    device.counter(sent.counter() - 1);
    assertThat(kinds(device.pack())).containsExactly(RunKind.REMOVE);
  }

  @Test
  void eventsReadBeforeTheJournalWasChangedAreNotCommitted() {
    device.put("1", row(1, 1, 1));
    Sent sent = device.pack();
    device.put("2", row(1, 1, 1));
    PendingEvents pending = device.store.takePending(Long.MAX_VALUE);
    List<EventRun> runs = device.pendingRuns(pending);
    device.write(batch -> batch.unpack(sent.counter(), sent.runs()));
    Sent stale = device.sent(runs);
    device.write(
        batch -> assertThat(batch.commitPacked(pending, stale.outboxFile())).isFalse());
    assertThat(device.store.pendingCount()).isEqualTo(2);
  }

  @Test
  void writesOfAClockThatRanAheadAreMovedBackInTheirOrder() {
    other.put("1", row(9, 9, 9));
    device.receive(other.pack());
    device.millis += 86_400_000;
    device.put("1", row(1, 1, 1));
    device.patch("1", Map.of("name", Value.of(2)));
    device.remove("1");
    device.patch("1", Map.of("country", Value.of(3)));
    var visible = device.store.visibleDigest();
    device.millis = TestDevice.START_MILLIS + 1_000;
    device.write(batch -> assertThat(batch.restampAhead(device.millis)).isEqualTo(4));
    assertThat(device.store.visibleDigest()).isEqualTo(visible);
    device.put("2", row(1, 1, 1));
    assertThat(device.store.lastLocalTime().millis()).isLessThanOrEqualTo(device.millis + 1);
    Sent sent = device.pack();
    assertThat(sent.newest().millis()).isLessThanOrEqualTo(device.millis + 1);
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void writesOfAClockThatWasBehindAreMovedOnInTheirOrder() {
    device.put("1", row(1, 1, 1));
    device.patch("1", Map.of("name", Value.of(2)));
    device.put("2", row(3, 3, 3));
    device.remove("2");
    device.patch("1", Map.of("name", Value.of(4)));
    var visible = device.store.visibleDigest();
    long year = 365L * 86_400_000;
    device.write(batch -> assertThat(batch.restampBehind(year, 0)).isPositive());
    assertThat(device.store.visibleDigest()).isEqualTo(visible);
    assertThat(device.store.lastLocalTime().millis())
        .isBetween(TestDevice.START_MILLIS + year, TestDevice.START_MILLIS + year + 1);
    Sent sent = device.pack();
    assertThat(sent.first().millis()).isGreaterThanOrEqualTo(TestDevice.START_MILLIS + year);
    other.millis += year;
    other.receive(sent);
    assertSame(other);
  }

  @Test
  void whatIsTooOldIsMovedOnToTheFloorAndTheRestStaysBehindIt() {
    device.put("1", row(1, 1, 1));
    device.put("1", row(2, 2, 2));
    device.put("2", row(3, 3, 3));
    long floor = TestDevice.START_MILLIS + 1_000;
    device.millis = floor;
    device.put("3", row(4, 4, 4));
    device.millis = floor + 1_000;
    device.put("4", row(5, 5, 5));
    long last = device.store.lastLocalTime().bits();
    device.write(batch -> batch.restampBehind(0, floor));
    Sent sent = device.pack();
    assertThat(sent.first().millis()).isEqualTo(floor);
    assertThat(sent.newest().bits()).isEqualTo(last);
    assertThat(sent.runs().stream().flatMap(run -> run.rows().stream()).map(RowEvent::key))
        .containsExactly("1", "2", "3", "4");
    other.millis = device.millis;
    other.receive(sent);
    assertSame(other);
  }

  /** What begins a row anew goes by how long after the removal it is; and that changes as times are moved. */
  @Test
  void aRemovalThatMovedTimesBringNearToTheNextWriteIsUndoneByIt() {
    long cutOff = SpaceRules.defaults().cutOffMillis();
    device.put("1", row(1, 1, 1));
    device.remove("1");
    device.millis += cutOff + 1;
    device.put("1", row(2, 2, 2));
    long floor = device.millis - cutOff / 2;
    device.write(batch -> batch.restampBehind(0, floor));
    other.millis = device.millis;

    other.receive(device.pack());

    assertSame(other);
  }

  @Test
  void movedWritesStayAboveWhatTheirAuthorHadSeen() {
    other.millis += 200_000;
    other.put("1", row(9, 9, 9));
    device.receive(other.pack());
    device.millis += 86_400_000;
    device.put("1", row(1, 1, 1));
    device.millis = TestDevice.START_MILLIS;
    device.write(batch -> batch.restampAhead(device.millis));
    Sent sent = device.pack();
    other.receive(sent);
    assertThat(other.get("1")).isEqualTo(row(1, 1, 1));
    assertSame(other);
  }

  @Test
  void nothingIsMovedWithinTheBound() {
    device.millis += 1_000;
    device.put("1", row(1, 1, 1));
    var last = device.store.lastLocalTime();
    device.write(
        batch -> assertThat(batch.restampAhead(device.millis - TestDevice.CLOCK_BOUND_MILLIS))
            .isZero());
    assertThat(device.store.lastLocalTime()).isEqualTo(last);
    device.write(
        batch -> assertThat(batch.restampAhead(device.millis - TestDevice.CLOCK_BOUND_MILLIS - 1))
            .isEqualTo(1));
    assertThat(device.store.lastLocalTime()).isLessThan(last);
  }

  @Test
  void overtakenWritesAreMovedToo() {
    device.millis += 86_400_000;
    device.put("1", row(1, 1, 1));
    other.millis += 86_400_000 + 1_000;
    other.put("1", row(9, 9, 9));
    device.receive(other.pack());
    device.millis -= 86_400_000;
    device.write(batch -> batch.restampAhead(device.millis));
    assertThat(kinds(device.pack())).containsExactly(RunKind.PUT);
  }
}
