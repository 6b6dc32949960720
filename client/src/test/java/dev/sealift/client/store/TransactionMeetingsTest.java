package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.HistoryItem.State;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.store.UndoResult.Outcome;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where transactions and online-only tables meet what else there is. */
class TransactionMeetingsTest {
  private static final TableSchema PERSONS =
      new TableSchema("persons", "id", List.of(new ColumnSchema("name", ColumnType.TEXT)));
  private static final TableSchema PEOPLE = new TableSchema(
          "people",
          "id",
          List.of(new ColumnSchema("fullName", ColumnType.TEXT)
              .was("name")
              .byDefault(Value.of("nobody"))))
      .was("persons");

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");

  @AfterEach
  void close() {
    folder.close();
  }

  private static void declare(TestDevice device, TableSchema table) {
    device.write(batch -> batch.declare(table));
  }

  private static Map<String, Value> name(String name) {
    return Map.of("name", Value.of(name));
  }

  private static Map<String, Value> fullName(String name) {
    return Map.of("fullName", Value.of(name));
  }

  private void sync() {
    for (int i = 0; i < 2; i++) {
      mesh.sync(a, Long.MAX_VALUE);
      mesh.sync(b, Long.MAX_VALUE);
    }
    assertThat(a.store.visibleDigest()).isEqualTo(b.store.visibleDigest());
    assertThat(a.store.mergeDigest()).isEqualTo(b.store.mergeDigest());
  }

  /** Renames what it has read. */
  private static void rename(TestDevice device, String key, String to) {
    TransactionTest.transact(device, batch -> {
      batch.read("cities", key);
      batch.patch("cities", key, name(to));
    });
  }

  // Names

  @Test
  void guardsNameTablesAndColumnsAsTheSpaceDoes() {
    declare(a, PERSONS);
    a.write(batch -> batch.put("persons", "1", name("Ada")));
    sync();
    declare(b, PEOPLE);
    sync();

    TransactionTest.transact(b, batch -> {
      assertThat(batch.read("people", "1")).contains(fullName("Ada"));
      batch.patch("people", "1", fullName("Ada L."));
    });
    Sent sent = b.pack();
    List<EventRun> runs = sent.runs();
    assertThat(runs).hasSize(2).allMatch(run -> run.table().equals("persons"));
    assertThat(runs.get(0).rows())
        .anyMatch(guard -> guard.values().contains(Value.of("name")))
        .noneMatch(guard -> guard.values().contains(Value.of("fullName")));
    mesh.admit(b, sent);
    sync();
    assertThat(a.store.get("persons", "1")).contains(name("Ada L."));

    a.write(batch -> batch.patch("persons", "1", name("Countess")));
    mesh.sync(a, Long.MAX_VALUE);
    TransactionTest.transact(b, batch -> {
      batch.read("people", "1");
      batch.patch("people", "1", fullName("Lady"));
    });
    sync();
    assertThat(b.store.inbox(9)).singleElement().satisfies(lost -> {
      assertThat(lost.table()).isEqualTo("people");
      assertThat(lost.column()).isEqualTo("fullName");
      assertThat(lost.reason()).isEqualTo(LostReason.CONFLICT);
    });
  }

  @Test
  void aDefaultIsNoValueThatAVersionKnowsOf() {
    declare(a, PERSONS);
    a.write(batch -> batch.mark("persons", "1"));
    sync();
    RowVersion before;
    try (Batch batch = b.store.batch()) {
      before = batch.version("persons", "1");
    }
    declare(b, PEOPLE);
    try (Batch batch = b.store.batch()) {
      assertThat(batch.get("people", "1")).contains(fullName("nobody"));
      assertThat(batch.version("people", "1")).isEqualTo(before);
      assertThat(batch.beginTransactionAt("people", "1", before)).isTrue();
      batch.patch("people", "1", fullName("Ada"));
      batch.commit();
    }
    sync();
    assertThat(a.store.get("persons", "1")).contains(name("Ada"));
  }

  @Test
  void compoundCellsAreReadByTheirLabels() {
    declare(a, new TableSchema("notes", "id", List.of(new ColumnSchema("tags", ColumnType.SET))));
    a.write(batch -> batch.add("notes", "1", "tags", Value.of("x")));
    sync();
    declare(
        b,
        new TableSchema(
            "notes", "id", List.of(new ColumnSchema("labels", ColumnType.SET).was("tags"))));
    a.write(batch -> batch.add("notes", "1", "tags", Value.of("y")));
    mesh.sync(a, Long.MAX_VALUE);
    TransactionTest.transact(b, batch -> {
      assertThat(batch.readValues("notes", "1", "labels")).containsExactly(Value.of("x"));
      batch.mark("notes", "2");
    });
    sync();
    assertThat(a.store.get("notes", "2")).isEmpty();
  }

