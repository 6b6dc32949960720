package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a removal that is dead leaves of its row: nothing, in all that asks for it, however it stands in the tables. */
class DeadRemovalTest {
  private static final long CUT_OFF = TestDevice.RULES.cutOffMillis();
  private static final long LONGER = 2 * CUT_OFF + 86_400_000;
  private static final TableSchema CHAT = new TableSchema(
          "chat", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
      .keeping(Keep.FEED);

  private final TestFolder folder = new TestFolder();
  private final RestoredMesh mesh = new RestoredMesh(TestDevice.RULES);
  private TestDevice a;
  private TestDevice b;
  private int readers;

  @BeforeEach
  void removeSomething() {
    a = folder.device("a").withCompoundCities();
    b = folder.device("b");
    a.put("k", Map.of("name", Value.of("old"), "country", Value.of("AU")));
    a.part("k", 2, 1);
    a.part("k", 1, 7);
    sync();
    a.remove("k");
    sync();
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void sync() {
    mesh.sync(a, 10_000);
    mesh.sync(b, 10_000);
    mesh.get(a);
  }

  private void pass(long millis) {
    mesh.pass(millis);
    a.millis += millis;
    b.millis += millis;
  }

  /** A file about something else, for which whatever was removed so long ago is dead. */
  private void passAndGoOn() {
    pass(LONGER);
    b.put("other", Map.of());
    sync();
  }

  private TestDevice reader() {
    readers++;
    return mesh.reader(folder, "reader" + readers, mesh.size());
  }

  /** Came by a compaction, so it has never had what is dead. */
  private TestDevice newcomer() {
    readers++;
    TestDevice newcomer = mesh.reader(folder, "newcomer" + readers, 0);
    Steps.take(newcomer, Steps.make(reader(), 1));
    return newcomer;
  }

  private static List<CarriedRow> carried(TestDevice maker, long first, String table, String key) {
    return Steps.make(maker, first).blocks().stream()
        .map(Block::rows)
        .flatMap(List::stream)
        .filter(row -> row.table().equals(table) && row.key().equals(key))
        .toList();
  }

  private static List<HistoryItem> history(TestDevice device) {
    return device.store.history("cities", "k", Optional.empty(), Optional.empty(), 100);
  }

  private static void requireAlike(TestDevice one, TestDevice other) {
    assertThat(one.store.visibleDigest()).isEqualTo(other.store.visibleDigest());
    assertThat(one.store.mergeDigest()).isEqualTo(other.store.mergeDigest());
  }

  @Test
  void aCompactionCarriesNothingOfIt() {
    assertThat(carried(reader(), 1, "cities", "k")).isNotEmpty();
    long first = mesh.size();
    passAndGoOn();
    assertThat(carried(reader(), 1, "cities", "k")).isEmpty();
    TestDevice maker = reader();
    maker.remember(mesh.sent());
    assertThat(carried(maker, first, "cities", "k"))
        .containsExactly(CarriedRow.empty("cities", "k"));
    requireAlike(newcomer(), a);
  }

  @Test
  void aWriteHereBeginsARowWithNothingOfIt() {
    passAndGoOn();
    TestDevice newcomer = newcomer();
    for (TestDevice device : List.of(a, newcomer)) {
      device.millis = mesh.millis();
      device.patch("k", Map.of("name", Value.of("new")));
      device.part("k", 2, 2);
      assertThat(device.get("k"))
          .containsEntry("name", Value.of("new"))
          .containsEntry("country", Value.NULL);
      assertThat(device.store.values("cities", "k", "tags")).containsExactly(Value.of(2));
      assertThat(device.store.values("cities", "k", "visits")).containsExactly(Value.of(0));
    }
    assertThat(a.store.visibleDigest()).isEqualTo(newcomer.store.visibleDigest());
    assertThat(a.store.mergeDigest()).isEqualTo(newcomer.store.mergeDigest());
    sync();
    requireAlike(a, b);
    requireAlike(a, reader());
  }

  /** The log says that it is dead, though by this device's clock it would come back whole. */
  @Test
  void aWriteByAClockThatIsBehindMeetsNothingOfItEither() {
    mesh.pass(LONGER);
    b.put("other", Map.of());
    mesh.sync(b, 10_000);
    mesh.get(a);
    a.patch("k", Map.of("name", Value.of("new")));
    assertThat(a.get("k"))
        .containsEntry("name", Value.of("new"))
        .containsEntry("country", Value.NULL);
  }

  @Test
  void aRemovalThatComesToItHidesNothingOfIt() {
    TestDevice away = mesh.reader(folder, "away", mesh.size() - 1);
    passAndGoOn();
    TestDevice newcomer = newcomer();
    away.millis = mesh.millis();
    away.remove("k");
    mesh.sync(away, 10_000);
    mesh.get(b);
    mesh.read(newcomer, mesh.size());
    requireAlike(away, newcomer);
    b.patch("k", Map.of("country", Value.of("NZ")));
    sync();
    mesh.read(newcomer, mesh.size());
    for (TestDevice device : List.of(a, newcomer)) {
      assertThat(device.get("k"))
          .containsEntry("name", Value.NULL)
          .containsEntry("country", Value.of("NZ"));
    }
    requireAlike(a, newcomer);
  }

  @Test
  void aPutHereLeavesNoPartOfIt() {
    passAndGoOn();
    a.put("k", Map.of("name", Value.of("new")));
    assertThat(a.store.values("cities", "k", "tags")).isEmpty();
    sync();
    assertThat(b.store.values("cities", "k", "tags")).isEmpty();
    a.part("k", 4, 1);
    sync();
    requireAlike(a, reader());
  }

  @Test
  void whatShowsOnTopOfARowShowsOnTopOfNothingOnceThatIsDead() {
    pass(CUT_OFF - 1_000_000);
    a.patch("k", Map.of("country", Value.of("NZ")));
    assertThat(a.get("k")).containsEntry("name", Value.of("old"));
    pass(LONGER);
    b.put("other", Map.of());
    mesh.sync(b, 10_000);
    mesh.get(a);
    assertThat(a.get("k"))
        .containsEntry("name", Value.NULL)
        .containsEntry("country", Value.of("NZ"));
    sync();
    assertThat(a.get("k")).as("it came too late").isEmpty();
    requireAlike(a, reader());
  }

  @Test
  void itIsThereAgainWhenTheLogGoesBack() {
    TestDevice away = reader();
    away.patch("k", Map.of("country", Value.of("NZ")));
    long size = mesh.size();
    passAndGoOn();
    away.millis = mesh.millis();
    mesh.read(away, mesh.size());
    assertThat(away.get("k")).containsEntry("name", Value.NULL);
    a.put("k", Map.of("country", Value.of("FJ")));
    sync();
    mesh.restore(size);
    for (TestDevice device : List.of(a, b, away)) {
      device.remember(mesh.sent());
      mesh.adopt(device);
      assertThat(device.store.mergeDigest()).isEqualTo(reader().store.mergeDigest());
    }
    assertThat(away.get("k")).containsEntry("name", Value.of("old"));
  }

  @Test
  void aTransactionReadsThatThereIsNothingAndIsJudgedSo() {
    passAndGoOn();
    for (TestDevice device : List.of(a, newcomer())) {
      device.millis = mesh.millis();
      device.write(batch -> {
        batch.beginTransaction();
        batch.patch("cities", "k", Map.of("name", Value.of("new")));
        batch.read("cities", "k");
      });
    }
    sync();
    assertThat(a.get("k")).containsEntry("name", Value.of("new"));
    assertThat(a.store.inbox(10)).isEmpty();
    requireAlike(a, reader());
  }

  @Test
  void aTransactionThatHasReadWhatIsDeadIsInConflict() {
    TestDevice away = mesh.reader(folder, "away", mesh.size() - 1);
    pass(LONGER);
    away.millis = mesh.millis();
    away.write(batch -> {
      batch.beginTransaction();
      batch.patch("cities", "k", Map.of("country", Value.of("NZ")));
      batch.read("cities", "k");
    });
    TestDevice newcomer = newcomer();
    mesh.sync(away, 10_000);
    mesh.read(newcomer, mesh.size());
    assertThat(newcomer.store.inbox(10))
        .extracting(LostValue::reason)
        .containsOnly(LostReason.CONFLICT);
    requireAlike(away, reader());
    requireAlike(away, newcomer);
  }

  @Test
  void itCannotBeTakenBackAnyMore() {
    a.put("u", Map.of("name", Value.of("mine")));
    a.write(batch -> {
      batch.undoable(1);
      batch.remove("cities", "u");
    });
    sync();
    passAndGoOn();
    a.write(batch -> assertThat(batch.undo().left())
        .extracting(UndoResult.Left::reason)
        .containsExactly(UndoResult.Reason.TOO_OLD));
    assertThat(a.get("u")).isEmpty();
  }

  @Test
  void theHistoryOfATableThatKeepsNoneEndsWithIt() {
    assertThat(history(a)).isNotEmpty();
    passAndGoOn();
    assertThat(history(a)).isEmpty();
    assertThat(history(newcomer())).isEmpty();
  }

  @Test
  void aRowOfAFeedKeepsItsPlace() {
    a.write(batch -> batch.declare(CHAT));
    sync();
    for (String salt : List.of("00", "01")) {
      a.write(batch -> batch.append("chat", Map.of("text", Value.of("t" + salt)), salt));
    }
    sync();
    String key = a.store.feed("chat", 1, 1).get(0).key();
    b.write(batch -> batch.remove("chat", key));
    sync();
    passAndGoOn();
    TestDevice newcomer = newcomer();
    assertThat(newcomer.store.feed("chat", 1, 10)).isEqualTo(a.store.feed("chat", 1, 10));
    b.write(batch -> batch.patch("chat", key, Map.of("text", Value.of("again"))));
    sync();
    mesh.read(newcomer, mesh.size());
    for (TestDevice device : List.of(a, newcomer)) {
      assertThat(device.store.feed("chat", 1, 10)).hasSize(2);
      assertThat(device.store.feed("chat", 1, 1).get(0).key()).isEqualTo(key);
    }
    assertThat(newcomer.store.feed("chat", 1, 10)).isEqualTo(a.store.feed("chat", 1, 10));
    requireAlike(a, newcomer);
  }

  @Test
  void aReferenceToItIsToldAsOneToARowThatWasNeverThere() {
    TableRules rules = new TableRules(
        List.of(new Reference("streets", "city", "cities", OnRemove.REPORT)), List.of(), Map.of());
    a.write(batch -> batch.declare(new TableSchema(
        "streets",
        "id",
        List.of(new ColumnSchema("city", ColumnType.ANY)),
        Set.of(),
        "streets",
        Set.of(),
        rules)));
    a.write(batch -> batch.put("streets", "s", Map.of("city", Value.of("k"))));
    sync();
    assertThat(kinds(a)).containsExactly(RuleViolation.Kind.REFERENCE_REMOVED);
    passAndGoOn();
    assertThat(kinds(a)).containsExactly(RuleViolation.Kind.REFERENCE_MISSING);
    assertThat(kinds(newcomer())).containsExactly(RuleViolation.Kind.REFERENCE_MISSING);
  }

  private static List<RuleViolation.Kind> kinds(TestDevice device) {
    List<RuleViolation.Kind> kinds = new ArrayList<>();
    device.store.violations(10).forEach(violation -> kinds.add(violation.kind()));
    return kinds;
  }
}
