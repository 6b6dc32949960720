package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.HistoryItem.State;
import dev.sealift.client.store.UndoResult.Left;
import dev.sealift.client.store.UndoResult.Outcome;
import dev.sealift.client.store.UndoResult.Reason;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where undo and history meet rules across rows. */
class UndoRulesTest {
  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");

  @AfterEach
  void close() {
    folder.close();
  }

  private static TableSchema table(String name, List<String> columns, List<Reference> references) {
    return new TableSchema(
            name,
            "id",
            columns.stream()
                .map(column -> new ColumnSchema(column, ColumnType.ANY))
                .toList(),
            Set.of(),
            name,
            Set.of(),
            new TableRules(references, List.of(), Map.of()))
        .keeping(Keep.ALL);
  }

  /** Cities are in countries; the country is there. */
  private void declare(OnRemove onRemove) {
    a.write(batch -> {
      batch.declare(table("countries", List.of("name"), List.of()));
      batch.declare(table(
          "cities",
          List.of("country"),
          List.of(new Reference("cities", "country", "countries", onRemove))));
    });
    sync();
  }

  private void sync() {
    for (int round = 0; round < 2; round++) {
      List.of(a, b).forEach(device -> mesh.sync(device, Long.MAX_VALUE));
    }
  }

  private static void change(TestDevice device, Consumer<Batch> work) {
    device.write(batch -> {
      batch.undoable(100);
      work.accept(batch);
    });
  }

  private static void addCountry(Batch batch) {
    batch.put("countries", "au", Map.of("name", Value.of("Australia")));
  }

  private static void addCity(Batch batch) {
    batch.put("cities", "hba", Map.of("country", Value.of("au")));
  }

  private static void answer(TestDevice device) {
    boolean more = true;
    while (more) {
      try (Batch batch = device.store.batch()) {
        more = batch.answerRules(device.millis);
        batch.commit();
      }
    }
  }

  private static UndoResult undo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.undo()));
    return result.get(0);
  }

  private static UndoResult redo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.redo()));
    return result.get(0);
  }

  private static boolean isThere(TestDevice device, String table, String key) {
    return device.store.get(table, key).isPresent();
  }

  @Test
  void theAnswerToARuleIsNoChangeOfTheUsersAndStandsInTheHistory() {
    declare(OnRemove.RESTAMP);
    change(a, UndoRulesTest::addCountry);
    sync();
    change(b, UndoRulesTest::addCity);
    change(a, batch -> batch.remove("countries", "au"));
    mesh.sync(a, Long.MAX_VALUE);
    mesh.get(b);
    answer(b);
    assertThat(isThere(b, "countries", "au")).isTrue();
    sync();
    assertThat(b.store
            .history("countries", "au", Optional.empty(), Optional.empty(), 10)
            .get(0))
        .satisfies(item -> {
          assertThat(item.device()).isEqualTo(b.id);
          assertThat(item.state()).isEqualTo(State.CURRENT);
        });

    assertThat(undo(b).undone()).extracting(UndoResult.Undone::table).containsOnly("cities");
    assertThat(isThere(b, "countries", "au")).isTrue();
    assertThat(isThere(b, "cities", "hba")).isFalse();
    assertThat(undo(b).outcome()).isEqualTo(Outcome.NOTHING);
  }

  @Test
  void whatARemovalTakesAlongComesBackWithIt() {
    declare(OnRemove.REMOVE);
    change(a, batch -> {
      addCountry(batch);
      addCity(batch);
    });
    sync();
    change(a, batch -> batch.remove("countries", "au"));
    assertThat(isThere(a, "cities", "hba")).isFalse();

    assertThat(undo(a).left()).isEmpty();
    assertThat(isThere(a, "countries", "au")).isTrue();
    assertThat(a.store.get("cities", "hba")).contains(Map.of("country", Value.of("au")));
    sync();
    answer(a);
    answer(b);
    sync();
    assertThat(isThere(b, "cities", "hba")).isTrue();
    assertThat(redo(a).left()).isEmpty();
    assertThat(isThere(a, "countries", "au")).isFalse();
    assertThat(isThere(a, "cities", "hba")).isFalse();
  }

  @Test
  void aRowThatAnotherOneRefersToSinceStaysSoThatTheOtherOneDoes() {
    declare(OnRemove.REMOVE);
    change(a, UndoRulesTest::addCountry);
    sync();
    change(b, UndoRulesTest::addCity);
    sync();

    assertThat(undo(a).left()).containsExactly(new Left("countries", "au", "", Reason.REFERENCED));
    sync();
    answer(a);
    answer(b);
    sync();
    assertThat(isThere(a, "countries", "au")).isTrue();
    assertThat(isThere(b, "cities", "hba")).isTrue();
  }

  @Test
  void rowsOfOneChangeThatReferToEachOtherGoTogether() {
    declare(OnRemove.RESTAMP);
    change(a, batch -> {
      addCountry(batch);
      addCity(batch);
    });
    assertThat(undo(a).left()).isEmpty();
    assertThat(isThere(a, "countries", "au")).isFalse();
    assertThat(isThere(a, "cities", "hba")).isFalse();
    assertThat(redo(a).left()).isEmpty();
    assertThat(isThere(a, "cities", "hba")).isTrue();
  }

  @Test
  void whatAnotherRowHasByNowIsNotRestored() {
    a.write(batch -> batch.declare(new TableSchema(
            "people",
            "id",
            List.of(new ColumnSchema("email", ColumnType.TEXT)),
            Set.of(),
            "people",
            Set.of(),
            new TableRules(
                List.of(),
                List.of(new Unique("people", List.of("email"), Optional.empty())),
                Map.of()))
        .keeping(Keep.ALL)));
    a.write(batch -> batch.put("people", "1", Map.of("email", Value.of("one"))));
    a.write(batch -> batch.put("people", "1", Map.of("email", Value.of("two"))));
    a.write(batch -> batch.put("people", "2", Map.of("email", Value.of("one"))));
    HistoryItem before = a.store
        .history("people", "1", Optional.of("email"), Optional.empty(), 10)
        .get(1);
    assertThat(before.value()).isEqualTo(Value.of("one"));
    assertThatThrownBy(() -> a.write(batch -> batch.restore(before)))
        .isInstanceOfSatisfying(
            RuleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_UNIQUE));
    assertThat(a.store.get("people", "1")).contains(Map.of("email", Value.of("two")));
  }
}
