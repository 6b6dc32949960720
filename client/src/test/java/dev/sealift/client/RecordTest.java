package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.Column;
import dev.sealift.client.record.Key;
import dev.sealift.client.record.Searchable;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records as rows, and rows as records: exactly, or not at all. */
class RecordTest {
  record City(
      @Key String id,
      String name,
      @Nullable String country,
      @Nullable Long population) {}

  record Address(String street, int number, @Nullable List<String> tags) {}

  record Person(
      @Key UUID id,
      @Column("called") String name,
      boolean member,
      byte small,
      short medium,
      int large,
      long huge,
      float single,
      double real,
      Bytes picture,
      DayOfWeek day,
      Instant since,
      LocalDate born,
      LocalDateTime seen,
      LocalTime wakes,
      Address home,
      List<Address> others,
      Set<DayOfWeek> works,
      Map<DayOfWeek, Integer> hours) {}

  record Tree(String name, List<Tree> children) {}

  record Forest(@Key String id, Tree tree) {}

  @TempDir
  Path folder;

  private World world;
  private Space space;

  @BeforeEach
  void start() {
    world = new World(folder);
    space = world.home("a").create("household", Schema.of(Schema.table("cities", City.class)));
  }

  @AfterEach
  void end() {
    world.close();
  }

  private RecordTable<City> cities() {
    return space.table("cities", City.class);
  }

  private static SealiftException assertInvalid(ThrowingCallable call) {
    SealiftException thrown = World.thrownBy(call);
    assertThat(thrown.code()).isEqualTo(ErrorCode.INVALID_INPUT);
    return thrown;
  }

  @Test
  void aRecordDeclaresItsTable() {
    assertThat(space.tables()).hasSize(1);
    assertThat(space.tables().get(0).key()).isEqualTo("id");
    assertThat(space.tables().get(0).columns())
        .containsExactly(
            new ColumnSchema("name", ColumnType.TEXT),
            new ColumnSchema("country", ColumnType.TEXT),
            new ColumnSchema("population", ColumnType.INTEGER));
  }

  @Test
  void whatIsPutIsGot() {
    City hobart = new City("hba", "Hobart", "AU", 252_669L);
    City nowhere = new City("x", "Nowhere", null, null);
    cities().put(hobart);
    cities().put("x", nowhere);
    assertThat(cities().get("hba")).contains(hobart);
    assertThat(cities().get("x")).contains(nowhere);
    assertThat(cities().get("y")).isEmpty();
    cities().remove("x");
    assertThat(cities().count()).isEqualTo(1);
    assertThat(cities().table().get("hba"))
        .contains(Row.of("name", "Hobart", "country", "AU", "population", 252_669));
  }

  private static Person person() {
    return new Person(
        UUID.fromString("6f1c1e0c-7c0e-4a3a-9d1f-0b8f3f6f2a11"),
        "Ada",
        true,
        Byte.MIN_VALUE,
        Short.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        0.1f,
        Math.PI,
        Bytes.of((byte) 0, (byte) -1),
        DayOfWeek.MONDAY,
        Instant.parse("2026-11-28T20:56:56.5Z"),
        LocalDate.of(1815, 12, 10),
        LocalDateTime.of(2026, 1, 2, 3, 4),
        LocalTime.of(7, 30),
        new Address("Mühlweg \"3\"\u2028", 3, null),
        List.of(new Address("a", 1, List.of()), new Address("b", 2, List.of("x", "y"))),
        Set.of(DayOfWeek.FRIDAY, DayOfWeek.MONDAY),
        Map.of(DayOfWeek.FRIDAY, 3, DayOfWeek.MONDAY, 8));
  }

  @Test
  void everyTypeComesBackAsItWas() {
    space.declare(Schema.of(Schema.table("people", Person.class)));
    RecordTable<Person> people = space.table("people", Person.class);
    people.put(person());
    assertThat(people.get(person().id().toString())).contains(person());
    try (var result = space.query("select * from people", Person.class)) {
      assertThat(result.stream().toList()).containsExactly(person());
    }
  }

