package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.rule.Answerer;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.Rename;
import dev.sealift.client.rule.Rows.Presence;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.rule.RuleViolation.Kind;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RuleTest {
  private static final int ALL = 1_000;

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");
  private final TestDevice c = folder.device("c");

  @AfterEach
  void close() {
    folder.close();
  }

  private static TableSchema table(
      String name, List<String> columns, List<Reference> references, List<Unique> uniques) {
    return table(name, columns, new TableRules(references, uniques, Map.of()));
  }

  private static TableSchema table(String name, List<String> columns, TableRules rules) {
    List<ColumnSchema> all = new ArrayList<>();
    columns.forEach(column -> all.add(new ColumnSchema(column, ColumnType.ANY)));
    return new TableSchema(name, "id", all, Set.of(), name, Set.of(), rules);
  }

  /** Countries, cities in them, and districts that the cities are needed for. */
  private void declare(OnRemove ofCountries, OnRemove ofCities) {
    a.write(batch -> {
      batch.declare(table("countries", List.of("name"), List.of(), List.of()));
      batch.declare(table(
          "cities",
          List.of("name", "country"),
          List.of(new Reference("cities", "country", "countries", ofCountries)),
          List.of()));
      batch.declare(table(
          "districts",
          List.of("city"),
          List.of(new Reference("districts", "city", "cities", ofCities)),
          List.of()));
    });
    sync();
  }

  private void declareUnique(Optional<String> rename, Map<String, Rename> renames) {
    for (TestDevice device : List.of(a, b, c)) {
      device.write(batch -> batch.declare(table(
          "people",
          List.of("email", "name"),
          new TableRules(
              List.of(), List.of(new Unique("people", List.of("email"), rename)), renames))));
      sync();
    }
  }

  private void put(TestDevice device, String table, String key, Object... values) {
    Map<String, Value> row = new java.util.HashMap<>();
    for (int i = 0; i < values.length; i += 2) {
      Object value = values[i + 1];
      row.put(
          (String) values[i],
          value instanceof Integer number ? Value.of(number) : Value.of((String) value));
    }
    device.write(batch -> batch.put(table, key, row));
  }

  private void remove(TestDevice device, String table, String key) {
    device.write(batch -> batch.remove(table, key));
  }

  /** Everybody has everything; two rounds, for what the first ones do not have yet. */
  private void sync() {
    for (int round = 0; round < 2; round++) {
      List.of(a, b, c).forEach(device -> mesh.sync(device, Long.MAX_VALUE));
    }
  }

  /** How many events it has answered with. */
  private static long answer(TestDevice device) {
    long before = device.store.pendingCount();
    boolean more = true;
    while (more) {
      try (Batch batch = device.store.batch()) {
        more = batch.answerRules(device.millis);
        batch.commit();
      }
    }
    return device.store.pendingCount() - before;
  }

  private static boolean isThere(TestDevice device, String table, String key) {
    return device.store.get(table, key).isPresent();
  }

  private void assertViolations(RuleViolation... expected) {
    for (TestDevice device : List.of(a, b, c)) {
      assertThat(device.store.violations(ALL)).containsExactly(expected);
    }
  }

  private void assertAlike() {
    for (TestDevice device : List.of(b, c)) {
      assertThat(device.store.visibleDigest()).isEqualTo(a.store.visibleDigest());
      assertThat(device.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
      assertThat(device.store.inbox(ALL)).isEqualTo(a.store.inbox(ALL));
    }
  }

  /** a removes the country, b has a city in it, and neither knows. */
  private void removeCountryWhileOthersUseIt() {
    put(a, "countries", "au", "name", "Australia");
    sync();
    remove(a, "countries", "au");
    put(b, "cities", "hba", "name", "Hobart", "country", "au");
    mesh.sync(a, Long.MAX_VALUE);
    mesh.get(b);
  }

  @Test
  void aParentThatWasRemovedComesBackForAChildThatItsRemoverHadNotSeen() {
    declare(OnRemove.RESTAMP, OnRemove.RESTAMP);
    removeCountryWhileOthersUseIt();
    assertThat(isThere(b, "countries", "au")).isFalse();

    assertThat(answer(b)).isEqualTo(1);
    sync();

    assertThat(b.store.get("countries", "au")).contains(Map.of("name", Value.of("Australia")));
    assertViolations();
    assertAlike();
    assertThat(a.store.inbox(ALL)).isEmpty();
  }

  @Test
  void aChildGoesWithItsParentAndWhatRefersToItAsWell() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    put(c, "districts", "north", "city", "hba");
    removeCountryWhileOthersUseIt();
    sync();

    assertThat(answer(b)).isEqualTo(2);
    assertThat(answer(a)).isEqualTo(2); // it has removed the country: equal answers
    sync();

    assertThat(isThere(a, "cities", "hba")).isFalse();
    assertThat(isThere(a, "districts", "north")).isFalse();
    assertAlike();
    assertThat(a.store.inbox(ALL)).isEmpty();
  }

  @Test
  void aChildThatAnotherRowNeedsIsNotRemovedAndIsTold() {
    declare(OnRemove.REMOVE, OnRemove.RESTAMP);
    put(c, "districts", "north", "city", "hba");
    removeCountryWhileOthersUseIt();
    sync();

    assertThat(answer(a) + answer(b) + answer(c)).isZero();
    assertViolations(new RuleViolation(
        Kind.REFERENCE_REMOVED, "cities", "hba", List.of("country"), "countries", "au"));

    remove(c, "districts", "north");
    sync();
    assertThat(answer(b)).as("nobody needs it any more").isEqualTo(1);
    sync();
    assertViolations();
    assertAlike();
  }

  @Test
  void whatIsOnlyToldOfStays() {
    declare(OnRemove.REPORT, OnRemove.REPORT);
    removeCountryWhileOthersUseIt();
    sync();

    assertThat(answer(a) + answer(b) + answer(c)).isZero();
    assertViolations(new RuleViolation(
        Kind.REFERENCE_REMOVED, "cities", "hba", List.of("country"), "countries", "au"));
  }

  @Test
  void aParentThatWasNeverThereIsToldOfAndNotAnswered() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    put(b, "cities", "hba", "country", "au");
    sync();

    assertThat(answer(b)).isZero();
    assertViolations(new RuleViolation(
        Kind.REFERENCE_MISSING, "cities", "hba", List.of("country"), "countries", "au"));
    put(a, "countries", "au");
    sync();
    assertViolations();
  }

  @Test
  void aParentThatCameTooLateWasNeverThere() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    put(b, "cities", "hba", "country", "au");
    sync();
    put(a, "countries", "au");
    TestDevice.Sent sent = a.pack();
    long late = TestDevice.START_MILLIS + 2 * TestDevice.RULES.cutOffMillis();
    for (TestDevice device : List.of(a, b, c)) {
      device.receive(sent, sent.at(device.store.position() + 1, late));
    }
    assertThat(answer(a) + answer(b)).isZero();
    assertViolations(new RuleViolation(
        Kind.REFERENCE_MISSING, "cities", "hba", List.of("country"), "countries", "au"));
  }

  @Test
  void aWholeNumberIsAKeyByItsDigits() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    put(a, "countries", "7", "name", "Australia");
    put(a, "countries", "07", "name", "Nowhere");
    sync();
    put(b, "cities", "hba", "country", 7);
    remove(a, "countries", "7");
    remove(a, "countries", "07");
    sync();

    assertThat(answer(b)).isEqualTo(1);
    assertThat(isThere(b, "countries", "7")).isTrue();
    assertThat(isThere(b, "countries", "07")).isFalse();
  }

  @Test
  void whoHadNoPartLeavesTheAnswerToOthersForAnHour() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    removeCountryWhileOthersUseIt();
    sync();

    assertThat(answer(c)).isZero();
    assertThat(c.store.untilRulesMillis(c.millis)).isBetween(1L, Answerer.PATIENCE_MILLIS);
    c.millis += Answerer.PATIENCE_MILLIS + 1;
    assertThat(c.store.untilRulesMillis(c.millis)).isZero();
    assertThat(answer(c)).isEqualTo(1);
    assertThat(isThere(c, "countries", "au")).isTrue();
    assertThat(c.store.untilRulesMillis(c.millis)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClockThatWasYearsAheadPutsNothingOff() {
    declare(OnRemove.REMOVE, OnRemove.RESTAMP);
    put(c, "districts", "north", "city", "hba");
    removeCountryWhileOthersUseIt();
    sync();
    long years = 5 * 365 * 24 * Answerer.PATIENCE_MILLIS;
    try (Batch batch = c.store.batch()) {
      batch.answerRules(c.millis + years);
      batch.commit();
    }
    assertThat(c.store.untilRulesMillis(c.millis)).isZero();
    assertThat(answer(c)).isZero();
    assertThat(c.store.untilRulesMillis(c.millis)).isBetween(1L, Answerer.PATIENCE_MILLIS);
  }

  @Test
  void whatOthersWroteByAClockFarAheadIsNotLookedAtAllTheTime() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    a.millis += 3 * Answerer.PATIENCE_MILLIS;
    b.millis += 3 * Answerer.PATIENCE_MILLIS;
    removeCountryWhileOthersUseIt();
    c.millis = b.millis; // takes it in, and is behind again
    sync();
    c.millis -= 3 * Answerer.PATIENCE_MILLIS;

    assertThat(answer(c)).isZero();
    assertThat(c.store.untilRulesMillis(c.millis)).isBetween(1L, Answerer.PATIENCE_MILLIS);
  }

  @Test
  void anAppThatIsTooOldWaitsForNothingToAnswer() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    removeCountryWhileOthersUseIt();
    a.write(batch -> {
      batch.useVersion(2);
      batch.requireVersion(2);
    });
    b.write(batch -> batch.useVersion(1));
    sync();

    assertThat(answer(b)).isZero();
    assertThat(b.store.untilRulesMillis(b.millis)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aParentThatWouldComeBackEmptyIsToldOf() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    put(a, "countries", "au", "name", "Australia");
    remove(a, "countries", "au");
    sync();
    b.millis += TestDevice.RULES.cutOffMillis() + 1;
    put(b, "cities", "hba", "country", "au");

    assertThat(answer(b)).isZero();
    assertThat(b.store.violations(ALL)).hasSize(1);
  }

  @Test
  void whatIsThereWhenARuleIsDeclaredIsLookedAtOnce() {
    a.write(batch -> {
      batch.declare(table("countries", List.of("name"), List.of(), List.of()));
      batch.declare(table("cities", List.of("country"), List.of(), List.of()));
    });
    put(a, "countries", "au", "name", "Australia");
    put(a, "cities", "hba", "country", "au");
    remove(a, "countries", "au");
    assertThat(answer(a)).isZero();

    a.write(batch -> batch.declare(table(
        "cities",
        List.of("country"),
        List.of(new Reference("cities", "country", "countries", OnRemove.RESTAMP)),
        List.of())));
    assertThat(answer(a)).isEqualTo(1);
    assertThat(isThere(a, "countries", "au")).isTrue();
  }

  @Test
  void aRuleMayComeBeforeTheTableThatItIsAbout() {
    a.write(batch -> batch.declare(table(
        "cities",
        List.of("country"),
        List.of(new Reference("cities", "country", "countries", OnRemove.REMOVE)),
        List.of())));
    put(a, "cities", "hba", "country", "au");
    assertThat(a.store.violations(ALL))
        .extracting(RuleViolation::kind)
        .containsExactly(Kind.REFERENCE_MISSING);
    a.write(batch -> batch.declare(table("countries", List.of(), List.of(), List.of())));
    put(a, "countries", "au");
    assertThat(a.store.violations(ALL)).isEmpty();
    remove(a, "countries", "au");
    assertThat(isThere(a, "cities", "hba")).isFalse();
  }

  @Test
  void whatBreaksARuleIsNotForgottenWhenTheStoreIsClosed() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    removeCountryWhileOthersUseIt();
    b.reopen();
    assertThat(answer(b)).isEqualTo(1);
  }

  @Test
  void aWriteThatWasTakenBackLeavesNothingToAnswer() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    put(a, "countries", "au", "name", "Australia");
    try (Batch batch = a.store.batch()) {
      batch.remove("countries", "au");
      batch.declare(table(
          "more",
          List.of("x"),
          List.of(new Reference("more", "x", "countries", OnRemove.REMOVE)),
          List.of()));
      batch.put("more", "1", Map.of("x", Value.of("au")));
    }
    assertThat(answer(a)).isZero();
    put(a, "cities", "hba", "country", "au");
    assertThatThrownBy(() -> remove(a, "countries", "au")).isInstanceOf(RuleException.class);
  }

  // Removing here

  @Test
  void aRowThatOthersNeedCannotBeRemovedHere() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    put(a, "countries", "au");
    put(a, "cities", "hba", "country", "au");
    put(a, "cities", "mel", "country", "au");
    long pending = a.store.pendingCount();

    assertThatThrownBy(() -> remove(a, "countries", "au"))
        .isInstanceOfSatisfying(RuleException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.REFERENCED);
          assertThat(e.rows()).isEqualTo(2);
          assertThat(e.table()).isEqualTo("cities");
        });
    assertThat(a.store.pendingCount()).isEqualTo(pending);
    remove(a, "cities", "hba");
    a.write(batch -> batch.patch("cities", "mel", Map.of("country", Value.NULL)));
    remove(a, "countries", "au");
    assertThat(isThere(a, "countries", "au")).isFalse();
  }

  @Test
  void whatGoesWithARowGoesInTheSameWrite() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    put(a, "countries", "au");
    for (int i = 0; i < 1_200; i++) {
      put(a, "cities", "c" + i, "country", "au");
    }
    put(a, "districts", "north", "city", "c7");
    remove(a, "countries", "au");
    assertThat(a.store.count("cities")).isZero();
    assertThat(a.store.count("districts")).isZero();
    assertThat(answer(a)).isZero();
  }

  @Test
  void whatAnotherRowNeedsKeepsAllThatItWouldGoWith() {
    declare(OnRemove.REMOVE, OnRemove.RESTAMP);
    put(a, "countries", "au");
    put(a, "cities", "hba", "country", "au");
    put(a, "districts", "north", "city", "hba");
    assertThatThrownBy(() -> remove(a, "countries", "au"))
        .isInstanceOfSatisfying(
            RuleException.class, e -> assertThat(e.table()).isEqualTo("districts"));
    assertThat(a.store.count("countries")).isEqualTo(1);
    assertThat(a.store.count("cities")).isEqualTo(1);
  }

  @Test
  void tooManyRowsDoNotGoAtATime() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    put(a, "countries", "au");
    a.write(batch -> {
      for (int i = 0; i < 10_001; i++) {
        batch.put("cities", "c" + i, Map.of("country", Value.of("au")));
      }
    });
    assertThatThrownBy(() -> remove(a, "countries", "au"))
        .isInstanceOfSatisfying(
            RuleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
  }

  // Unique values

  @Test
  void aValueThatAnotherRowHasIsRefusedHere() {
    declareUnique(Optional.empty(), Map.of());
    put(a, "people", "1", "email", "ann@x");
    put(a, "people", "2", "email", "bob@x");
    assertThatThrownBy(() -> put(a, "people", "3", "email", "ann@x"))
        .isInstanceOfSatisfying(RuleException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.NOT_UNIQUE);
          assertThat(e.key()).contains("1");
          assertThat(e).message().doesNotContain("ann");
        });
    assertThatThrownBy(() ->
            a.write(batch -> batch.patch("people", "2", Map.of("email", Value.of("ann@x")))))
        .isInstanceOf(RuleException.class);
    put(a, "people", "1", "email", "ann@x", "name", "Ann");
    put(a, "people", "4", "name", "nobody");
    put(a, "people", "5", "name", "nobody");
    remove(a, "people", "1");
    put(a, "people", "3", "email", "ann@x");
    assertThatThrownBy(() ->
            a.write(batch -> batch.patch("people", "1", Map.of("name", Value.of("Ann")))))
        .as("it would come back with what another row has now")
        .isInstanceOf(RuleException.class);
  }

  @Test
  void ofTwoRowsWithOneValueTheLaterIsToldOfOnAllDevices() {
    declareUnique(Optional.empty(), Map.of());
    a.millis += 10;
    put(a, "people", "1", "email", "ann@x");
    put(b, "people", "2", "email", "ann@x");
    sync();

    assertThat(answer(a) + answer(b) + answer(c)).isZero();
    assertViolations(
        new RuleViolation(Kind.NOT_UNIQUE, "people", "1", List.of("email"), "people", "2"));
    a.write(batch -> batch.patch("people", "1", Map.of("name", Value.of("Ann"))));
    put(a, "people", "1", "email", "ann@x", "name", "Anna");
    sync();
    assertThat(a.store.violations(ALL)).hasSize(1);
    a.write(batch -> batch.patch("people", "1", Map.of("email", Value.of("anna@x"))));
    sync();
    assertViolations();
    assertAlike();
  }

  @Test
  void severalColumnsAreUniqueTogether() {
    a.write(batch -> batch.declare(table(
        "seats",
        List.of("row", "number"),
        List.of(),
        List.of(new Unique("seats", List.of("row", "number"), Optional.empty())))));
    put(a, "seats", "1", "row", 1, "number", 1);
    put(a, "seats", "2", "row", 1, "number", 2);
    put(a, "seats", "3", "row", 1);
    put(a, "seats", "4", "row", 1);
    assertThatThrownBy(() ->
            a.write(batch -> batch.patch("seats", "2", Map.of("number", Value.of(1)))))
        .isInstanceOf(RuleException.class);
    assertThatThrownBy(() ->
            a.write(batch -> batch.patch("seats", "3", Map.of("number", Value.of(2)))))
        .isInstanceOf(RuleException.class);
  }

  private static Value numbered(Value value, String key, int attempt) {
    return Value.of(((Value.Text) value).value() + " " + (attempt + 1));
  }

  @Test
  void theLaterOfTwoGetsWhatTheAppMakesOfTheValue() {
    declareUnique(Optional.of("numbered"), Map.of("numbered", RuleTest::numbered));
    put(a, "people", "0", "email", "ann 2");
    sync();
    put(a, "people", "1", "email", "ann");
    b.millis += 10;
    put(b, "people", "2", "email", "ann");
    sync();
    assertThat(a.store.count("people")).isEqualTo(3);

    assertThat(answer(b)).isEqualTo(1);
    assertThat(answer(a)).isEqualTo(1);
    assertThat(answer(c)).isZero();
    sync();
    assertAlike();
    assertViolations();
    assertThat(a.store.inbox(ALL)).isEmpty();
    assertThat(email("1")).isEqualTo(Value.of("ann"));
    assertThat(email("2")).as("the first one that is free").isEqualTo(Value.of("ann 3"));
  }

  private Value email(String key) {
    return a.store.get("people", key).orElseThrow().get("email");
  }

  @Test
  void withoutAFreeValueBothStay() {
    Rename same = (value, key, attempt) -> value;
    declareUnique(Optional.of("same"), Map.of("same", same));
    put(a, "people", "1", "email", "ann");
    put(b, "people", "2", "email", "ann");
    sync();
    assertThat(answer(a) + answer(b)).isZero();
    assertThat(a.store.violations(ALL)).hasSize(1);
  }

  @Test
  void anAppWithoutTheFunctionTellsOfItOnly() {
    declareUnique(Optional.of("numbered"), Map.of("numbered", RuleTest::numbered));
    put(a, "people", "1", "email", "ann");
    put(b, "people", "2", "email", "ann");
    b.reopen();
    sync();
    assertThat(answer(b)).isZero();
    assertThat(b.store.violations(ALL)).hasSize(1);
    b.write(batch -> batch.declare(table(
        "people",
        List.of("email"),
        new TableRules(
            List.of(),
            List.of(new Unique("people", List.of("email"), Optional.of("numbered"))),
            Map.of("numbered", RuleTest::numbered)))));
    assertThat(answer(b)).as("now it has it").isEqualTo(1);
  }

  // Declaring

  @Test
  void oneThingIsDeclaredInOneWay() {
    declare(OnRemove.REMOVE, OnRemove.REMOVE);
    long pending = a.store.pendingCount();
    assertThatThrownBy(() -> a.write(batch -> batch.declare(table(
            "cities",
            List.of("country"),
            List.of(new Reference("cities", "country", "countries", OnRemove.RESTAMP)),
            List.of()))))
        .isInstanceOf(StoreException.class);
    a.write(batch -> batch.declare(table(
        "cities",
        List.of("country"),
        List.of(new Reference("cities", "country", "countries", OnRemove.REMOVE)),
        List.of())));
    assertThat(a.store.pendingCount()).isEqualTo(pending);
  }

  @Test
  void rulesAreOfPlainColumns() {
    assertThatThrownBy(() -> new TableSchema(
            "t",
            "id",
            List.of(new ColumnSchema("n", ColumnType.COUNTER)),
            Set.of(),
            "t",
            Set.of(),
            new TableRules(
                List.of(), List.of(new Unique("t", List.of("n"), Optional.empty())), Map.of())))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void lookingUpWhatRefersToARowTakesTheIndex() {
    declare(OnRemove.RESTAMP, OnRemove.REMOVE);
    put(a, "cities", "hba", "country", "au");
    ColumnInfo country = ColumnInfo.undeclared(2, null, "country", "country");
    TableInfo cities =
        TableInfo.of(3, "cities", "_cities", new SharedTable("id", null, false), null);
    String sql = new RuleSql.ReferenceSql(
            new Reference("cities", "country", "countries", OnRemove.RESTAMP),
            cities,
            country,
            cities)
        .referring(Presence.THERE);
    List<Value> arguments = List.of(Value.of("au"), Value.of(""), Value.of(1));
    try (QueryResult plan = a.store.query("explain query plan " + sql, arguments)) {
      assertThat(plan.next()).isTrue();
      assertThat(plan.value(3).toString()).contains("SEARCH c USING INDEX _sealift_rule_");
    }
  }
}