  @Test
  void anAppThatIsTooOldHasNoTransactions() {
    a.withCities();
    a.write(batch -> batch.useVersion(1));
    sync();
    b.write(batch -> {
      batch.useVersion(2);
      batch.requireVersion(2);
    });
    sync();
    assertCode(Code.APP_TOO_OLD, () -> a.write(Batch::beginTransaction));
  }

  private static void assertCode(Code code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  // Arrival

  @Test
  void byArrivalTransactionsAreJudgedAndHaveThePlaceOfTheirFile() {
    TestFolder placed = new TestFolder(TestDevice.BY_ARRIVAL);
    try {
      TestMesh log = new TestMesh(TestDevice.BY_ARRIVAL);
      TestDevice one = placed.device("one").withCities();
      one.put("ulm", name("Ulm"));
      log.sync(one, Long.MAX_VALUE);
      TestDevice other = placed.device("other");
      log.get(other);
      other.millis += 60_000; // a clock that is ahead wins nothing

      rename(other, "ulm", "theirs");
      rename(one, "ulm", "mine");
      one.patch("ulm", Map.of("country", Value.of("DE")));
      log.sync(one, Long.MAX_VALUE);
      log.sync(other, Long.MAX_VALUE);
      log.get(one);

      for (TestDevice device : List.of(one, other)) {
        assertThat(device.get("ulm")).containsEntry("name", Value.of("mine"));
        assertThat(device.get("ulm")).containsEntry("country", Value.of("DE"));
        assertThat(device.store.inbox(9))
            .singleElement()
            .matches(lost -> lost.value().equals(Value.of("theirs")));
      }
      assertThat(one.store.mergeDigest()).isEqualTo(other.store.mergeDigest());
      rename(other, "ulm", "now seen");
      log.sync(other, Long.MAX_VALUE);
      log.get(one);
      assertThat(one.get("ulm")).containsEntry("name", Value.of("now seen"));
      assertThat(one.store.mergeDigest()).isEqualTo(other.store.mergeDigest());
    } finally {
      placed.close();
    }
  }

  // Rules

  @Test
  void rulesRefuseInATransactionWhatTheyRefuseElsewhere() {
    declare(
        a,
        new TableSchema(
            "countries",
            "id",
            List.of(new ColumnSchema("name", ColumnType.ANY)),
            Set.of(),
            "countries",
            Set.of(),
            new TableRules(
                List.of(),
                List.of(new Unique("countries", List.of("name"), Optional.empty())),
                Map.of())));
    declare(
        a,
        new TableSchema(
            "cities",
            "id",
            List.of(new ColumnSchema("country", ColumnType.ANY)),
            Set.of(),
            "cities",
            Set.of(),
            new TableRules(
                List.of(new Reference("cities", "country", "countries", OnRemove.RESTAMP)),
                List.of(),
                Map.of())));
    TransactionTest.transact(a, batch -> {
      batch.put("countries", "au", name("Australia"));
      batch.put("cities", "hba", Map.of("country", Value.of("au")));
      assertRule(ErrorCode.NOT_UNIQUE, () -> batch.put("countries", "oz", name("Australia")));
      assertRule(ErrorCode.REFERENCED, () -> batch.remove("countries", "au"));
    });
    sync();
    assertThat(b.store.get("countries", "oz")).isEmpty();
    assertThat(b.store.get("cities", "hba")).isPresent();
  }

  private static void assertRule(ErrorCode code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(RuleException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  // History, undo

  private static List<String> history(TestDevice device) {
    return device
        .store
        .history("cities", "ulm", Optional.of("name"), Optional.empty(), 100)
        .stream()
        .map(item -> ((Value.Text) item.value()).value() + " " + item.state())
        .toList();
  }

  @Test
  void historyHasWhatTransactionsWroteAndOfThoseInConflictTheirLosers() {
    declare(a, TestDevice.CITIES.keeping(Keep.ALL));
    a.put("ulm", name("Ulm"));
    sync();
    rename(a, "ulm", "mine");
    rename(b, "ulm", "theirs");
    sync();

    assertThat(history(a))
        .containsExactlyInAnyOrder(
            "mine " + State.CURRENT, "theirs " + State.LOST, "Ulm " + State.PAST);
    assertThat(history(b)).isEqualTo(history(a));
    b.store.inbox(9).forEach(lost -> b.write(batch -> batch.dismiss(lost)));
    sync();
    assertThat(history(a)).containsExactly("mine " + State.CURRENT, "Ulm " + State.PAST);
    assertThat(history(b)).isEqualTo(history(a));
  }

  @Test
  void undoTakesAllOfATransactionBack() {
    a.withCities();
    a.put("ulm", name("Ulm"));
    sync();
    a.write(batch -> {
      batch.undoable(100);
      batch.beginTransaction();
      batch.read("cities", "ulm");
      batch.patch("cities", "ulm", name("Neu-Ulm"));
      batch.put("cities", "bonn", name("Bonn"));
    });
    sync();

    a.write(batch -> assertThat(batch.undo().outcome()).isEqualTo(Outcome.DONE));

    Sent sent = a.pack();
    assertThat(sent.runs()).isNotEmpty().noneMatch(EventRun::isOfTransaction);
    mesh.admit(a, sent);
    sync();
    assertThat(b.get("ulm")).containsEntry("name", Value.of("Ulm"));
    assertThat(b.store.get("cities", "bonn")).isEmpty();
  }

  @Test
  void undoOfATransactionInConflictLeavesWhatOthersWrote() {
    a.withCities();
    a.put("ulm", name("Ulm"));
    sync();
    rename(b, "ulm", "theirs");
    a.write(batch -> {
      batch.undoable(100);
      batch.beginTransaction();
      batch.read("cities", "ulm");
      batch.patch("cities", "ulm", name("mine"));
      batch.put("cities", "bonn", name("Bonn"));
    });
    mesh.sync(b, Long.MAX_VALUE);
    sync();
    List<UndoResult> results = new ArrayList<>();
    a.write(batch -> results.add(batch.undo()));

    assertThat(results.get(0).undone()).isEmpty();
    assertThat(a.get("ulm")).containsEntry("name", Value.of("theirs"));
    assertThat(a.store.get("cities", "bonn")).isEmpty();
    sync();
  }

  // Online-only tables

  @Test
  void anOnlineOnlyTableIsSoUnderEveryName() {
    declare(a, PERSONS.online());
    a.write(batch -> batch.put("persons", "1", name("Ada")));
    sync();
    declare(b, PEOPLE);
    b.store.onlineWhen(() -> false);
    assertCode(Code.OFFLINE, () -> b.write(batch -> batch.patch("people", "1", fullName("x"))));
    assertCode(Code.OFFLINE, () -> b.write(batch -> batch.remove("people", "1")));
    assertThat(b.store.get("people", "1")).contains(fullName("Ada"));
  }

  @Test
  void aToolMakesATableOnlineOnlyToo() {
    a.write(batch -> batch.amend(PERSONS));
    sync();
    a.write(batch -> batch.amend(PERSONS.online()));
    sync();
    b.store.onlineWhen(() -> false);
    assertCode(Code.OFFLINE, () -> b.write(batch -> batch.put("persons", "1", name("x"))));
  }

  @Test
  void nothingElseWritesToAnOnlineOnlyTableOffline() {
    declare(a, PERSONS.online().keeping(Keep.ALL));
    declare(
        a,
        new TableSchema("chat", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
            .online()
            .keeping(Keep.FEED));
    a.write(batch -> batch.put("persons", "1", name("Ada")));
    a.write(batch -> {
      batch.undoable(100);
      batch.patch("persons", "1", name("Countess"));
    });
    sync();
    a.store.onlineWhen(() -> false);
    List<HistoryItem> items =
        a.store.history("persons", "1", Optional.of("name"), Optional.empty(), 9);

    assertOffline(Batch::undo);
    assertOffline(batch -> batch.restore(items.get(items.size() - 1)));
    assertOffline(batch -> batch.append("chat", Map.of("text", Value.of("x")), "00"));
    assertThat(a.store.pendingCount()).isZero();
    a.store.onlineWhen(() -> true);
    a.write(batch -> assertThat(batch.undo().outcome()).isEqualTo(Outcome.DONE));
    assertThat(a.store.get("persons", "1")).contains(name("Ada"));
  }

  private void assertOffline(Consumer<Batch> work) {
    assertCode(Code.OFFLINE, () -> a.write(work));
  }

  @Test
  void neitherDoesARemovalThatTakesRowsOfItAlong() {
    a.withCities();
    declare(
        a,
        new TableSchema(
                "streets",
                "id",
                List.of(new ColumnSchema("city", ColumnType.ANY)),
                Set.of(),
                "streets",
                Set.of(),
                new TableRules(
                    List.of(new Reference("streets", "city", "cities", OnRemove.REMOVE)),
                    List.of(),
                    Map.of()))
            .online());
    a.put("ulm", name("Ulm"));
    a.write(batch -> batch.put("streets", "1", Map.of("city", Value.of("ulm"))));
    a.store.onlineWhen(() -> false);
    assertOffline(batch -> batch.remove("cities", "ulm"));
    assertThat(a.store.get("cities", "ulm")).isPresent();
    assertThat(a.store.get("streets", "1")).isPresent();
  }
}
