package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** Tables whose rows expire. */
class LifetimeTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final TableSchema NOTES = new TableSchema(
      "notes",
      "id",
      List.of(
          new ColumnSchema("title", ColumnType.TEXT), new ColumnSchema("body", ColumnType.TEXT)));
  private static final TableSchema EXPIRING = NOTES.expiringAfter(HOUR_MILLIS);

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a").withCities();
  private final TestDevice b = folder.device("b");

  @AfterEach
  void close() {
    folder.close();
  }

  private void declare(TableSchema table) {
    a.write(batch -> batch.declare(table));
    mesh.sync(a, 1_000);
    mesh.get(b);
  }

  private static Map<String, Value> title(String title) {
    return Map.of("title", Value.of(title));
  }

  private void put(TestDevice device, String key, String title) {
    device.write(batch -> batch.put("notes", key, title(title)));
  }

  /** Something is written so much later, and all have it. */
  private void pass(long millis) {
    mesh.pause(millis);
    a.millis += millis;
    b.millis += millis;
    a.put("time", Map.of("name", Value.of(a.millis)));
    meet();
  }

  private void meet() {
    mesh.sync(a, 10_000);
    mesh.sync(b, 10_000);
    mesh.get(a);
  }

  private void requireAlike() {
    assertThat(b.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
    assertThat(b.store.visibleDigest()).isEqualTo(a.store.visibleDigest());
  }

  private static long kept(TestDevice device, String table) {
    try (Db db = new JdbcDriver(SynchronousMode.OFF).openReader(device.file);
        Statement count = db.prepare("SELECT count(*) FROM " + table)) {
      count.next();
      return count.integer(1);
    }
  }

  @Test
  void aRowGoesByItselfOnceItsTimeHasCome() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    pass(HOUR_MILLIS - 1_000);
    assertThat(b.store.get("notes", "one")).isPresent();
    List<Change> told = new ArrayList<>();
    b.store.onChange(changes -> told.addAll(changes.changes()));
    pass(1_000);
    assertThat(a.store.get("notes", "one")).isEmpty();
    assertThat(b.store.get("notes", "one")).isEmpty();
    assertThat(told)
        .filteredOn(change -> change.table().equals("notes"))
        .extracting(Change::kind)
        .containsExactly(Change.Kind.REMOVE);
    requireAlike();
  }

  @Test
  void noClockMakesItGo() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    b.millis += 10 * HOUR_MILLIS;
    b.put("other", Map.of("name", Value.of(1)));
    assertThat(b.store.get("notes", "one")).isPresent();
  }

  @Test
  void whatWasWrittenLaterStays() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    pass(HOUR_MILLIS / 2);
    b.write(batch -> batch.patch("notes", "one", Map.of("body", Value.of("later"))));
    meet();
    pass(HOUR_MILLIS / 2);
    assertThat(a.store.get("notes", "one").orElseThrow())
        .containsEntry("title", Value.NULL)
        .containsEntry("body", Value.of("later"));
    requireAlike();
    pass(HOUR_MILLIS / 2);
    assertThat(a.store.get("notes", "one")).isEmpty();
  }

  @Test
  void whatIsNotSentYetShowsHoweverOldItIs() {
    declare(EXPIRING);
    put(b, "one", "unsent");
    a.millis += 2 * HOUR_MILLIS;
    mesh.pause(2 * HOUR_MILLIS);
    a.put("time", Map.of("name", Value.of(1)));
    mesh.sync(a, 1_000);
    b.millis = a.millis;
    mesh.get(b);
    assertThat(b.store.get("notes", "one")).isPresent();
    mesh.sync(b, 1_000);
    mesh.get(a);
    assertThat(b.store.get("notes", "one")).as("it came when it was over").isEmpty();
    assertThat(a.store.get("notes", "one")).isEmpty();
    assertThat(a.store.inbox(10)).isEmpty();
    requireAlike();
  }

  @Test
  void aWriteOnTopOfWhatIsOverStays() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    b.millis += HOUR_MILLIS / 2;
    b.write(batch -> batch.patch("notes", "one", Map.of("body", Value.of("unsent"))));
    a.millis += HOUR_MILLIS;
    mesh.pause(HOUR_MILLIS);
    a.put("time", Map.of("name", Value.of(1)));
    mesh.sync(a, 1_000);
    b.millis = a.millis;
    mesh.get(b);
    assertThat(b.store.get("notes", "one").orElseThrow())
        .containsEntry("title", Value.NULL)
        .containsEntry("body", Value.of("unsent"));
    meet();
    assertThat(a.store.get("notes", "one").orElseThrow()).containsEntry("body", Value.of("unsent"));
    requireAlike();
  }

  @Test
  void losersGoToo() {
    declare(EXPIRING);
    put(a, "one", "ours");
    put(b, "one", "theirs");
    meet();
    assertThat(a.store.inbox(10)).hasSize(1);
    pass(HOUR_MILLIS);
    assertThat(a.store.inbox(10)).isEmpty();
    assertThat(kept(a, "_sealift_loser")).isZero();
    requireAlike();
  }

  @Test
  void nothingOfItIsLeftInTheStore() {
    declare(EXPIRING);
    put(a, "one", "first");
    a.write(batch -> batch.put("notes", "two", title("second")));
    a.write(batch -> batch.remove("notes", "two"));
    meet();
    assertThat(kept(b, "_notes")).isEqualTo(2);
    pass(HOUR_MILLIS);
    assertThat(kept(a, "_notes")).isZero();
    assertThat(kept(b, "_notes")).isZero();
  }

  /** Then it is not looked through for each file, and what is over shows for a while. */
  @Test
  void inALargeTableWhatIsOverCountsForNothingBeforeItIsGone() {
    declare(EXPIRING);
    a.write(batch -> {
      for (int i = 0; i < 300; i++) {
        batch.put("notes", "n" + i, title("t" + i));
      }
    });
    meet();
    pass(HOUR_MILLIS - 30_000);
    pass(30_000);
    assertThat(kept(b, "_notes")).as("it was gone through half a minute ago").isEqualTo(300);
    TestDevice late = folder.device("late");
    late.millis = a.millis;
    Steps.take(late, Steps.make(b, 1));
    assertThat(kept(late, "_notes")).isZero();
    assertThat(late.store.mergeDigest()).isEqualTo(b.store.mergeDigest());
    assertThat(late.store.visibleDigest()).isEqualTo(b.store.visibleDigest());
    pass(HOUR_MILLIS / 64);
    assertThat(kept(b, "_notes")).isZero();
  }

  @Test
  void theShortestLifetimeCounts() {
    declare(EXPIRING);
    declare(NOTES.expiringAfter(2 * HOUR_MILLIS));
    put(a, "one", "first");
    meet();
    declare(NOTES.expiringAfter(HOUR_MILLIS / 4));
    pass(HOUR_MILLIS / 4);
    assertThat(b.store.get("notes", "one")).isEmpty();
    put(a, "two", "second");
    meet();
    pass(HOUR_MILLIS / 4);
    assertThat(b.store.get("notes", "two")).isEmpty();
    requireAlike();
  }

  @Test
  void ofALifetimeAndWhatIsKeptTheFirstInTheLogCounts() {
    a.write(batch -> batch.declare(NOTES));
    meet();
    a.write(batch -> batch.declare(EXPIRING));
    b.write(batch -> batch.declare(NOTES.keeping(Keep.ALL)));
    mesh.sync(a, 1_000);
    meet();
    put(a, "one", "first");
    put(a, "one", "second");
    meet();
    pass(HOUR_MILLIS);
    assertThat(a.store.get("notes", "one")).isEmpty();
    assertThat(a.store.history("notes", "one", Optional.empty(), Optional.empty(), 10))
        .isEmpty();
    requireAlike();
    a.write(batch -> batch.declare(EXPIRING));
    b.write(batch -> batch.declare(NOTES.keeping(Keep.ALL)));
  }

  @Test
  void ofALifetimeAndACounterTheFirstInTheLogCounts() {
    TableSchema counting =
        new TableSchema("notes", "id", List.of(new ColumnSchema("visits", ColumnType.COUNTER)));
    a.write(batch -> batch.declare(NOTES));
    meet();
    a.write(batch -> batch.declare(EXPIRING));
    b.write(batch -> batch.declare(counting));
    b.write(batch -> batch.increment("notes", "one", "visits", 1));
    mesh.sync(a, 1_000);
    meet();
    requireAlike();
    assertThat(a.store.get("notes", "one")).as("it came behind the lifetime").isEmpty();
    a.write(batch -> batch.declare(EXPIRING));
    b.write(batch -> batch.declare(counting));
    assertThatThrownBy(() -> b.write(batch -> batch.increment("notes", "one", "visits", 1)))
        .hasMessageContaining("expire");
  }

  @Test
  void whatContradictsItIsRefused() {
    a.write(batch -> batch.declare(NOTES.keeping(Keep.ALL)));
    assertBad(EXPIRING, "keeps what is written");
    a.write(batch -> batch.declare(other("chats").expiringAfter(HOUR_MILLIS)));
    assertBad(other("chats").keeping(Keep.ALL), "expire in this space");
    TableSchema counting =
        new TableSchema("chats", "id", List.of(new ColumnSchema("visits", ColumnType.COUNTER)));
    assertBad(counting, "plain columns");
    assertBad(() -> NOTES.keeping(Keep.ALL).expiringAfter(HOUR_MILLIS), "keeps nothing of what");
    assertBad(() -> NOTES.expiringAfter(59_999), "a minute at least");
    assertBad(() -> TestDevice.COMPOUND_CITIES.expiringAfter(HOUR_MILLIS), "plain columns");
    a.withCompoundCities();
    assertBad(TestDevice.CITIES.expiringAfter(HOUR_MILLIS), "plain columns");
  }

  private static TableSchema other(String name) {
    return new TableSchema(name, "id", List.of(new ColumnSchema("text", ColumnType.TEXT)));
  }

  private void assertBad(TableSchema table, String why) {
    assertBad(() -> a.write(batch -> batch.declare(table)), why);
  }

  private static void assertBad(ThrowingCallable work, String why) {
    assertThatThrownBy(work).isInstanceOf(StoreException.class).hasMessageContaining(why);
  }

  @Test
  void whereRanksGoByArrivalRowsDoNotExpire() {
    try (TestFolder other = new TestFolder(TestDevice.BY_ARRIVAL)) {
      TestDevice device = other.device("c");
      assertThatThrownBy(() -> device.write(batch -> batch.declare(EXPIRING)))
          .hasMessageContaining("ranks by arrival");
    }
  }

  // Files

  @Test
  void aFileThatHoldsNothingElseSaysWhenItExpires() {
    declare(EXPIRING);
    put(a, "one", "first");
    Sent sent = a.pack();
    assertThat(sent.expiresAtMillis()).isEqualTo(sent.newest().millis() + HOUR_MILLIS);
    put(a, "two", "second");
    a.put("hba", Map.of("name", Value.of(1)));
    assertThat(a.pack().expiresAtMillis()).isEqualTo(RemoteFile.NEVER);
    a.write(batch -> {
      batch.beginTransaction();
      batch.put("notes", "three", title("third"));
    });
    assertThat(a.pack().expiresAtMillis()).isEqualTo(RemoteFile.NEVER);
  }

  @Test
  void aFileThatSaysSoOfWhatDoesNotExpireIsNothing() {
    declare(EXPIRING);
    put(a, "one", "first");
    Sent true1 = a.pack();
    for (long false1 : List.of(true1.expiresAtMillis() - 1, 1L)) {
      RemoteFile file = true1.expiring(false1).at(b.store.position() + 1);
      assertThat(file.isConsistent(lifetimes(b))).isFalse();
    }
    a.put("hba", Map.of("name", Value.of(1)));
    Sent other = a.pack().expiring(Long.MAX_VALUE);
    mesh.admit(a, true1);
    mesh.admit(a, other);
    mesh.get(b);
    mesh.get(a);
    assertThat(b.store.get("notes", "one")).isPresent();
    assertThat(b.store.get("cities", "hba")).isEmpty();
    assertThat(a.store.get("cities", "hba")).as("of its author neither").isEmpty();
    requireAlike();
  }

  private static Lifetimes lifetimes(TestDevice device) {
    try (Db db = new JdbcDriver(SynchronousMode.OFF).openReader(device.file);
        Statement select = db.prepare(Lifetimes.SELECT)) {
      return Lifetimes.read(select);
    }
  }

  @Test
  void whoComesLateMakesNoCompactionBeforeItIsOver() {
    declare(EXPIRING);
    put(a, "one", "first");
    mesh.sync(a, 1_000);
    TestDevice late = folder.device("late");
    List<RemoteFile> files = mesh.files();
    for (int i = 0; i < files.size(); i++) {
      if (mesh.log.get(i).expiresAtMillis() == RemoteFile.NEVER) {
        late.receive(mesh.log.get(i), files.get(i));
      } else {
        late.receiveExpired(mesh.log.get(i), files.get(i));
      }
    }
    assertThat(a.store.canCarry(1)).isTrue();
    assertThat(late.store.canCarry(1)).isFalse();
    assertThat(late.store.canCompare(Steps.make(a, 1).range())).isFalse();
    pass(HOUR_MILLIS);
    late.millis = a.millis;
    mesh.get(late);
    assertThat(late.store.canCarry(2)).isTrue();
    assertThat(late.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
    assertThat(Steps.bytes(late, 2)).containsExactlyElementsOf(Steps.bytes(a, 2));
  }

  // Beside it

  @Test
  void aTransactionThatHasReadSuchARowCounts() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    put(b, "one", "changed");
    a.write(batch -> {
      batch.beginTransaction();
      batch.read("notes", "one");
      batch.put("cities", "hba", Map.of("name", Value.of(7)));
    });
    mesh.sync(b, 1_000);
    meet();
    assertThat(b.get("hba")).containsEntry("name", Value.of(7));
  }

  @Test
  void whatWasForgottenCannotBeTakenBack() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    a.write(batch -> {
      batch.undoable(10);
      batch.put("notes", "one", title("second"));
    });
    meet();
    pass(HOUR_MILLIS);
    a.write(batch -> batch.undo());
    meet();
    assertThat(a.store.get("notes", "one")).isEmpty();
    requireAlike();
  }

  @Test
  void whereTheLogGoesBackBelowWhatWasForgottenRowsAreMadeAnew() {
    declare(EXPIRING);
    put(a, "one", "first");
    meet();
    long size = b.store.position();
    pass(HOUR_MILLIS);
    assertThat(b.store.get("notes", "one")).isEmpty();
    b.remember(mesh.log);
    b.rewind(size);
    assertThat(b.store.needsFullStep()).isTrue();
    b.beginAnew();
    List<RemoteFile> files = mesh.files();
    for (int at = 0; at < size; at++) {
      b.receive(mesh.log.get(at), files.get(at));
    }
    assertThat(b.store.get("notes", "one")).isPresent();
  }
}