  @Test
  void cellsHoldWhatTheReadmeSays() {
    Row row = Row.of(person());
    assertThat(row.columns()).startsWith("called", "member").doesNotContain("id", "name");
    assertThat(row.integer("member")).contains(1L);
    assertThat(row.real("single")).contains((double) 0.1f);
    assertThat(row.text("day")).contains("MONDAY");
    assertThat(row.text("since")).contains("2026-11-28T20:56:56.500000000Z");
    assertThat(row.text("born")).contains("1815-12-10");
    assertThat(row.text("seen")).contains("2026-01-02T03:04:00.000000000");
    assertThat(row.text("wakes")).contains("07:30:00.000000000");
    assertThat(row.text("home"))
        .contains("{\"street\":\"Mühlweg \\\"3\\\"\\u2028\",\"number\":3,\"tags\":null}");
    assertThat(row.text("works")).contains("[\"FRIDAY\",\"MONDAY\"]");
    assertThat(row.text("hours")).contains("{\"FRIDAY\":3,\"MONDAY\":8}");
  }

  record Sorted(Map<String, Integer> map, Set<Integer> set) {}

  @Test
  void equalRecordsMakeEqualRows() {
    Map<String, Integer> forward = new LinkedHashMap<>();
    Map<String, Integer> backward = new LinkedHashMap<>();
    for (int i = 0; i < 9; i++) {
      forward.put("k" + i, i);
      backward.put("k" + (8 - i), 8 - i);
    }
    assertThat(Row.of(new Sorted(
            forward,
            forward.keySet().stream()
                .map(String::hashCode)
                .collect(java.util.stream.Collectors.toCollection(java.util.LinkedHashSet::new)))))
        .isEqualTo(Row.of(new Sorted(
            backward,
            backward.keySet().stream()
                .map(String::hashCode)
                .collect(java.util.stream.Collectors.toCollection(java.util.LinkedHashSet::new)))));
  }

  record Times(Instant at) {}

  @Test
  void timesSortAsTheirTexts() {
    List<Instant> times = List.of(
        Instant.parse("0000-01-01T00:00:00Z"),
        Instant.parse("1999-12-31T23:59:59.999Z"),
        Instant.parse("2026-01-01T00:00:00Z"),
        Instant.parse("2026-01-01T00:00:00.000000001Z"),
        Instant.parse("2026-01-01T00:00:00.5Z"),
        Instant.parse("9999-12-31T23:59:59.999999999Z"));
    assertThat(times.stream().map(at -> Row.of(new Times(at)).text("at").orElseThrow()))
        .isSorted();
    times.forEach(at -> assertThat(Row.of(new Times(at)).as(Times.class).at()).isEqualTo(at));
    assertInvalid(() -> Row.of(new Times(Instant.MAX)));
    assertInvalid(() -> Row.of(new Times(Instant.parse("-0001-12-31T23:59:59Z"))));
  }

  @Test
  void aRecordMayHavePartsOfItsOwnType() {
    space.declare(Schema.of(Schema.table("forests", Forest.class)));
    Forest forest = new Forest("f", new Tree("a", List.of(new Tree("b", List.of()))));
    RecordTable<Forest> forests = space.table("forests", Forest.class);
    forests.put(forest);
    assertThat(forests.get("f")).contains(forest);
  }

  @Test
  void whatIsNestedTooDeepToBeReadIsNotWritten() {
    space.declare(Schema.of(Schema.table("forests", Forest.class)));
    RecordTable<Forest> forests = space.table("forests", Forest.class);
    Forest deepest = new Forest("f", tree(32));
    forests.put(deepest);
    assertThat(forests.get("f")).contains(deepest);
    assertInvalid(() -> forests.put(new Forest("g", tree(33))));
    List<Tree> endless = new ArrayList<>();
    endless.add(new Tree("a", endless));
    assertInvalid(() -> forests.put(new Forest("g", new Tree("a", endless))));
  }

