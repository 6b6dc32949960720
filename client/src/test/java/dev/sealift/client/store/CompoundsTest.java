package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cells that hold several values: what they come to where devices write without having seen each other, and how they show. */
class CompoundsTest {
  private static final long DAY = 86_400_000;

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");

  @BeforeEach
  void start() {
    a.withCompoundCities();
    a.put("k", Map.of("name", Value.of("Ulm")));
    mesh.sync(a, 1_000);
    mesh.get(b);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void exchange() {
    for (int round = 0; round < 2; round++) {
      mesh.sync(a, 1_000);
      mesh.sync(b, 1_000);
    }
    mesh.get(a);
    TestDevice reader = folder.device("reader");
    mesh.get(reader);
    for (TestDevice device : List.of(a, b)) {
      assertThat(device.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
      assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
      assertThat(device.store.inbox(100)).hasSameElementsAs(reader.store.inbox(100));
    }
  }

  private static void increment(TestDevice device, long by) {
    device.write(batch -> batch.increment("cities", "k", "visits", by));
  }

  private static void add(TestDevice device, Object value) {
    device.write(batch -> batch.add("cities", "k", "tags", value(value)));
  }

  private static void discard(TestDevice device, Object value) {
    device.write(batch -> batch.discard("cities", "k", "tags", value(value)));
  }

  private static void assign(TestDevice device, String mood) {
    device.write(batch -> batch.assign("cities", "k", "mood", Value.of(mood)));
  }

  private static void append(TestDevice device, int update) {
    device.write(batch -> batch.append("cities", "k", "text", update(update)));
  }

  private static Value update(int update) {
    return Value.of(new byte[] {(byte) update});
  }

  private static Value value(Object value) {
    return value instanceof String text ? Value.of(text) : Value.of(((Integer) value).longValue());
  }

  private static List<Value> values(TestDevice device, String column) {
    return device.store.values("cities", "k", column);
  }

  private static List<List<Value>> query(TestDevice device, String sql) {
    List<List<Value>> rows = new ArrayList<>();
    try (QueryResult result = device.store.query(sql, List.of(), 10_000)) {
      while (result.next()) {
        List<Value> row = new ArrayList<>();
        for (int i = 0; i < result.columns().size(); i++) {
          row.add(result.value(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void whatSeveralDevicesAddToACounterIsAllCounted() {
    increment(a, 3);
    increment(b, 4);
    increment(b, -1);
    exchange();
    increment(a, 10);
    exchange();

    assertThat(values(b, "visits")).containsExactly(Value.of(16));
    assertThat(query(b, "SELECT visits FROM cities")).containsExactly(List.of(Value.of(16)));
  }

  @Test
  void aDeviceSeesItsOwnCountBeforeAndAfterItIsInTheLog() {
    increment(a, 3);
    Sent sent = a.pack();
    increment(a, 4);
    assertThat(values(a, "visits")).containsExactly(Value.of(7));
    mesh.admit(a, sent);
    mesh.get(a);

    assertThat(values(a, "visits")).containsExactly(Value.of(7));
    exchange();
    assertThat(values(b, "visits")).containsExactly(Value.of(7));
  }

  @Test
  void addingWinsOverARemovalThatHadNotSeenIt() {
    add(a, "port");
    add(a, "old");
    exchange();
    discard(a, "port");
    discard(a, "old");
    discard(b, "port");
    add(b, "port");
    exchange();

    assertThat(values(a, "tags")).containsExactly(Value.of("port"));
    discard(a, "port");
    exchange();
    assertThat(values(b, "tags")).isEmpty();
  }

  @Test
  void aMultiValueRegisterKeepsWhatWasWrittenConcurrently() {
    assign(a, "calm");
    a.millis += 1_000;
    b.millis += 2_000;
    assign(a, "glad");
    assign(b, "sad");
    exchange();
    assertThat(values(a, "mood")).containsExactly(Value.of("sad"), Value.of("glad"));
    assertThat(query(a, "SELECT mood FROM cities")).containsExactly(List.of(Value.of("sad")));

    assign(a, "both");
    exchange();
    assertThat(values(b, "mood")).containsExactly(Value.of("both"));
  }

  @Test
  void whatOthersWroteMeanwhileShowsBesideWhatIsNotSentYet() {
    assign(b, "sad");
    mesh.sync(b, 1_000);
    a.millis += 1_000;
    assign(a, "glad");
    mesh.get(a);
    assertThat(values(a, "mood")).containsExactly(Value.of("glad"), Value.of("sad"));

    assign(a, "both");
    assertThat(values(a, "mood")).containsExactly(Value.of("both"));
    exchange();
    assertThat(values(b, "mood")).containsExactly(Value.of("both"));
  }

  @Test
  void updatesAreAllKeptAndACollapseTakesThePlaceOfThoseThatItHadSeen() {
    append(a, 1);
    append(a, 2);
    exchange();
    a.write(batch -> batch.collapse("cities", "k", "text", update(12)));
    append(b, 3);
    exchange();

    assertThat(values(a, "text")).containsExactlyInAnyOrder(update(12), update(3));
    assertThat(query(a, "SELECT text FROM cities")).containsExactly(List.of(Value.of(2)));
  }

  @Test
  void queriesSeeOneValueOfEachCellAndAllPartsByThemselves() {
    assertThat(query(a, "SELECT mood, visits, tags, text FROM cities"))
        .containsExactly(List.of(Value.NULL, Value.of(0), Value.of("[]"), Value.of(0)));
    add(a, "a \"port\"\n");
    add(a, 7);
    a.write(batch -> batch.add("cities", "k", "tags", Value.of(1.5)));
    a.write(batch -> batch.add("cities", "k", "tags", update(10)));

    assertThat(query(a, "SELECT tags FROM cities"))
        .containsExactly(List.of(Value.of("[7,1.5,\"a \\\"port\\\"\\n\",\"0a\"]")));
    assertThat(query(a, "SELECT value FROM json_each((SELECT tags FROM cities)) LIMIT 1"))
        .containsExactly(List.of(Value.of(7)));
    assertThat(query(a, "SELECT id, value, device FROM \"cities:tags\" WHERE value = 7"))
        .containsExactly(List.of(Value.of("k"), Value.of(7), Value.of(a.id.toString())));
  }

  @Test
  void aColumnMayHaveTheNameOfAnIndexThatIsSearched() {
    TableSchema notes = new TableSchema(
        "notes",
        "id",
        List.of(
            new ColumnSchema("text", ColumnType.TEXT),
            new ColumnSchema("search", ColumnType.SET),
            new ColumnSchema("search_data", ColumnType.SET)),
        Set.of("text"));
    a.write(batch -> batch.declare(notes));
    a.write(batch -> batch.put("notes", "1", Map.of("text", Value.of("some words"))));
    a.write(batch -> batch.add("notes", "1", "search", Value.of("x")));

    assertThat(query(a, "SELECT value FROM \"notes:search:2\""))
        .containsExactly(List.of(Value.of("x")));
    assertThat(query(a, "SELECT id FROM \"notes:search\"('words')"))
        .containsExactly(List.of(Value.of("1")));
  }

  @Test
  void whatNobodySawIsSentAsOneEvent() {
    for (int i = 0; i < 50; i++) {
      increment(a, 1);
      add(a, "x");
      discard(a, "x");
      assign(a, "mood " + i);
    }
    add(a, "x");
    List<EventRun> runs = a.pendingRuns(a.store.takePending(Long.MAX_VALUE));

    assertThat(runs).flatExtracting(EventRun::rows).hasSize(3);
    assertThat(runs)
        .extracting(EventRun::kind)
        .containsExactlyInAnyOrder(RunKind.COUNT, RunKind.ADD, RunKind.ASSIGN);
  }

  @Test
  void aRemovedRowComesBackWithItsParts() {
    increment(a, 3);
    add(a, "port");
    exchange();
    a.remove("k");
    exchange();
    assertThat(values(b, "visits")).isEmpty();
    b.millis += 1_000;
    increment(b, 2);
    exchange();

    assertThat(values(a, "visits")).containsExactly(Value.of(5));
    assertThat(values(a, "tags")).containsExactly(Value.of("port"));
    assertThat(a.get("k")).containsEntry("name", Value.of("Ulm"));
  }

  @Test
  void whatTheRemovalHadNotSeenIsInTheInboxUntilTheRowComesBack() {
    add(b, "new");
    mesh.sync(b, 1_000);
    a.millis += 1_000;
    a.remove("k");
    exchange();
    List<LostValue> inbox = b.store.inbox(10);
    assertThat(inbox).extracting(LostValue::value).containsExactly(Value.of("new"));
    assertThat(inbox).extracting(LostValue::reason).containsExactly(LostReason.REMOVAL);

    b.millis += 2_000;
    b.write(batch -> batch.revive(inbox.get(0)));
    exchange();
    assertThat(a.store.inbox(10)).isEmpty();
    assertThat(values(a, "tags")).containsExactly(Value.of("new"));
  }

  @Test
  void longAfterItsRemovalARowBeginsAnewWithoutItsParts() {
    increment(a, 3);
    add(a, "old");
    a.remove("k");
    exchange();
    long later = 100 * DAY;
    b.millis += later;
    increment(b, 1);
    assertThat(values(b, "visits")).containsExactly(Value.of(1));
    assertThat(values(b, "tags")).isEmpty();
    Sent sent = b.pack();
    assertThat(mesh.admit(b, sent)).isTrue();
    a.millis += later;
    a.write(batch -> batch.increment("cities", "k", "visits", 2));

    assertThat(values(a, "visits")).containsExactly(Value.of(2));
  }

  @Test
  void movedTimesAndUnpackedFilesChangeNothing() {
    increment(a, 3);
    append(a, 1);
    Sent refused = a.pack();
    a.millis += DAY;
    increment(a, 4);
    add(a, "port");
    add(a, "gone");
    discard(a, "gone");
    a.write(batch -> batch.collapse("cities", "k", "text", update(9)));
    var visible = a.store.visibleDigest();
    a.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    a.counter(refused.counter() - 1);
    a.millis -= DAY;
    a.write(batch -> assertThat(batch.restampAhead(a.millis)).isPositive());

    assertThat(a.store.visibleDigest()).isEqualTo(visible);
    exchange();
    assertThat(a.store.visibleDigest()).isEqualTo(visible);
    assertThat(values(b, "visits")).containsExactly(Value.of(7));
    assertThat(values(b, "text")).containsExactly(update(9));
  }

  @Test
  void aBatchThatIsTakenBackLeavesNothing() {
    increment(a, 1);
    var before = a.store.visibleDigest();
    try (Batch batch = a.store.batch()) {
      batch.increment("cities", "k", "visits", 5);
      batch.add("cities", "k", "tags", Value.of("x"));
      assertThat(batch.values("cities", "k", "tags")).containsExactly(Value.of("x"));
    }

    assertThat(a.store.visibleDigest()).isEqualTo(before);
    exchange();
    assertThat(values(b, "visits")).containsExactly(Value.of(1));
  }

  @Test
  void aColumnTakesOnlyItsOwnOperations() {
    assertThatThrownBy(() -> a.put("k", Map.of("visits", Value.of(1))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("operations of its own");
    assertThatThrownBy(() -> a.write(batch -> batch.increment("cities", "k", "tags", 1)))
        .hasMessageContaining("COUNTER");
    assertThatThrownBy(() -> a.write(batch -> batch.add("cities", "k", "name", Value.of(1))))
        .hasMessageContaining("SET");
    assertThatThrownBy(() -> a.write(batch -> batch.add("cities", "k", "tags", Value.NULL)))
        .hasMessageContaining("null");
    assertThatThrownBy(() -> a.write(batch -> batch.add("cities", "k", "nowhere", Value.of(1))))
        .hasMessageContaining("no column");
    assertThatThrownBy(() -> values(a, "name")).hasMessageContaining("one value");
    increment(a, Long.MAX_VALUE);
    assertThatThrownBy(() -> increment(a, 1)).hasMessageContaining("64 bits");
    increment(b, Long.MAX_VALUE);
    exchange();
    assertThat(values(a, "visits")).containsExactly(Value.of(Long.MAX_VALUE));
  }

  @Test
  void aPutLeavesThemAloneAndARowCanBeginWithOne() {
    increment(a, 3);
    a.put("k", Map.of("name", Value.of("Neu-Ulm")));
    b.write(batch -> batch.add("cities", "new", "tags", Value.of("x")));
    exchange();

    assertThat(values(b, "visits")).containsExactly(Value.of(3));
    assertThat(a.store.values("cities", "new", "tags")).containsExactly(Value.of("x"));
    assertThat(a.get("new")).containsEntry("name", Value.NULL);
  }

  @Test
  void twoKindsOfCellsUnderOneNameAreTwoCells() {
    TestDevice other = folder.device("other");
    TableSchema registers =
        new TableSchema("towns", "id", List.of(new ColumnSchema("visits", ColumnType.INTEGER)));
    TableSchema counters =
        new TableSchema("towns", "id", List.of(new ColumnSchema("visits", ColumnType.COUNTER)));
    a.write(batch -> batch.declare(counters));
    other.write(batch -> batch.declare(registers));
    a.write(batch -> batch.increment("towns", "k", "visits", 2));
    other.write(batch -> batch.put("towns", "k", Map.of("visits", Value.of(7))));
    mesh.sync(a, 1_000);
    mesh.sync(other, 1_000);
    mesh.get(a);
    mesh.get(other);

    assertThat(a.store.mergeDigest()).isEqualTo(other.store.mergeDigest());
    assertThat(a.store.values("towns", "k", "visits")).containsExactly(Value.of(2));
    // Each app sees what it has declared.
    assertThat(a.store.get("towns", "k")).contains(Map.of("visits", Value.of(2)));
    assertThat(other.store.get("towns", "k")).contains(Map.of("visits", Value.of(7)));
    assertThat(query(other, "SELECT visits FROM towns")).containsExactly(List.of(Value.of(7)));
    assertThat(other.store.values("towns", "k", "visits")).containsExactly(Value.of(2));
    other.write(batch -> batch.declare(registers));
    a.write(batch -> batch.declare(counters));
    assertThat(a.store.pendingCount() + other.store.pendingCount()).isZero();
  }

  @Test
  void whatComesBehindVeryManyThatWereReplacedIsSent() {
    a.write(batch -> {
      for (int i = 0; i < 3_000; i++) {
        batch.increment("cities", "k", "visits", 1);
      }
    });
    add(a, "behind");
    exchange();

    assertThat(values(b, "visits")).containsExactly(Value.of(3_000));
    assertThat(values(b, "tags")).containsExactly(Value.of("behind"));
  }

  @Test
  void aCellThatIsFullSaysSoAndTakesNoMoreFromOthers() {
    byte[] large = new byte[700 * 1024];
    a.write(batch -> {
      for (int i = 0; i < 11; i++) {
        large[0] = (byte) i;
        batch.append("cities", "k", "text", Value.of(large));
      }
    });
    assertThatThrownBy(() ->
            a.write(batch -> batch.append("cities", "k", "text", Value.of(new byte[700 * 1024]))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("full");
    large[0] = 99;
    b.write(batch -> batch.append("cities", "k", "text", Value.of(large)));
    exchange();

    assertThat(values(a, "text")).hasSize(11);
    assertThat(a.store.inbox(10)).extracting(LostValue::reason).containsExactly(LostReason.VALUE);
    a.write(batch -> batch.collapse("cities", "k", "text", update(1)));
    exchange();
    assertThat(values(b, "text")).containsExactly(update(1));
  }

  @Test
  void aSetTooLargeForOneValueShowsHowManyItHas() {
    a.write(batch -> {
      for (int i = 0; i < 9; i++) {
        batch.add("cities", "k", "tags", Value.of(i + "x".repeat(100_000)));
      }
    });

    assertThat(query(a, "SELECT tags FROM cities"))
        .containsExactly(List.of(Value.of("{\"count\":9}")));
  }

  /** A device in a drawer, with something added to a counter. */
  @Test
  void whatCameTooLateIsInWhatItsDeviceAddsNext() {
    increment(a, 10);
    exchange();
    increment(a, 5);
    Sent late = a.pack();
    LogEntry entry = late.entry(mesh.log.size() + 1);
    LogEntry after = new LogEntry(
        entry.sequence(),
        entry.file(),
        entry.author(),
        entry.counter(),
        entry.serverTimeMillis() + 100 * DAY,
        0,
        entry.root());
    RemoteFile file = late.remote(after);
    a.write(batch -> batch.apply(file));
    b.write(batch -> batch.apply(file));
    assertThat(values(a, "visits")).containsExactly(Value.of(10));
    assertThat(a.store.inbox(10)).extracting(LostValue::reason).containsExactly(LostReason.LATE);

    a.millis += 100 * DAY;
    increment(a, 1);
    assertThat(values(a, "visits")).containsExactly(Value.of(16));
    a.remove("k");
    a.millis += 100 * DAY;
    increment(a, 1);
    assertThat(values(a, "visits")).containsExactly(Value.of(1));
  }

  @Test
  void ofCellsOfOneNameTheDeclaredOneIsShown() {
    a.write(batch -> batch.declare(
        new TableSchema("towns", "id", List.of(new ColumnSchema("visits", ColumnType.TEXT)))));
    a.write(batch -> batch.put("towns", "k", Map.of("visits", Value.of("many"))));
    mesh.sync(a, 1_000);
    EventRun run = new EventRun(
        RunKind.COUNT,
        "towns",
        0,
        List.of(),
        List.of("visits"),
        List.of(new RowEvent(
            "k", HybridTime.of(TestDevice.START_MILLIS + 9, 0), List.of(Value.of(7)))));
    a.receive(TestDevice.sent(b.id, 1, List.of(run)));

    assertThat(a.store.get("towns", "k").orElseThrow()).containsEntry("visits", Value.of("many"));
    assertThat(a.store.page("towns", "", 10).get("k")).containsEntry("visits", Value.of("many"));
    assertThat(query(a, "SELECT visits FROM towns")).containsExactly(List.of(Value.of("many")));
  }

  @Test
  void tablesThatDifferInCaseDoNotTakeTheNamesOfAnothersIndex() {
    TableSchema notes = new TableSchema(
        "notes", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)), Set.of("text"));
    a.write(batch -> batch.declare(notes));
    EventRun run = new EventRun(
        RunKind.ADD,
        "Notes",
        0,
        List.of(),
        List.of("search"),
        List.of(new RowEvent(
            "k", HybridTime.of(TestDevice.START_MILLIS + 9, 0), List.of(Value.of(7)))));
    a.receive(TestDevice.sent(b.id, 1, List.of(run)));
    a.write(batch -> batch.put("notes", "1", Map.of("text", Value.of("some words"))));

    assertThat(query(a, "SELECT id FROM \"notes:search\"('words')"))
        .containsExactly(List.of(Value.of("1")));
  }

  @Test
  void aPageShowsWhatARowShows() {
    assertThat(a.store.page("cities", "", 10).get("k"))
        .isEqualTo(a.store.get("cities", "k").orElseThrow())
        .containsEntry("visits", Value.of(0))
        .containsEntry("tags", Value.of("[]"));
  }

  @Test
  void aWriteIsBoundedWithItsGroup() {
    TableSchema pairs = new TableSchema(
        "pairs",
        "id",
        List.of(
            new ColumnSchema("x", ColumnType.TEXT, Optional.of("x")),
            new ColumnSchema("y", ColumnType.TEXT, Optional.of("x"))));
    a.write(batch -> batch.declare(pairs));
    String large = "x".repeat(500 * 1024);
    a.write(batch -> batch.patch("pairs", "k", Map.of("x", Value.of(large))));

    assertThatThrownBy(() ->
            a.write(batch -> batch.patch("pairs", "k", Map.of("y", Value.of(large)))))
        .isInstanceOf(InvalidValueException.class);
    a.remove("k");
    a.write(batch -> batch.remove("pairs", "k"));
    a.millis += 100 * DAY;
    a.write(batch -> batch.patch("pairs", "k", Map.of("y", Value.of("new"))));
    assertThat(a.store.get("pairs", "k").orElseThrow()).containsEntry("x", Value.NULL);
  }
}
