package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.Hash;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device does with the places that a restored mesh has lost. */
class RewindTest {
  /** Longer than the cut-off. */
  private static final long LONG_MILLIS = 100 * 86_400_000L;

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a").withCities();
  private final TestDevice other = folder.device("b");
  private Sent schema;
  private int readers;

  @BeforeEach
  void shareTheSchema() {
    schema = device.pack();
    other.receive(schema);
    device.receive(schema);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Map<String, Value> named(long name) {
    return Map.of("name", Value.of(name));
  }

  private void rewind(long size) {
    device.rewind(size);
  }

  @Test
  void ownFilesBeyondGoToTheOutboxAgainAndOthersAreDisplaced() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);
    other.receive(own);
    other.put("2", named(2));
    Sent theirs = other.pack();
    device.receive(theirs);

    rewind(1);

    assertThat(device.store.position()).isEqualTo(1);
    assertThat(device.store.outbox()).containsExactly(own.outboxFile());
    DisplacedFile displaced = device.store.displaced(0).orElseThrow();
    assertThat(device.store.displacedCount()).isEqualTo(1);
    assertThat(displaced.header()).isEqualTo(theirs.header());
    assertThat(device.store.displacedPayload(displaced.id())).contains(Sent.payload());
    assertThat(device.store.count("cities")).isEqualTo(2); // nothing that was merged goes
  }

  @Test
  void aFileWithAReceiptBeyondWhatIsHeldIsSentAgainToo() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.write(batch -> batch.settle(own.counter(), own.id(), 2));
    assertThat(device.store.outbox()).isEmpty();

    rewind(1);

    assertThat(device.store.outbox()).containsExactly(own.outboxFile());
    assertThat(device.store.displaced(0)).isEmpty();
  }

  /** Many are looked at for each that is sent. */
  @Test
  void lookingThroughDisplacedFilesReadsNoPayload() {
    theirs("2");
    rewind(1);
    long id = device.store.displaced(0).orElseThrow().id();
    List<String> prepared = new ArrayList<>();
    try (Reader reader =
        new Reader(recording(new JdbcDriver().openReader(device.file), prepared))) {
      assertThat(FileLog.displaced(reader, 0).orElseThrow().id()).isEqualTo(id);
      assertThat(prepared).hasSize(1).noneMatch(sql -> sql.contains("payload"));
      // It stands behind the payload in its row.
      assertThat(prepared).noneMatch(sql -> sql.contains("refused"));
    }
  }

  private static Db recording(Db db, List<String> prepared) {
    return (Db) Proxy.newProxyInstance(
        Db.class.getClassLoader(), new Class<?>[] {Db.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("prepare")) {
            prepared.add((String) arguments[0]);
          }
          return method.invoke(db, arguments);
        });
  }

  @Test
  void whatLostAPlaceBeforeIsNotForgottenForWhatLosesItNow() {
    Sent first = theirs("2");
    rewind(1);
    Sent second = theirs("3");

    rewind(1);

    DisplacedFile one = device.store.displaced(0).orElseThrow();
    DisplacedFile two = device.store.displaced(one.id()).orElseThrow();
    assertThat(one.header()).isEqualTo(first.header());
    assertThat(two.header()).isEqualTo(second.header());
    assertThat(device.store.displaced(two.id())).isEmpty();
  }

  /** A file by the other device. */
  private Sent theirs(String key) {
    other.put(key, named(1));
    Sent sent = other.pack();
    device.receive(sent);
    return sent;
  }

  @Test
  void whatTheMeshHasRefusedForGoodIsAskedForAgainAfterTheNextRestoration() {
    theirs("2");
    rewind(1);
    long id = device.store.displaced(0).orElseThrow().id();

    device.write(batch -> batch.refuseDisplaced(id));
    assertThat(device.store.isDisplacedRefused(id)).isTrue();

    rewind(0);
    assertThat(device.store.isDisplacedRefused(id)).isFalse();
  }

  /** As a home of the first version has it, which kept no files. */
  private void forgetFileAt(long sequence) throws SQLException {
    device.store.close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + device.file);
        java.sql.Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM _sealift_file WHERE sequence = " + sequence);
    }
    device.open();
  }

  @Test
  void ownWritesInFilesThatWereNotKeptArePendingAgain() throws SQLException {
    device.put("1", named(1));
    device.put("2", named(2));
    device.put("gone", named(3));
    device.receive(device.pack());
    device.remove("gone");
    device.patch("2", named(4));
    device.receive(device.pack());
    device.put("3", named(5));
    Sent unsent = device.pack();
    forgetFileAt(2);

    rewind(1);

    // What stands behind it in the chain cannot go without it.
    assertThat(device.store.outbox()).doesNotContain(unsent.outboxFile()).isEmpty();
    device.counter(device.store.ownHead().orElseThrow().counter());
    Sent again = device.pack();
    assertThat(again.counter()).isEqualTo(2);
    assertThat(again.runs()).allSatisfy(run -> assertThat(run.seenSequence()).isZero());
    other.receive(again);
    assertThat(other.store.visibleDigest()).isEqualTo(device.store.visibleDigest());
    assertThat(other.get("2")).isEqualTo(device.get("2")).isNotEmpty();
    assertThat(other.store.count("cities")).isEqualTo(3);
  }

  @Test
  void ownFilesBeforeTheOneThatWasNotKeptGoAsTheyWere() throws SQLException {
    device.put("1", named(1));
    Sent kept = device.pack();
    device.receive(kept);
    device.put("2", named(2));
    device.receive(device.pack());
    forgetFileAt(3);

    rewind(1);

    assertThat(device.store.outbox()).containsExactly(kept.outboxFile());
    assertThat(device.store.pendingCount()).isEqualTo(1);
    device.counter(kept.counter());
    other.receive(kept);
    other.receive(device.pack());
    assertThat(other.store.visibleDigest()).isEqualTo(device.store.visibleDigest());
  }

  @Test
  void whatIsPendingHasSeenNoMoreThanWhatIsLeft() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);
    device.put("2", named(2));

    rewind(1);

    Sent pending = device.pack();
    assertThat(pending.runs())
        .allSatisfy(run -> assertThat(run.seenSequence()).isLessThanOrEqualTo(1));
  }

  @Test
  void filesUpToTheSizeStay() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);

    rewind(2);

    assertThat(device.store.position()).isEqualTo(2);
    assertThat(device.store.outbox()).isEmpty();
    assertThat(device.store.files(1, 10, 1 << 20)).hasSize(2);
  }

  /** As a device has it that was never there while others wrote. */
  private void assertAsInTheLog(Sent... log) {
    TestDevice reader = folder.device("reader " + readers++);
    List.of(log).forEach(reader::receive);
    assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
    assertThat(device.store.inbox(100)).hasSameElementsAs(reader.store.inbox(100));
  }

  private Sent wrote(TestDevice author, long name) {
    author.patch("1", named(name));
    return author.pack();
  }

  private void receive(Sent... files) {
    for (Sent sent : files) {
      device.receive(sent);
    }
  }

  private long displaced() {
    return device.store.displaced(0).orElseThrow().id();
  }

  private void assertShows(long name) {
    assertThat(device.get("1")).containsEntry("name", Value.of(name));
  }

  @Test
  void whatAnotherDeviceWroteStaysInSightAndIsNoPartOfTheLogAnyMore() {
    Sent theirs = wrote(other, 1);
    receive(theirs);

    rewind(1);

    assertShows(1);
    assertAsInTheLog(schema);
    receive(theirs);
    assertAsInTheLog(schema, theirs);
    device.write(batch -> batch.removeDisplaced(displaced()));
    assertShows(1);
  }

  @Test
  void whatIsGivenUpShowsNoMoreAndWhatItHadReplacedDoesAgain() {
    Sent own = wrote(device, 1);
    receive(own);
    other.receive(own);
    receive(wrote(other, 2));
    rewind(1);
    assertShows(2);
    List<Change> told = new ArrayList<>();
    device.store.onChange(changes -> told.addAll(changes.changes()));

    device.write(batch -> batch.removeDisplaced(displaced()));

    assertShows(1);
    assertThat(told).extracting(Change::key).containsExactly("1");
    receive(own);
    assertAsInTheLog(schema, own);
  }

  @Test
  void aWriteOnTopOfWhatHasNoPlaceStaysThere() {
    Sent theirs = wrote(other, 1);
    receive(theirs);
    rewind(1);
    Sent own = wrote(device, 2);

    receive(own, theirs);

    assertShows(2);
    assertAsInTheLog(schema, own, theirs);
  }

  @Test
  void whoLosesIsJudgedByTheNewPlaces() {
    Sent theirs = wrote(other, 1);
    receive(theirs);
    device.millis += 10;
    Sent own = wrote(device, 2); // had seen two files
    receive(own);
    assertThat(device.store.inbox(100)).isEmpty();
    TestDevice third = folder.device("c");
    third.receive(schema);
    third.put("3", named(3));
    Sent between = third.pack();

    rewind(1);
    receive(between, theirs, own);

    assertThat(device.store.inbox(100)).extracting(LostValue::value).containsExactly(Value.of(1));
    assertAsInTheLog(schema, between, theirs, own);
  }

  @Test
  void aLoserOfAFileThatHasNoPlaceIsNone() {
    Sent theirs = wrote(other, 1);
    Sent own = wrote(device, 2);
    receive(own, theirs);
    assertThat(device.store.inbox(100)).hasSize(1);

    rewind(2);

    assertThat(device.store.inbox(100)).isEmpty();
    assertAsInTheLog(schema, own);
    receive(theirs);
    assertThat(device.store.inbox(100)).hasSize(1);
  }

  @Test
  void whatAnotherDeviceHasDismissedIsInTheInboxUntilTheLogSaysSoAgain() {
    Sent theirs = wrote(other, 1);
    Sent own = wrote(device, 2);
    receive(own, theirs);
    other.receive(own);
    other.receive(theirs);
    other.write(batch -> batch.dismiss(other.store.inbox(1).get(0)));
    Sent dismissal = other.pack();
    receive(dismissal);
    assertThat(device.store.inbox(100)).isEmpty();

    rewind(3);

    assertThat(device.store.inbox(100)).hasSize(1);
    assertAsInTheLog(schema, own, theirs);
    receive(dismissal);
    assertAsInTheLog(schema, own, theirs, dismissal);
  }

  @Test
  void whatThisDeviceHasDismissedIsStillInNoInboxOfIts() {
    Sent theirs = wrote(other, 1);
    Sent own = wrote(device, 2);
    receive(own, theirs);
    device.write(batch -> batch.dismiss(device.store.inbox(1).get(0)));
    Sent dismissal = device.pack();
    receive(dismissal);

    rewind(3);

    assertThat(device.store.inbox(100)).isEmpty();
    receive(dismissal);
    assertAsInTheLog(schema, own, theirs, dismissal);
  }

  /** The file's own write makes a loser of what it has dismissed before; that was another time that it lost. */
  @Test
  void aDismissalIsAppliedInItsTurnAmongTheWritesOfItsFile() {
    Sent theirs = wrote(other, 1);
    TestDevice third = folder.device("c");
    third.receive(schema);
    third.millis += 10;
    Sent rival = wrote(third, 2);
    receive(theirs, rival);
    device.write(batch -> batch.dismiss(device.store.inbox(1).get(0)));
    device.millis += 20;
    Sent own = wrote(device, 3); // both in one file
    third.put("3", named(3));
    Sent more = third.pack();
    third.put("3", named(4));
    Sent yetMore = third.pack();

    rewind(1);
    receive(more, yetMore, theirs, own);

    assertThat(device.store.inbox(100)).extracting(LostValue::value).containsExactly(Value.of(1));
    assertAsInTheLog(schema, more, yetMore, theirs, own);
  }

  @Test
  void whatComesBackTooLateShowsNoMoreAndIsInTheInbox() {
    Sent theirs = wrote(other, 1);
    receive(theirs);
    rewind(1);

    device.receive(theirs, theirs.at(2, TestDevice.START_MILLIS + LONG_MILLIS));

    assertThat(device.get("1")).isEmpty();
    assertThat(device.store.inbox(100))
        .extracting(LostValue::reason)
        .containsExactly(LostReason.LATE);
  }

  /** A removal between two own writes, the later of which began a new row. */
  @Test
  void whatHasNoPlaceShowsInTheOrderOfRanks() {
    device.put("1", Map.of("name", Value.of(1), "country", Value.of(1)));
    Sent own = device.pack();
    receive(own);
    other.receive(own);
    other.millis += 10;
    other.remove("1");
    receive(other.pack());
    device.millis += LONG_MILLIS;
    device.patch("1", named(2));
    Map<String, Value> shown = device.get("1");
    assertThat(shown).containsEntry("country", Value.NULL);

    rewind(1);

    assertThat(device.get("1")).isEqualTo(shown);
  }

  @Test
  void aRewindingThatFailsChangesNothing() {
    receive(wrote(other, 1), wrote(device, 2));
    Hash before = device.store.mergeDigest();

    assertThatThrownBy(() -> device.write(batch -> batch.rewind(1, 1, (entry, header, payload) -> {
          if (entry.sequence() == 1) {
            throw new IllegalStateException("unreadable");
          }
          return device.open(entry, header, payload);
        })))
        .hasMessage("unreadable");

    assertThat(device.store.position()).isEqualTo(3);
    assertThat(device.store.displacedCount()).isZero();
    assertThat(device.store.mergeDigest()).isEqualTo(before);
    rewind(1);
    assertAsInTheLog(schema);
    assertShows(2);
  }

  @Test
  void whatWasNotKeptCannotBeWorkedOutAnewAndStays() throws SQLException {
    receive(wrote(other, 1));
    Hash before = device.store.mergeDigest();
    forgetFileAt(1);

    rewind(1);

    assertThat(device.store.mergeDigest()).isEqualTo(before);
    assertThat(device.store.displacedCount()).isEqualTo(1);
    assertShows(1);
  }
}