  /** Two levels each: its object and its list. */
  private static Tree tree(int high) {
    return new Tree("t", high == 1 ? List.of() : List.of(tree(high - 1)));
  }

  @Test
  void manyRecordsAndSeveralInOneWrite() {
    cities()
        .putAll(IntStream.range(0, 11_000)
            .mapToObj(i -> new City("k" + i, "n" + i, null, (long) i))
            .iterator());
    space.write(writes -> {
      writes.put("cities", new City("hba", "Hobart", "AU", null));
      writes.remove("cities", "k0");
    });
    assertThat(cities().count()).isEqualTo(11_000);
  }

  record Count(
      @Nullable String country, int cities, @Nullable Double mean) {}

  @Test
  void aQueryGivesAnyRecordByTheNamesOfItsColumns() {
    cities().put(new City("hba", "Hobart", "AU", 3L));
    cities().put(new City("per", "Perth", "AU", 6L));
    cities().put(new City("osl", "Oslo", "NO", null));
    String sql = "select avg(population) as mean, count(*) as CITIES, country, 1 as more"
        + " from cities where id <> ? group by country order by country";
    try (RecordResult<Count> counts = space.query(sql, Count.class, "x")) {
      assertThat(counts.next()).isTrue();
      assertThat(counts.record()).isEqualTo(new Count("AU", 2, 4.5));
      assertThat(counts.next()).isTrue();
      assertThat(counts.record()).isEqualTo(new Count("NO", 1, null));
      assertThat(counts.next()).isFalse();
    }
  }

  @Test
  void aColumnThatIsMissingOrThereTwiceIsNamed() {
    assertThat(assertInvalid(() -> space.query("select id, name from cities", City.class)))
        .hasMessageContaining("country")
        .hasMessageContaining("City");
    assertInvalid(() -> space.query("select *, 1 as Name from cities", City.class));
    assertThat(World.codeOf(() -> space.query("selec", City.class))).isEqualTo(ErrorCode.BAD_QUERY);
    for (int i = 0; i < 100; i++) { // a result that was not closed would stay open
      assertInvalid(() -> space.query("select id from cities", City.class));
    }
  }

  record Mayor(@Key String id, String mayor) {}

  record OtherKey(@Key String code, String name) {}

  record Keyless(String name) {}

  @Test
  void aTableThatHasNotWhatARecordNeedsIsRefused() {
    assertInvalid(() -> space.table("cities", Mayor.class));
    assertInvalid(() -> space.table("cities", OtherKey.class));
    assertThat(World.codeOf(() -> space.table("mayors", City.class)))
        .isEqualTo(ErrorCode.NO_SUCH_TABLE);
    assertInvalid(() -> Schema.table("t", Keyless.class));
  }

  @Test
  void aRecordWithoutAKeyIsPutUnderOneThatIsGiven() {
    RecordTable<Keyless> names = space.table("cities", Keyless.class);
    names.put("1", new Keyless("Hobart"));
    assertThat(names.get("1")).contains(new Keyless("Hobart"));
    assertInvalid(() -> names.put(new Keyless("Perth")));
    assertInvalid(() -> cities().put("2", new City("1", "Perth", null, null)));
    space.declare(Schema.of(Schema.table("names", "id").columns(Keyless.class)));
    assertThat(space.table("names", Keyless.class).count()).isZero();
  }

  /** What another app may have written into columns of any kind. */
  private void assertRefused(Object value, Class<? extends Record> type) {
    String column = type.getRecordComponents()[0].getName();
    assertInvalid(() -> Row.of(column, value).as(type));
  }

  record AnInt(int n) {}

  record ABoxed(@Nullable Integer n) {}

  record AByte(byte n) {}

  record ATruth(boolean n) {}

  record AReal(double n) {}

  record AFloat(float n) {}

  record AText(String n) {}

