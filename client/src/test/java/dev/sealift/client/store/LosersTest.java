package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Losers, and what the log makes of rows, where local writes, packing and what others send come in odd orders. */
class LosersTest {
  private static final long START = TestDevice.START_MILLIS;
  private static final DeviceId STRANGER = DeviceId.of(TestDevice.hash("stranger"));

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");

  /** Both have the table, and each other's declarations of it. */
  @BeforeEach
  void start() {
    a.withCities();
    mesh.sync(a, 1_000);
    b.withCities();
    mesh.sync(b, 1_000);
    mesh.get(a);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Map<String, Value> name(long value) {
    return Map.of("name", Value.of(value));
  }

  private static void at(TestDevice device, long millis) {
    device.millis = START + millis;
  }

  /** Both, and one that was never there and takes the log as it is. */
  private void assertAlike() {
    mesh.get(a);
    mesh.get(b);
    TestDevice reader = folder.device("reader");
    mesh.get(reader);
    for (TestDevice device : List.of(a, b)) {
      assertThat(device.store.inbox(100)).hasSameElementsAs(reader.store.inbox(100));
      assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
      assertThat(device.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
    }
  }

  private List<Value> lost() {
    return a.store.inbox(100).stream().map(LostValue::value).toList();
  }

  @Test
  void whatIsReplacedAfterItWasReadForPackingWasSeenByOthersAllTheSame() {
    at(a, 1);
    a.put("k", name(1));
    PendingEvents pending = a.store.takePending(Long.MAX_VALUE);
    List<EventRun> runs = a.pendingRuns(pending);
    at(a, 10);
    a.patch("k", name(2));
    mesh.admit(a, a.commit(pending, runs));
    at(b, 5);
    b.patch("k", name(9));
    mesh.admit(b, b.pack());
    mesh.get(a);
    at(a, 20);
    a.patch("k", name(3));
    mesh.sync(a, 1_000);

    assertAlike();
    assertThat(lost()).containsExactly(Value.of(1));
  }

  @Test
  void aRemovalThatWasReadForPackingBeforeItWasUndoneIsInTheLog() {
    at(a, 1);
    a.put("k", name(1));
    a.remove("k");
    PendingEvents pending = a.store.takePending(Long.MAX_VALUE);
    List<EventRun> runs = a.pendingRuns(pending);
    a.patch("k", name(2));
    mesh.admit(a, a.commit(pending, runs));
    mesh.get(a);
    mesh.get(b);

    assertThat(a.store.mergeDigest()).isEqualTo(b.store.mergeDigest());
    assertThat(a.get("k")).containsEntry("name", Value.of(2));
    assertThat(b.get("k")).isEmpty();
    mesh.sync(a, 1_000);
    assertAlike();
  }

  /** Its author says that it had seen what was not there yet. */
  @Test
  void nobodyHadSeenWhatStandsBehindHisFile() {
    at(a, 1);
    a.put("k", Map.of("name", Value.of(1), "country", Value.of(1), "population", Value.of(1)));
    Sent own = a.pack();
    RowEvent event = new RowEvent(
        "k", HybridTime.of(START + 2, 0), List.of(Value.of(2), Value.of(2), Value.of(2)));
    EventRun run = new EventRun(
        RunKind.PUT,
        "cities",
        1L << 62,
        List.of(),
        List.of("name", "country", "population"),
        List.of(event));
    mesh.log.add(TestDevice.sent(STRANGER, 1, List.of(run)));
    mesh.admit(a, own);

    assertAlike();
    assertThat(lost()).containsExactlyInAnyOrder(Value.of(1), Value.of(1), Value.of(1));
  }

  /** A restored copy of a home has what was sent already as pending. */
  @Test
  void whatAnotherCopyOfTheHomeSentKeepsItsFirstPlaceAndIsSentAgain() throws IOException {
    at(a, 1);
    a.put("k", name(1));
    TestDevice copy = copyOfA();
    mesh.admit(a, a.pack());
    mesh.get(copy);
    Sent again = copy.pack();
    assertThat(again.runs()).hasSize(1);
    b.patch("k", name(0)); // had seen nothing of it, and is lower
    mesh.get(b);
    at(b, 5);
    b.patch("k", name(2)); // had seen it
    mesh.sync(b, 1_000);
    mesh.get(copy);
    mesh.admit(copy, renumbered(copy, again));
    mesh.get(copy);

    assertAlike();
    assertThat(copy.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
  }

  /** Its counter was taken. */
  private static Sent renumbered(TestDevice copy, Sent sent) {
    Sent next = copy.sentAt(sent.counter() + 1, sent.runs());
    copy.write(batch -> batch.replaceOutbox(List.of(next.outboxFile())));
    copy.remember(List.of(next));
    return next;
  }

  private TestDevice copyOfA() throws IOException {
    a.store.close();
    TestDevice copy;
    Files.copy(a.file, folder.path().resolve("copy.db"));
    copy = folder.device("copy", "a");
    a.open();
    return copy;
  }

  @Test
  void anUnpackedRemovalThatWasOvertakenByAPatchIsStillSent() {
    at(a, 1);
    a.put("k", name(1));
    mesh.sync(a, 1_000);
    mesh.get(b);
    at(a, 2);
    a.remove("k");
    Sent refused = a.pack();
    at(b, 3);
    b.patch("k", name(2));
    mesh.sync(b, 1_000);
    mesh.get(a);
    a.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    a.counter(refused.counter() - 1);
    mesh.sync(a, 1_000);

    assertAlike();
    assertThat(a.store.inbox(100))
        .singleElement()
        .satisfies(lost -> assertThat(lost.reason()).isEqualTo(LostReason.WRITE));
  }

  @Test
  void anUnpackedCellThatWasOvertakenIsStillSentAlthoughTheDeviceWroteItAgain() {
    at(a, 1);
    a.patch("k", name(1));
    Sent refused = a.pack();
    at(b, 3);
    b.patch("k", name(2));
    mesh.sync(b, 1_000);
    mesh.get(a);
    at(a, 4);
    a.patch("k", name(3));
    a.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    a.counter(refused.counter() - 1);
    mesh.sync(a, 1_000);

    assertAlike();
    assertThat(lost()).containsExactly(Value.of(1));
  }

  @Test
  void aDismissalThatIsUnpackedIsSentAgainAlsoWhenItHadItsPlace() {
    at(a, 1);
    a.patch("k", name(1));
    mesh.admit(a, a.pack());
    at(b, 2);
    b.patch("k", name(2));
    mesh.admit(b, b.pack());
    mesh.get(a);
    a.write(batch -> assertThat(batch.dismiss(a.store.inbox(1).get(0))).isTrue());
    Sent dismissal = a.pack();
    a.write(batch -> batch.unpack(dismissal.counter(), dismissal.runs()));
    a.counter(dismissal.counter() - 1);
    assertThat(a.store.inbox(100)).isEmpty();
    Sent again = a.pack();
    assertThat(again.runs()).extracting(EventRun::kind).containsExactly(RunKind.DISMISS);
    mesh.admit(a, again);
    mesh.get(a);
    a.rewind(mesh.log.size() - 1);
    a.write(batch -> batch.unpack(again.counter(), again.runs()));
    assertThat(a.store.pendingCount()).isEqualTo(1);
    a.counter(again.counter() - 1);
    assertThat(a.pack().runs()).extracting(EventRun::kind).containsExactly(RunKind.DISMISS);
    assertThat(a.store.pendingCount()).isZero();
  }

  @Test
  void declarationsThatContradictEachOtherAreNoMatterForTheInbox() {
    TableSchema one = new TableSchema(
        "t",
        "id",
        List.of(new ColumnSchema("x", ColumnType.TEXT), new ColumnSchema("y", ColumnType.TEXT)));
    TableSchema other = new TableSchema(
        "t",
        "id",
        List.of(new ColumnSchema("y", ColumnType.TEXT), new ColumnSchema("x", ColumnType.TEXT)));
    a.write(batch -> batch.declare(one));
    b.write(batch -> batch.declare(other));
    mesh.sync(a, 1_000);
    mesh.sync(b, 1_000);

    assertAlike();
    assertThat(a.store.inbox(100)).isEmpty();
  }

  /** An honest device coalesces; who does not is merged alike whatever else a store has to do. */
  @Test
  void oneRunWithAKeySeveralTimesIsMergedInItsOrder() {
    at(a, 1);
    a.put("elsewhere", name(1));
    mesh.sync(a, 1_000);
    a.put("elsewhere", name(2)); // something is kept aside here, and nothing at the others
    List<String> columns = List.of("name", "country", "population");
    List<RowEvent> events = List.of(5L, 3L, 7L).stream()
        .map(t -> new RowEvent(
            "k", HybridTime.of(START + t, 0), List.of(Value.of(t), Value.of(t), Value.of(t))))
        .toList();
    EventRun run = new EventRun(RunKind.PUT, "cities", 0, List.of(), columns, events);
    mesh.log.add(TestDevice.sent(STRANGER, 1, List.of(run)));
    mesh.sync(a, 1_000);

    assertAlike();
    assertThat(lost()).hasSize(3).containsOnly(Value.of(3));
  }

  @Test
  void whatComesTooLateIsMergedNowhereAndIsInEveryInbox() {
    long days = 86_400_000;
    at(a, 1);
    a.put("k", name(1));
    mesh.sync(a, 1_000);
    mesh.get(b);
    at(b, 2);
    b.patch("k", name(2));
    b.remove("gone");
    b.put("gone", name(3));
    b.remove("k");
    assertThat(b.get("k")).isEmpty();
    Sent late = b.pack();
    long then = START + 100 * days;
    a.write(batch -> batch.apply(late.remote(entry(late, then))));
    b.write(batch -> batch.apply(late.remote(entry(late, then))));

    assertThat(a.get("k")).isEqualTo(b.get("k")).containsEntry("name", Value.of(1));
    assertThat(a.store.count("cities")).isEqualTo(b.store.count("cities")).isEqualTo(1);
    assertThat(a.store.mergeDigest()).isEqualTo(b.store.mergeDigest());
    assertThat(a.store.inbox(100)).hasSameElementsAs(b.store.inbox(100));
    assertThat(a.store.inbox(100))
        .extracting(LostValue::reason)
        .contains(LostReason.LATE, LostReason.LATE_REMOVAL);
  }

  private LogEntry entry(Sent sent, long serverTime) {
    long sequence = mesh.log.size() + 1L;
    return new LogEntry(
        sequence, sent.id(), sent.author(), sent.counter(), serverTime, 0, TestDevice.hash("late"));
  }

  @Test
  void aMarkWritesNoColumn() {
    a.put("k", Map.of("name", Value.of(1), "country", Value.of(2)));
    a.write(batch -> batch.mark("cities", "k"));
    assertThat(a.get("k")).containsEntry("name", Value.of(1)).containsEntry("country", Value.of(2));
    a.write(batch -> batch.mark("cities", "new"));
    assertThat(a.store.count("cities")).isEqualTo(2);
    mesh.sync(a, 1_000);

    assertAlike();
  }

  /** Latitude and longitude make sense only together. */
  @Test
  void columnsOfAGroupAreWrittenAndLoseAsOne() {
    TableSchema places = new TableSchema(
        "places",
        "id",
        List.of(
            new ColumnSchema("name", ColumnType.ANY),
            new ColumnSchema("lat", ColumnType.ANY, Optional.of("lat")),
            new ColumnSchema("lon", ColumnType.ANY, Optional.of("lat"))));
    a.write(batch -> batch.declare(places));
    a.write(batch -> batch.put(
        "places", "k", Map.of("name", Value.of("x"), "lat", Value.of(1), "lon", Value.of(1))));
    mesh.sync(a, 1_000);
    mesh.get(b);
    at(a, 10);
    at(b, 20);
    a.write(batch -> batch.patch("places", "k", Map.of("lat", Value.of(2))));
    b.write(batch -> batch.patch("places", "k", Map.of("lon", Value.of(3))));
    mesh.sync(a, 1_000);
    mesh.sync(b, 1_000);
    assertAlike();

    Map<String, Value> shown = a.store.get("places", "k").orElseThrow();
    assertThat(shown).containsEntry("lat", Value.of(1)).containsEntry("lon", Value.of(3));
    assertThat(a.store.inbox(10))
        .extracting(LostValue::column, LostValue::value)
        .containsExactlyInAnyOrder(tuple("lat", Value.of(2)), tuple("lon", Value.of(1)));
  }

  @Test
  void aColumnKeepsItsGroup() {
    TableSchema apart =
        new TableSchema("places", "id", List.of(new ColumnSchema("lat", ColumnType.ANY)));
    TableSchema together = new TableSchema(
        "places", "id", List.of(new ColumnSchema("lat", ColumnType.ANY, Optional.of("lat"))));
    a.write(batch -> batch.declare(apart));

    assertThatThrownBy(() -> a.write(batch -> batch.declare(together)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("group");
  }

  @Test
  void theInboxHasTheSameOrderEverywhere() {
    TestDevice c = folder.device("c");
    at(a, 1);
    a.put("k", Map.of("name", Value.of(1), "country", Value.of(2)));
    mesh.sync(a, 1_000);
    mesh.get(b);
    mesh.get(c);
    at(a, 5);
    a.patch("k", Map.of("name", Value.of(3)));
    at(b, 5);
    b.patch("k", Map.of("country", Value.of(4)));
    at(c, 9);
    c.remove("k");
    mesh.sync(a, 1_000);
    mesh.sync(b, 1_000);
    mesh.sync(c, 1_000);
    mesh.get(a);
    mesh.get(b);

    assertThat(a.store.inbox(100)).hasSize(2).isEqualTo(b.store.inbox(100));
  }
}
