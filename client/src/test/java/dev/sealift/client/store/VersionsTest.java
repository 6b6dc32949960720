package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices with different versions of an app in one space, step by step; {@link VersionsProperties} has them all at once. */
class VersionsTest {
  private static final ColumnSchema NAME = new ColumnSchema("name", ColumnType.TEXT);
  private static final ColumnSchema FULL_NAME =
      new ColumnSchema("fullName", ColumnType.TEXT).was("name");
  private static final TableSchema V1 = persons(NAME, new ColumnSchema("age", ColumnType.INTEGER));
  private static final TableSchema V2 = new TableSchema(
          "people", "id", List.of(FULL_NAME, new ColumnSchema("age", ColumnType.REAL)))
      .was("persons");

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice old = folder.device("old");
  private final TestDevice young = folder.device("young");
  private final TestDevice tool = folder.device("tool");

  private static TableSchema persons(ColumnSchema... columns) {
    return new TableSchema("persons", "id", List.of(columns));
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static void declare(TestDevice at, TableSchema table) {
    at.write(batch -> batch.declare(table));
  }

  private void exchange() {
    for (int i = 0; i < 3; i++) {
      List.of(old, young, tool).forEach(device -> mesh.sync(device, 10_000));
    }
    for (TestDevice device : List.of(young, tool)) {
      assertThat(device.store.mergeDigest()).isEqualTo(old.store.mergeDigest());
      assertThat(device.store.visibleDigest()).isEqualTo(old.store.visibleDigest());
    }
  }

  private static List<List<Value>> query(TestDevice device, String sql) {
    List<List<Value>> rows = new ArrayList<>();
    try (QueryResult result = device.store.query(sql, List.of())) {
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

  private static Value text(String text) {
    return Value.of(text);
  }

  private static List<String> columns(TestDevice device, String table) {
    return device.store.tables().stream()
        .filter(one -> one.name().equals(table))
        .flatMap(one -> one.columns().stream())
        .map(ColumnSchema::name)
        .toList();
  }

  // Names

  @Test
  void eachAppUsesItsOwnNamesAndAToolTheNewest() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"), "age", Value.of(36))));
    exchange();
    declare(young, V2);
    young.write(batch -> batch.patch("people", "1", Map.of("fullName", text("Ada Lovelace"))));
    exchange();

    assertThat(old.store.get("persons", "1"))
        .contains(Map.of("name", text("Ada Lovelace"), "age", Value.of(36)));
    assertThat(query(old, "select id, name from persons"))
        .containsExactly(List.of(text("1"), text("Ada Lovelace")));
    assertThat(query(young, "select id, fullName from people"))
        .containsExactly(List.of(text("1"), text("Ada Lovelace")));
    assertThat(query(tool, "select id, fullName from people")).hasSize(1);
    assertThat(tool.store.tables()).extracting(StoredTable::name).containsExactly("people");
    assertThat(tool.store.tables()).extracting(StoredTable::wire).containsExactly("persons");
    assertThatThrownBy(() -> query(tool, "select * from persons"))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> old.store.get("people", "1"))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_TABLE));
    assertThatThrownBy(() ->
            young.write(batch -> batch.patch("people", "1", Map.of("name", text("x")))))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_COLUMN));

    old.write(batch -> batch.put("persons", "2", Map.of("name", text("Alan"))));
    exchange();
    assertThat(young.store.get("people", "2").orElseThrow())
        .containsEntry("fullName", text("Alan"));
  }

  @Test
  void whatAnAppCallsThingsIsRememberedAndTravelsUnderTheFirstNames() {
    declare(young, V2);
    young.write(batch -> batch.put("people", "1", Map.of("fullName", text("Ada"))));
    young.reopen();
    assertThat(young.store.get("people", "1").orElseThrow()).containsEntry("fullName", text("Ada"));
    assertThat(query(young, "select fullName from people")).hasSize(1);
    for (EventRun run : young.pack().runs()) {
      assertThat(run.table()).isIn("persons", SchemaTable.NAME);
      assertThat(run.columns()).doesNotContain("fullName");
    }
  }

  @Test
  void changesAndTheInboxSpeakTheAppsNames() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"))));
    exchange();
    declare(young, V2);
    Set<String> told = new HashSet<>();
    young.store.onChange(changes -> told.addAll(changes.tables()));
    old.write(batch -> batch.patch("persons", "1", Map.of("name", text("older"))));
    young.millis += 5;
    young.write(batch -> batch.patch("people", "1", Map.of("fullName", text("newer"))));
    exchange();
    assertThat(told).containsExactly("people");
    LostValue there = young.store.inbox(10).get(0);
    LostValue here = old.store.inbox(10).get(0);
    assertThat(List.of(there.table(), there.column(), there.wire()))
        .containsExactly("people", "fullName", "persons");
    assertThat(List.of(here.table(), here.column(), here.wire()))
        .containsExactly("persons", "name", "persons");
    assertThat(there.value()).isEqualTo(text("older"));
    young.write(batch -> batch.dismiss(there));
    exchange();
    assertThat(old.store.inbox(10)).isEmpty();
  }

  @Test
  void namesThatMeetGetANumberAndNothingIsLost() {
    declare(old, persons(NAME));
    old.write(batch -> batch.declare(
        new TableSchema("people", "id", List.of(new ColumnSchema("x", ColumnType.ANY)))));
    old.write(batch -> batch.declare(persons(NAME, new ColumnSchema("fullName", ColumnType.TEXT))));
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("a"), "fullName", text("b"))));
    old.write(batch -> batch.put("people", "1", Map.of("x", text("c"))));
    exchange();
    declare(young, new TableSchema("people", "id", List.of(FULL_NAME)).was("persons"));
    exchange();

    assertThat(young.store.get("people", "1"))
        .contains(Map.of("fullName", text("a"), "fullName:2", text("b")));
    assertThat(young.store.get("people:2", "1")).contains(Map.of("x", text("c")));
    assertThat(query(young, "select \"fullName:2\" from people"))
        .containsExactly(List.of(text("b")));
    // For who has declared neither, a first name goes before a newer one.
    assertThat(tool.store.get("people", "1")).contains(Map.of("x", text("c")));
    assertThat(tool.store.get("people:2", "1"))
        .contains(Map.of("fullName", text("b"), "fullName:2", text("a")));
    tool.write(batch -> batch.patch("people:2", "1", Map.of("fullName:2", text("d"))));
    exchange();
    assertThat(old.store.get("persons", "1").orElseThrow()).containsEntry("name", text("d"));
  }

  @Test
  void twoVersionsWithDifferentNamesDoNotAnswerEachOtherForEver() {
    declare(old, V1);
    exchange();
    TableSchema v3 = persons(new ColumnSchema("title", ColumnType.TEXT).was("name"));
    declare(young, persons(FULL_NAME));
    declare(tool, v3);
    exchange();
    long size = mesh.log.size();
    for (int i = 0; i < 3; i++) {
      young.reopen();
      tool.reopen();
      declare(young, persons(FULL_NAME));
      declare(tool, v3);
      exchange();
    }
    assertThat(mesh.log).hasSize((int) size);
    assertThat(columns(young, "persons")).contains("fullName");
    assertThat(columns(tool, "persons")).contains("title");
  }

  @Test
  void aNewNameOfAToolIsEverybodysWhoHasNotDeclaredAnother() {
    declare(old, V1);
    exchange();
    tool.write(batch -> batch.amend(persons(FULL_NAME)));
    tool.write(
        batch -> batch.amend(persons(new ColumnSchema("title", ColumnType.TEXT).was("name"))));
    exchange();
    assertThat(columns(tool, "persons")).containsExactly("title", "age");
    assertThat(columns(young, "persons")).containsExactly("title", "age");
    assertThat(columns(old, "persons")).containsExactly("name", "age");
  }

  @Test
  void namesThatOthersGiveAreNamesAndNothingElse() {
    declare(old, V1);
    exchange();
    int counter = 0;
    for (String bad : List.of("sealift_x", "a\"b", "", "x; drop table t", "_sealift_column")) {
      forge(counter + 1, SchemaTable.columnKey("persons", "name"), text(bad));
      forge(counter + 2, SchemaTable.tableKey("persons"), text(bad));
      forge(counter + 3, SchemaTable.tableKey(SchemaTable.NAME), text(bad));
      counter += 3;
    }
    exchange();
    for (TestDevice device : List.of(old, tool)) {
      assertThat(columns(device, "persons")).containsExactly("name", "age");
      assertThat(query(device, "select name from persons")).isEmpty();
      assertThat(query(device, "select key from sealift_schema")).isNotEmpty();
    }
    forge(counter + 1, SchemaTable.columnKey("persons", "name"), text("name:2"));
    forge(counter + 2, SchemaTable.versionKey(999_999_999) + "9", text("x"));
    exchange();
    assertThat(columns(tool, "persons")).containsExactly("name", "age");
    old.write(batch -> batch.useVersion(1));
    assertThat(old.store.missingVersion()).isEmpty();
  }

  /** A file by a member whose program is another one. */
  private void forge(int counter, String key, Value shown) {
    forge(counter, key, SchemaTable.SHOWN, shown);
  }

  private void forge(int counter, String key, String column, Value value) {
    EventRun run = new EventRun(
        RunKind.PATCH,
        SchemaTable.NAME,
        mesh.log.size(),
        List.of(),
        List.of(column),
        List.of(
            new RowEvent(key, HybridTime.of(TestDevice.START_MILLIS, counter), List.of(value))));
    mesh.log.add(TestDevice.sent(DeviceId.of(TestDevice.hash("forger")), counter, List.of(run)));
  }

  // What a put writes

  @Test
  void aPutLeavesAloneWhatItsVersionDoesNotDeclareAlsoAfterOpeningAgain() {
    declare(old, persons(NAME));
    old.reopen();
    declare(young, persons(NAME, new ColumnSchema("email", ColumnType.TEXT)));
    young.write(
        batch -> batch.put("persons", "1", Map.of("name", text("Ada"), "email", text("a@b"))));
    exchange();
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Augusta"))));
    exchange();
    assertThat(young.store.get("persons", "1"))
        .contains(Map.of("name", text("Augusta"), "email", text("a@b")));
    // And all that it declares is written.
    old.write(batch -> batch.put("persons", "1", Map.of()));
    exchange();
    assertThat(young.store.get("persons", "1"))
        .contains(Map.of("name", Value.NULL, "email", text("a@b")));
  }

  @Test
  void aNewerVersionForgetsWhatItDoesNotDeclareAnyMore() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"), "age", Value.of(36))));
    old.reopen();
    declare(old, persons(NAME).dropping("age"));
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Augusta"))));
    exchange();
    declare(young, V1);
    assertThat(young.store.get("persons", "1"))
        .contains(Map.of("name", text("Augusta"), "age", Value.of(36)));
  }

  // Types

  @Test
  void typesFormALattice() {
    List<ColumnType> registers =
        Arrays.stream(ColumnType.values()).filter(ColumnType::isRegister).toList();
    for (ColumnType a : registers) {
      assertThat(a.widest(a)).isEqualTo(a);
      for (ColumnType b : registers) {
        assertThat(a.widest(b)).isEqualTo(b.widest(a));
        assertThat(a.isWithin(a.widest(b))).isTrue();
        assertThat(a.isWithin(b)).isEqualTo(a.widest(b) == b);
        for (ColumnType c : registers) {
          assertThat(a.widest(b).widest(c)).isEqualTo(a.widest(b.widest(c)));
          assertThat(a.isWithin(c) && b.isWithin(c)).isEqualTo(a.widest(b).isWithin(c));
        }
        for (Value value : List.of(Value.of(1), Value.of(1.5), text("x"), Value.of(new byte[1]))) {
          assertThat(!a.isWithin(b) || !a.accepts(value) || b.accepts(value)).isTrue();
        }
      }
    }
  }

  @Test
  void whatANewerVersionMakesWiderFitsThereAndIsReportedHere() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("age", Value.of(36))));
    exchange();
    declare(young, V2);
    young.write(batch -> batch.patch("people", "1", Map.of("age", Value.of(36.5))));
    young.write(batch -> batch.patch("people", "2", Map.of("age", Value.of(1))));
    exchange();
    assertThat(old.store.get("persons", "1").orElseThrow()).containsEntry("age", Value.of(36.5));
    assertThat(query(old, "select age from persons where id = '1'"))
        .containsExactly(List.of(Value.of(36.5)));
    assertThat(old.store.misfits(Optional.empty(), 10))
        .containsExactly(new Misfit("persons", "1", "age", Value.of(36.5), Misfit.Cause.TYPE));
    assertThat(old.store.misfitCount()).isEqualTo(1);
    assertThat(young.store.misfitCount()).isZero();
    assertThat(tool.store.misfitCount()).isZero();
    assertThatThrownBy(() ->
            old.write(batch -> batch.patch("persons", "1", Map.of("age", Value.of(1.5)))))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.WRONG_TYPE));
    tool.write(batch -> batch.patch("people", "2", Map.of("age", Value.of(0.5))));
    exchange();
    assertThat(old.store.misfitCount()).isEqualTo(2);
    old.write(batch -> batch.remove("persons", "1"));
    old.write(batch -> batch.patch("persons", "2", Map.of("age", Value.of(2))));
    assertThat(old.store.misfitCount()).isZero();
  }

  @Test
  void anOlderVersionNeverMakesATypeNarrower() {
    declare(young, V2);
    exchange();
    declare(old, V1);
    assertThat(old.store.pendingCount()).isZero();
  }

  @Test
  void whoeverWasOvertakenByANarrowerTypeMakesItWiderAgainAndThatEnds() {
    declare(young, V2);
    old.millis += 5; // the later declaration, which had not seen the other
    declare(old, V1);
    exchange();
    assertThat(tool.store.tables().get(0).columns())
        .extracting(ColumnSchema::type)
        .containsExactly(ColumnType.TEXT, ColumnType.REAL);
    long size = mesh.log.size();
    for (int i = 0; i < 3; i++) {
      List.of(old, young).forEach(TestDevice::reopen);
      declare(old, V1);
      declare(young, V2);
      exchange();
    }
    assertThat(mesh.log).hasSize((int) size);
  }

  @Test
  void typesOfWhichNoneIsWiderBecomeOneThatTakesBoth() {
    declare(young, persons(new ColumnSchema("x", ColumnType.TEXT)));
    declare(old, persons(new ColumnSchema("x", ColumnType.INTEGER)));
    young.write(batch -> batch.put("persons", "1", Map.of("x", text("one"))));
    exchange();
    assertThat(tool.store.tables().get(0).columns())
        .extracting(ColumnSchema::type)
        .containsExactly(ColumnType.ANY);
    assertThat(old.store.misfits(Optional.empty(), 10)).hasSize(1);
    declare(old, persons(new ColumnSchema("x", ColumnType.INTEGER)));
    declare(young, persons(new ColumnSchema("x", ColumnType.TEXT)));
    assertThat(old.store.pendingCount() + young.store.pendingCount()).isZero();
  }

  @Test
  void whatAnAppCouldNotHaveWrittenIsAMisfitOfEachType() {
    List<ColumnType> types =
        Arrays.stream(ColumnType.values()).filter(ColumnType::isRegister).toList();
    List<Value> values =
        List.of(Value.NULL, Value.of(1), Value.of(1.5), text("x"), Value.of(new byte[1]));
    List<ColumnSchema> typed = new ArrayList<>();
    List<ColumnSchema> open = new ArrayList<>();
    for (ColumnType type : types) {
      String name = "c" + type.ordinal();
      typed.add(new ColumnSchema(name, type));
      open.add(new ColumnSchema(name, ColumnType.ANY));
    }
    declare(old, new TableSchema("t", "id", typed));
    declare(young, new TableSchema("t", "id", open));
    Set<Misfit> expected = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      String key = "k" + i;
      Value value = values.get(i);
      for (ColumnSchema column : typed) {
        young.write(batch -> batch.patch("t", key, Map.of(column.name(), value)));
        if (!column.type().accepts(value)) {
          expected.add(new Misfit("t", key, column.name(), value, Misfit.Cause.TYPE));
        }
      }
    }
    exchange();
    assertThat(old.store.misfits(Optional.empty(), 100))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(old.store.misfitCount()).isEqualTo(expected.size());
    assertThat(young.store.misfitCount()).isZero();
  }

  @Test
  void aTableOfAsManyTypedColumnsAsThereIsRoomForIsTakenIn() {
    for (int part = 0; part < 8; part++) {
      List<ColumnSchema> columns = new ArrayList<>();
      for (int i = 0; i < 236; i++) {
        columns.add(new ColumnSchema("c" + part + "_" + i, ColumnType.TEXT));
      }
      young.write(batch -> batch.amend(new TableSchema("wide", "id", columns)));
    }
    young.write(batch -> batch.patch("wide", "k", Map.of("c7_235", text("x"))));
    exchange();
    assertThat(old.store.get("wide", "k").orElseThrow()).containsEntry("c7_235", text("x"));
    assertThat(old.store.misfitCount()).isZero();
    assertThat(old.store.misfits(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void misfitsComeInPages() {
    declare(old, V1);
    declare(
        young,
        persons(new ColumnSchema("name", ColumnType.ANY), new ColumnSchema("age", ColumnType.ANY)));
    for (int i = 0; i < 7; i++) {
      String key = "k" + i;
      young.write(
          batch -> batch.put("persons", key, Map.of("name", Value.of(1), "age", text("old"))));
    }
    exchange();
    for (int most : List.of(1, 2, 3, 100)) {
      List<Misfit> all = new ArrayList<>();
      List<Misfit> page = old.store.misfits(Optional.empty(), most);
      while (!page.isEmpty()) {
        assertThat(page).hasSizeLessThanOrEqualTo(most);
        all.addAll(page);
        page = old.store.misfits(Optional.of(all.get(all.size() - 1)), most);
      }
      assertThat(all).hasSize(14).doesNotHaveDuplicates();
    }
    assertThat(old.store.misfitCount()).isEqualTo(14);
  }

  // Defaults

  @Test
  void nullReadsAsTheDefaultAndStaysNull() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"))));
    exchange();
    var digest = old.store.visibleDigest();
    declare(
        young,
        persons(
            NAME.byDefault(text("nobody")),
            new ColumnSchema("age", ColumnType.REAL).byDefault(Value.of(0.1))));
    young.write(batch -> batch.put("persons", "2", Map.of()));
    exchange();
    Map<String, Value> both = Map.of("name", text("nobody"), "age", Value.of(0.1));
    for (TestDevice device : List.of(young, tool)) {
      assertThat(device.store.get("persons", "2")).contains(both);
      assertThat(device.store.page("persons", "", 9).get("2")).isEqualTo(both);
      assertThat(query(device, "select name from persons where age = 0.1 order by id"))
          .containsExactly(List.of(text("Ada")), List.of(text("nobody")));
      device.write(batch -> assertThat(batch.get("persons", "2")).contains(both));
    }
    // An app that declares the column without it sees what is there, as it always did.
    assertThat(old.store.get("persons", "2"))
        .contains(Map.of("name", Value.NULL, "age", Value.NULL));
    young.write(batch -> batch.remove("persons", "2"));
    assertThat(young.store.visibleDigest()).isEqualTo(digest);
  }

  @Test
  void anyValueCanBeADefault() {
    List<Value> values = List.of(
        Value.of(Long.MIN_VALUE),
        Value.of(Long.MAX_VALUE),
        Value.of(0.1),
        Value.of(Double.MIN_VALUE),
        Value.of(Double.MAX_VALUE),
        Value.of(-Double.MAX_VALUE),
        Value.of(Double.POSITIVE_INFINITY),
        Value.of(Double.NEGATIVE_INFINITY),
        Value.of(1e23),
        Value.of(4.35),
        text(""),
        text("it's \"quoted\"; -- \0 and on, \ud83d\ude00"),
        Value.of(new byte[0]),
        Value.of(new byte[] {0, -1}));
    List<ColumnSchema> columns = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      columns.add(new ColumnSchema("c" + i, ColumnType.ANY).byDefault(values.get(i)));
    }
    declare(old, new TableSchema("t", "id", columns));
    old.write(batch -> batch.put("t", "1", Map.of()));
    exchange();
    for (TestDevice device : List.of(old, tool)) {
      assertThat(device.store.get("t", "1").orElseThrow().values())
          .containsExactlyElementsOf(values);
    }
    assertThatThrownBy(() -> persons(NAME.byDefault(Value.of(1))))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> persons(NAME.byDefault(text("x".repeat(2_000)))))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void aSearchFindsTheDefault() {
    TableSchema searchable = new TableSchema("persons", "id", List.of(NAME), Set.of("name"));
    declare(young, searchable);
    young.write(batch -> batch.put("persons", "1", Map.of()));
    assertThat(young.store.search("persons", "nobody", 9, 10_000)).isEmpty();
    young.reopen();
    declare(
        young,
        new TableSchema(
                "people",
                "id",
                List.of(FULL_NAME.byDefault(text("Nobody yet"))),
                Set.of("fullName"))
            .was("persons"));
    assertThat(young.store.search("people", "nobody", 9, 10_000))
        .extracting(SearchHit::key)
        .containsExactly("1");
    young.write(batch -> batch.put("people", "1", Map.of("fullName", text("Ada"))));
    assertThat(young.store.search("people", "nobody", 9, 10_000)).isEmpty();
    young.write(batch -> batch.put("people", "1", Map.of()));
    assertThat(young.store.search("people", "nobody", 9, 10_000)).hasSize(1);
    exchange();
    assertThat(tool.store.search("people", "nobody", 9, 10_000)).hasSize(1);
  }

  // What is dropped

  @Test
  void whatIsDroppedIsHiddenAndKept() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"), "age", Value.of(36))));
    exchange();
    declare(young, persons(NAME).dropping("age"));
    exchange();
    for (TestDevice device : List.of(young, tool)) {
      assertThat(columns(device, "persons")).containsExactly("name");
      assertThat(device.store.get("persons", "1").orElseThrow()).containsOnlyKeys("name");
      assertThatThrownBy(() -> query(device, "select age from persons"))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(() ->
              device.write(batch -> batch.patch("persons", "1", Map.of("age", Value.of(1)))))
          .isInstanceOf(StoreException.class);
      device.write(batch -> batch.put("persons", "1", Map.of("name", text("Augusta"))));
      exchange();
    }
    assertThat(old.store.get("persons", "1"))
        .contains(Map.of("name", text("Augusta"), "age", Value.of(36)));
    old.write(batch -> batch.patch("persons", "1", Map.of("age", Value.of(37))));
    exchange();
    declare(tool, V1);
    assertThat(tool.store.get("persons", "1").orElseThrow()).containsEntry("age", Value.of(37));
  }

  @Test
  void whatLostInAHiddenColumnOrDoesNotFitCanBeRevivedAndDismissed() {
    declare(old, V1);
    declare(young, persons(NAME, new ColumnSchema("age", ColumnType.ANY)));
    exchange();
    old.write(batch -> batch.patch("persons", "1", Map.of("name", text("a"), "age", Value.of(1))));
    old.write(batch -> batch.patch("persons", "2", Map.of("age", Value.of(2))));
    tool.write(batch -> batch.patch("persons", "1", Map.of("age", text("one"))));
    tool.write(batch -> batch.patch("persons", "2", Map.of("age", text("two"))));
    young.millis += 5;
    young.write(batch -> batch.patch("persons", "1", Map.of("age", Value.of(3))));
    exchange();
    young.reopen();
    declare(young, persons(NAME).dropping("age"));
    exchange();
    for (TestDevice device : List.of(young, old)) {
      for (LostValue lost : device.store.inbox(10)) {
        assertThat(lost.column()).isEqualTo("age");
        device.write(batch -> batch.dismiss(lost));
        if (lost.value() instanceof Value.Text) {
          device.write(batch -> batch.revive(lost));
          assertThat(stored(device, lost.key())).isEqualTo(lost.value());
        }
      }
      exchange();
    }
    assertThat(old.store.inbox(10)).isEmpty();
    assertThat(old.store.misfitCount()).isPositive();
  }

  private static Value stored(TestDevice device, String key) {
    return query(device, "select age from _persons where _key = '" + key + "'")
        .get(0)
        .get(0);
  }

  @Test
  void aDroppedTableIsHiddenAndKept() {
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"))));
    exchange();
    young.write(batch -> batch.dropTable("persons"));
    exchange();
    assertThat(young.store.tables()).isEmpty();
    assertThat(tool.store.hasTable("persons")).isFalse();
    assertThatThrownBy(() -> query(tool, "select * from persons"))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> tool.write(batch -> batch.remove("persons", "1")))
        .isInstanceOf(StoreException.class);
    old.write(batch -> batch.put("persons", "2", Map.of("name", text("Alan"))));
    exchange();
    declare(tool, V1);
    assertThat(tool.store.count("persons")).isEqualTo(2);
    long pending = young.store.pendingCount();
    young.write(batch -> batch.dropTable("persons"));
    assertThat(young.store.pendingCount()).isEqualTo(pending);
  }

  // Lenses

  private static final Lens LAST = Lens.of("last-of-name", 1, value -> {
    String name = ((Value.Text) value).value();
    return Value.of(name.substring(name.lastIndexOf(' ') + 1));
  });

  private static TableSchema split(Lens lens) {
    return persons(
            new ColumnSchema("last", ColumnType.TEXT).from("name", lens).byDefault(text("-")))
        .dropping("name");
  }

  @Test
  void aLensShowsWhatOlderVersionsWriteWhereNothingNewerStands() {
    declare(old, persons(NAME));
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada Lovelace"))));
    old.write(batch -> batch.put("persons", "2", Map.of("name", text("Alan Turing"))));
    old.write(batch -> batch.put("persons", "3", Map.of()));
    exchange();
    var digest = old.store.visibleDigest();
    declare(young, split(LAST));
    assertThat(young.store.visibleDigest()).isEqualTo(digest);
    assertThat(query(young, "select id, last from persons order by last"))
        .containsExactly(
            List.of(text("3"), text("-")),
            List.of(text("1"), text("Lovelace")),
            List.of(text("2"), text("Turing")));
    young.write(batch -> {
      assertThat(batch.get("persons", "1")).contains(Map.of("last", text("Lovelace")));
      batch.patch("persons", "1", Map.of("last", text("King")));
    });
    exchange();
    assertThat(young.store.page("persons", "", 9).get("1")).isEqualTo(Map.of("last", text("King")));
    assertThat(old.store.get("persons", "1").orElseThrow())
        .containsEntry("name", text("Ada Lovelace"));
    // What is older than the newer value shows no more; what it shows nothing of, again.
    young.write(batch -> batch.put("persons", "1", Map.of()));
    assertThat(young.store.get("persons", "1")).contains(Map.of("last", text("Lovelace")));
  }

  @Test
  void aLensThatWasNotDeclaredYetShowsNothingAndAnotherVersionAnother() {
    declare(young, persons(NAME));
    young.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada Lovelace"))));
    young.reopen();
    declare(young, split(LAST));
    young.reopen();
    assertThat(young.store.get("persons", "1")).contains(Map.of("last", text("-")));
    declare(young, split(Lens.of("last-of-name", 2, value -> text("two"))));
    assertThat(query(young, "select last from persons")).containsExactly(List.of(text("two")));
    declare(young, split(LAST));
    assertThat(query(young, "select last from persons")).containsExactly(List.of(text("Lovelace")));
  }

  @Test
  void whatALensFailsAtIsNullAndReported() {
    declare(old, persons(new ColumnSchema("name", ColumnType.ANY)));
    old.write(batch -> batch.put("persons", "1", Map.of("name", Value.of(7))));
    old.write(batch -> batch.put("persons", "2", Map.of("name", text("number"))));
    old.write(batch -> batch.put("persons", "3", Map.of("name", text("Ada"))));
    exchange();
    Lens lens = Lens.of("some", 1, value -> {
      String name = ((Value.Text) value).value();
      return name.equals("number") ? Value.of(1) : text(name);
    });
    declare(young, persons(new ColumnSchema("last", ColumnType.TEXT).from("name", lens)));
    assertThat(query(young, "select last from persons order by id"))
        .containsExactly(List.of(Value.NULL), List.of(Value.NULL), List.of(text("Ada")));
    assertThat(young.store.misfits(Optional.empty(), 9))
        .containsExactly(
            new Misfit("persons", "1", "last", Value.of(7), Misfit.Cause.LENS),
            new Misfit("persons", "2", "last", text("number"), Misfit.Cause.LENS));
  }

  // Versions of the app

  @Test
  void anAppThatIsTooOldReadsAndReceivesAndSendsWhatItHasAndWritesNothing() {
    declare(old, V1);
    old.write(batch -> batch.useVersion(1));
    exchange();
    old.write(batch -> batch.put("persons", "1", Map.of("name", text("pending"))));
    young.write(batch -> {
      batch.useVersion(3);
      batch.declare(V2);
      batch.requireVersion(2);
    });
    young.write(batch -> batch.put("people", "2", Map.of("fullName", text("new"))));
    exchange();
    exchange();
    assertThat(old.store.missingVersion()).contains(2);
    assertThat(young.store.missingVersion()).isEmpty();
    assertThat(tool.store.missingVersion()).isEmpty();
    assertThat(young.store.get("people", "1")).isPresent();
    assertThat(old.store.get("persons", "2")).isPresent();
    assertThat(old.store.pendingCount()).isZero();
    List.<Consumer<Batch>>of(
            batch -> batch.put("persons", "1", Map.of()),
            batch -> batch.patch("persons", "1", Map.of("name", text("x"))),
            batch -> batch.mark("persons", "1"),
            batch -> batch.remove("persons", "1"),
            batch -> batch.amend(V1))
        .forEach(write -> assertThatThrownBy(() -> old.write(write))
            .isInstanceOfSatisfying(StoreException.class, e -> {
              assertThat(e.code()).isEqualTo(Code.APP_TOO_OLD);
              assertThat(e)
                  .hasMessageContaining("version 2")
                  .hasMessageContaining("update the app");
            }));
    old.reopen();
    assertThat(old.store.missingVersion()).contains(2);
    old.write(batch -> {
      batch.useVersion(1);
      batch.declare(persons(NAME, new ColumnSchema("local", ColumnType.TEXT)));
    });
    assertThat(columns(old, "persons")).contains("local");
    assertThat(old.store.pendingCount()).isZero();
    tool.write(batch -> batch.remove("people", "1"));
    exchange();
    assertThat(old.store.get("persons", "1")).isEmpty();

    old.write(batch -> batch.useVersion(2));
    assertThat(old.store.missingVersion()).isEmpty();
    old.write(batch -> batch.put("persons", "3", Map.of("name", text("updated"))));
    exchange();
  }

  @Test
  void ofSeveralMinimumVersionsTheHighestCounts() {
    young.write(batch -> batch.requireVersion(3));
    old.millis += 5;
    old.write(batch -> batch.requireVersion(2));
    exchange();
    for (TestDevice device : List.of(old, young, tool)) {
      device.write(batch -> batch.useVersion(2));
      assertThat(device.store.missingVersion()).contains(3);
      device.reopen();
      assertThat(device.store.missingVersion()).contains(3);
    }
  }

  @Test
  void aVersionThatWasTakenBackWithItsBatchCountsNoMore() {
    old.write(batch -> batch.useVersion(2));
    try (Batch batch = old.store.batch()) {
      batch.requireVersion(3);
    }
    assertThat(old.store.missingVersion()).isEmpty();
    declare(old, V1);
    old.write(batch -> batch.put("persons", "1", Map.of()));
  }

  private static void ask(TestDevice device, int minimum) {
    device.write(batch -> batch.requireVersion(minimum));
  }

  private void assertAsked(int minimum) {
    for (TestDevice device : List.of(old, young)) {
      assertThat(device.store.missingVersion())
          .isEqualTo(minimum > 1 ? Optional.of(minimum) : Optional.empty());
    }
  }

  /** A member's mistake, or malice, and the way out of it. */
  @Test
  void aToolSetsAnyMinimumAndThatHoldsAtOnce() {
    List.of(old, young).forEach(device -> device.write(batch -> batch.useVersion(1)));
    ask(tool, 5);
    ask(tool, 999_999_999);
    ask(tool, 1_000);
    exchange();
    assertAsked(999_999_999);

    tool.write(batch -> batch.amendVersion(5));
    exchange();
    assertAsked(5);
    tool.write(batch -> batch.amendVersion(7));
    exchange();
    assertAsked(7);
    tool.write(batch -> batch.amendVersion(0));
    assertThat(tool.store.missingVersion()).isEmpty();
    exchange();
    assertAsked(0);
    old.write(batch -> batch.declare(V1));
    old.reopen();
    assertAsked(0);
    old.write(batch -> batch.put("persons", "1", Map.of()));
    tool.write(batch -> batch.amendVersion(7));
    exchange();
    assertAsked(7);
  }

  @Test
  void anAppDoesNotAskAgainForWhatAToolHasTakenBack() {
    List.of(old, young).forEach(device -> device.write(batch -> batch.useVersion(4)));
    ask(young, 4);
    exchange();
    tool.write(batch -> batch.amendVersion(2));
    exchange();
    ask(young, 4);
    old.write(batch -> batch.useVersion(3));
    exchange();
    assertThat(old.store.missingVersion()).isEmpty();
    ask(old, 3);
    old.write(batch -> batch.useVersion(2));
    exchange();
    assertThat(old.store.missingVersion()).contains(3);
  }

  @Test
  void aMinimumThatIsTakenBackWithItsBatchCountsOn() {
    old.write(batch -> batch.useVersion(2));
    ask(tool, 3);
    exchange();
    try (Batch batch = tool.store.batch()) {
      batch.amendVersion(2);
    }
    tool.write(batch -> batch.useVersion(2));
    assertThat(tool.store.missingVersion()).contains(3);
  }

  @Test
  void whatCanBeNoTableIsNotKeptNorWrittenOnlineOnly() {
    declare(old, V1);
    exchange();
    String wrong = "no table!";
    forge(1, "k/" + wrong, "type", text("ALL"));
    forge(2, "o/" + wrong, "type", Value.NULL);
    forge(3, "k/persons", "type", text("ALL"));
    exchange();
    old.reopen();
    assertThat(query(old, "select name from _sealift_keep"))
        .containsExactly(List.of(text("persons")));
    assertThat(old.store.keep("persons")).isEqualTo(Keep.ALL);
  }

  /** It is asked for before, after, or together with what the device would answer. */
  @Test
  void anAppThatIsTooOldDoesNotWidenWhatBecameNarrower() {
    declare(old, persons(new ColumnSchema("age", ColumnType.ANY)));
    old.write(batch -> batch.useVersion(1));
    young.millis += 5;
    declare(young, persons(new ColumnSchema("age", ColumnType.INTEGER)));
    young.write(batch -> batch.requireVersion(2));
    mesh.sync(young, 10_000);
    mesh.get(old);
    assertThat(query(old, "select type from __sealift_schema where _key = 'c/persons/age'"))
        .containsExactly(List.of(text("INTEGER")));
    exchange();

    old.write(batch -> {
      batch.useVersion(2);
      batch.declare(persons(new ColumnSchema("age", ColumnType.ANY)));
    });
    exchange();
    assertThat(tool.store.tables().get(0).columns())
        .extracting(ColumnSchema::type)
        .containsExactly(ColumnType.ANY);
    assertThat(old.store.pendingCount()).isZero();
  }

  // History and undo

  private static List<String> told(TestDevice device, String table, String column) {
    return device.store.history(table, "1", Optional.of(column), Optional.empty(), 100).stream()
        .map(item -> item.table() + " " + item.wire() + " " + item.column() + " "
            + ((Value.Text) item.value()).value() + " " + item.state())
        .toList();
  }

  private static UndoResult undo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.undo()));
    return result.get(0);
  }

  private static void change(TestDevice device, Consumer<Batch> work) {
    device.write(batch -> {
      batch.undoable(100);
      work.accept(batch);
    });
  }

  @Test
  void historyIsToldByTheNamesOfEachApp() {
    declare(old, V1);
    exchange();
    declare(young, V2.keeping(Keep.ALL));
    exchange();
    assertThat(old.store.keep("persons")).isEqualTo(Keep.ALL);
    assertThat(young.store.keep("people")).isEqualTo(Keep.ALL);
    long pending = old.store.pendingCount();
    declare(old, V1.keeping(Keep.ALL));
    tool.write(batch -> batch.amend(V2.keeping(Keep.WINDOW)));
    assertThat(old.store.pendingCount()).isEqualTo(pending);
    assertThat(tool.store.pendingCount()).isZero();

    old.write(batch -> batch.put("persons", "1", Map.of("name", text("Ada"))));
    exchange();
    young.write(batch -> batch.patch("people", "1", Map.of("fullName", text("Ada Lovelace"))));
    exchange();
    assertThat(told(old, "persons", "name"))
        .containsExactly(
            "persons persons name Ada Lovelace CURRENT", "persons persons name Ada PAST");
    assertThat(told(young, "people", "fullName"))
        .containsExactly(
            "people persons fullName Ada Lovelace CURRENT", "people persons fullName Ada PAST");
    String sql =
        "select value from \"%s:history\" where \"column\" = '%s' and id = '1' order by sequence";
    List<List<Value>> both = List.of(List.of(text("Ada")), List.of(text("Ada Lovelace")));
    assertThat(query(old, sql.formatted("persons", "name"))).isEqualTo(both);
    assertThat(query(young, sql.formatted("people", "fullName"))).isEqualTo(both);
    assertThatThrownBy(() -> told(young, "people", "name"))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_COLUMN));

    HistoryItem before = young
        .store
        .history("people", "1", Optional.of("fullName"), Optional.empty(), 100)
        .get(1);
    young.write(batch -> batch.restore(before));
    exchange();
    assertThat(old.store.get("persons", "1").orElseThrow()).containsEntry("name", text("Ada"));
  }

  @Test
  void aToolMakesATableOfAnotherNameKeepMore() {
    declare(old, V1);
    exchange();
    tool.write(batch -> batch.amend(V2.keeping(Keep.ALL)));
    exchange();
    assertThat(tool.store.keep("people")).isEqualTo(Keep.ALL);
    assertThat(old.store.keep("persons")).isEqualTo(Keep.ALL);
  }

  @Test
  void whatWasWrittenToAColumnThatIsHiddenMeanwhileIsTakenBackAndRestored() {
    TableSchema before = persons(
        NAME,
        new ColumnSchema("fax", ColumnType.TEXT),
        new ColumnSchema("calls", ColumnType.COUNTER));
    declare(old, before);
    change(old, batch -> batch.put("persons", "1", Map.of("name", text("Ada"), "fax", text("1"))));
    change(old, batch -> {
      batch.patch("persons", "1", Map.of("name", text("Ada Lovelace"), "fax", text("2")));
      batch.increment("persons", "1", "calls", 3);
    });
    exchange();
    List<HistoryItem> written =
        old.store.history("persons", "1", Optional.of("fax"), Optional.empty(), 1);
    old.write(batch -> batch.declare(V2.dropping("fax", "calls")));
    old.reopen();
    old.write(batch -> batch.declare(V2.dropping("fax", "calls")));
    assertThat(columns(old, "people")).containsExactly("fullName", "age");

    UndoResult result = undo(old);
    assertThat(result.left()).isEmpty();
    assertThat(result.undone())
        .extracting(UndoResult.Undone::table, UndoResult.Undone::column)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("people", "fullName"),
            org.assertj.core.groups.Tuple.tuple("people", "fax"),
            org.assertj.core.groups.Tuple.tuple("people", "calls"));
    exchange();
    young.write(batch -> batch.declare(before));
    assertThat(young.store.get("persons", "1").orElseThrow())
        .containsEntry("name", text("Ada"))
        .containsEntry("fax", text("1"))
        .containsEntry("calls", Value.of(0));

    old.write(batch -> batch.restore(written.get(0)));
    exchange();
    assertThat(young.store.get("persons", "1").orElseThrow()).containsEntry("fax", text("2"));
  }

  @Test
  void anAppThatIsTooOldTakesNothingBackAndRestoresNothing() {
    declare(old, V1);
    change(old, batch -> batch.put("persons", "1", Map.of("name", text("Ada"))));
    old.write(batch -> batch.useVersion(1));
    exchange();
    young.write(batch -> {
      batch.useVersion(2);
      batch.requireVersion(2);
    });
    exchange();
    HistoryItem item = old.store
        .history("persons", "1", Optional.of("name"), Optional.empty(), 1)
        .get(0);
    List<Consumer<Batch>> writes = List.of(Batch::undo, Batch::redo, batch -> batch.restore(item));
    for (Consumer<Batch> write : writes) {
      assertThatThrownBy(() -> old.write(write))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.APP_TOO_OLD));
    }
    assertThat(old.store.pendingCount()).isZero();
    old.write(batch -> batch.useVersion(2));
    assertThat(undo(old).outcome()).isEqualTo(UndoResult.Outcome.DONE);
    assertThat(old.store.get("persons", "1")).isEmpty();
  }
}