  record Some(byte @Nullable [] n) {}

  record ADay(DayOfWeek n) {}

  record ATime(Instant n) {}

  record AUuid(UUID n) {}

  record Numbers(List<Integer> n) {}

  record Nested(Address n) {}

  record Flags(Map<String, Boolean> n) {}

  @Test
  void aValueThatDoesNotFitIsNeverBent() {
    assertRefused(null, AnInt.class);
    assertRefused(1L << 31, AnInt.class);
    assertRefused(1.0, AnInt.class);
    assertRefused("1", AnInt.class);
    assertRefused("1", ABoxed.class);
    assertRefused(128, AByte.class);
    assertRefused(2, ATruth.class);
    assertRefused("true", ATruth.class);
    assertRefused("1.5", AReal.class);
    assertRefused((1L << 53) + 1, AReal.class);
    assertRefused(Long.MIN_VALUE, AReal.class);
    assertRefused(0.1, AFloat.class);
    assertRefused(16_777_217, AFloat.class);
    assertRefused(1, AText.class);
    assertRefused(new byte[] {65}, AText.class);
    assertRefused("A", Some.class);
    assertRefused("monday", ADay.class);
    assertRefused("2026-11-28", ATime.class);
    assertRefused("x", AUuid.class);
    assertThat(Row.of("n", null).as(ABoxed.class)).isEqualTo(new ABoxed(null));
    assertThat(Row.of("n", 1 << 20).as(AReal.class)).isEqualTo(new AReal(1 << 20));
    assertThat(Row.of("n", 1L << 53).as(AReal.class)).isEqualTo(new AReal(0x1p53));
    assertThat(Row.of("n", 127).as(AByte.class)).isEqualTo(new AByte((byte) 127));
    assertThat(Row.of("n", null).as(Some.class).n()).isNull();
  }

  @Test
  void jsonThatDoesNotFitIsNeverBent() {
    for (String json : List.of(
        "",
        "null",
        "{}",
        "[1",
        "[1] 2",
        "[1.5]",
        "[2147483648]",
        "[\"1\"]",
        "[1e2]",
        "[NaN]",
        "['1']",
        "[1,]",
        "[".repeat(65) + "]".repeat(65),
        "[".repeat(100_000))) {
      assertRefused(json, Numbers.class);
    }
    assertThat(Row.of("n", " [1, null] ").as(Numbers.class).n()).containsExactly(1, null);
    assertRefused("[]", Nested.class);
    assertRefused("{\"street\":\"a\"}", Nested.class);
    assertRefused("{\"street\":\"a\",\"number\":null}", Nested.class);
    assertRefused("{\"street\":1,\"number\":1}", Nested.class);
    assertThat(Row.of("n", "{\"number\":1,\"later\":[]}").as(Nested.class).n())
        .isEqualTo(new Address(null, 1, null));
    assertRefused("{\"a\":1}", Flags.class);
    assertRefused("{\"a\":\"true\"}", Flags.class);
  }

  @Test
  void aRowThatDoesNotFitIsNamedAndPassedOver() {
    space.declare(Schema.of(Schema.table("things", "id").any("n")));
    Table things = space.table("things");
    things.put("1", Row.of("n", 1));
    things.put("2", Row.of("n", "two"));
    things.put("3", Row.of("n", 3));
    List<Object> read = new ArrayList<>();
    try (RecordResult<AnInt> rows =
        space.query("select id, n from things order by id", AnInt.class)) {
      while (rows.next()) {
        try {
          read.add(rows.record().n());
        } catch (SealiftException e) {
          assertThat(e).hasMessageContaining("AnInt").hasMessageNotContaining("two");
          read.add(rows.row().get(1));
        }
      }
    }
    assertThat(read).containsExactly(1, Value.of("two"), 3);
    assertInvalid(() -> space.table("things", AnInt.class).get("2"));
  }

  record Positive(int n) {
    Positive {
      if (n <= 0) {
        throw new IllegalArgumentException("not positive");
      }
    }
  }

  @Test
  void whatARecordRefusesIsSaid() {
    assertThat(assertInvalid(() -> Row.of("n", 0).as(Positive.class)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  record Note(
      @Key String id,
      @Searchable String title,
      @Searchable @Column("body") String text) {}

  record OddNote(@Key String id, @Searchable int stars) {}

  @Test
  void componentsMayBeSearchable() {
    space.declare(Schema.of(Schema.table("notes", Note.class)));
    space.table("notes", Note.class).put(new Note("1", "Milk", "and bread"));
    assertThat(space.search("notes", "bread MILK")).hasSize(1);
    assertThat(space.search("notes", "bread", 1).get(0).key()).isEqualTo("1");
    assertInvalid(() -> space.search("notes", "\""));
    assertInvalid(() -> space.search("notes", "x", 0));
    assertInvalid(() -> space.search("notes", "x", 1_001));
    assertInvalid(() -> space.search("notes", "\ud800x"));
    assertInvalid(() -> space.search("cities", "x"));
    assertThat(World.codeOf(() -> space.search("nowhere", "x"))).isEqualTo(ErrorCode.NO_SUCH_TABLE);
    assertInvalid(() -> Schema.of(Schema.table("t", OddNote.class)));
    assertInvalid(() -> Schema.table("t", "id").searchable());
    assertInvalid(() -> Schema.of(Schema.table("t", "id").integer("n").searchable()));
  }

  record Odd(Object n) {}

  record OddList(List<?> n) {}

  record OddKeys(Map<Integer, String> n) {}

  record TwoOfAName(int n, @Column("N") int m) {}

  record TwoKeys(@Key String a, @Key String b) {}

  record NumberKey(@Key int n) {}

  @Test
  void recordsThatCannotStandInRowsAreRefused() {
    assertInvalid(() -> Row.of(new Odd("x")));
    assertInvalid(() -> Row.of(new OddList(List.of())));
    assertInvalid(() -> Row.of(new OddKeys(Map.of())));
    assertInvalid(() -> Row.of(new TwoOfAName(1, 2)));
    assertInvalid(() -> Row.of(new TwoKeys("a", "b")));
    assertInvalid(() -> Row.of(new NumberKey(1)));
    assertInvalid(() -> Row.of(new AReal(Double.NaN)));
    assertInvalid(() -> Row.of(new AText("\ud800")));
    assertInvalid(() -> cities().put(new City(null, "Hobart", null, null)));
    Map<String, Boolean> withNull = new HashMap<>();
    withNull.put(null, true);
    assertInvalid(() -> Row.of(new Flags(withNull)));
    assertThat(Row.of(new Numbers(Arrays.asList(1, null))).text("n")).contains("[1,null]");
    assertThat(Row.of(new Numbers(Collections.emptyList())).text("n")).contains("[]");
  }

  @Test
  void aTableIsReadPageByPage() {
    Set<String> expected = new java.util.TreeSet<>();
    List<City> all = IntStream.range(0, 95)
        .mapToObj(i -> new City("k" + i, "n" + i, null, (long) i))
        .toList();
    cities().putAll(all.iterator());
    all.forEach(city -> expected.add(city.id()));
    cities().remove("k50");
    expected.remove("k50");
    List<String> read = new ArrayList<>();
    String last = "";
    Map<String, City> page;
    do {
      page = cities().page(last, 10);
      for (Map.Entry<String, City> row : page.entrySet()) {
        assertThat(row.getValue().id()).isEqualTo(row.getKey());
        last = row.getKey();
        read.add(last);
      }
      if (read.size() == 20) {
        cities().remove(last); // who comes back to a key that is gone goes on behind it
      }
    } while (page.size() == 10);
    assertThat(read).containsExactlyElementsOf(expected);
    assertInvalid(() -> cities().page("", 0));
    assertInvalid(() -> cities().page("", 10_001));
  }
}
