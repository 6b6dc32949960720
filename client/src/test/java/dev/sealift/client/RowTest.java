package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be written and asked, and how what cannot is refused. */
class RowTest {
  @TempDir
  Path folder;

  private World world;
  private Space space;
  private Table cities;

  @BeforeEach
  void start() {
    world = new World(folder);
    space = world.home("a").create("household", World.SCHEMA);
    cities = space.table("cities");
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void aRowTakesEveryKindOfValue() {
    Row row = Row.of(
        "t",
        "text",
        "i",
        7,
        "l",
        8L,
        "s",
        (short) 9,
        "r",
        1.5,
        "f",
        2.5f,
        "b",
        new byte[] {1},
        "n",
        null);
    assertThat(row.columns()).containsExactly("t", "i", "l", "s", "r", "f", "b", "n");
    assertThat(row.text("t")).contains("text");
    assertThat(row.integer("i")).contains(7L);
    assertThat(row.integer("s")).contains(9L);
    assertThat(row.real("r")).contains(1.5);
    assertThat(row.real("l")).contains(8.0);
    assertThat(row.bytes("b")).hasValue(new byte[] {1});
    assertThat(row.isNull("n")).isTrue();
    assertThat(row.text("i")).isEmpty();
    assertThat(row.integer("t")).isEmpty();
    assertThat(row.real("t")).isEmpty();
    assertThat(row.bytes("t")).isEmpty();
    assertThat(row.value("i")).isEqualTo(Value.of(7));
  }

  @Test
  void rowsAreEqualByContent() {
    assertThat(Row.of("a", 1, "b", null))
        .isEqualTo(Row.of("b", null, "a", 1L))
        .hasSameHashCodeAs(Row.of("a", 1, "b", null));
    assertThat(Row.of("a", 1))
        .isNotEqualTo(Row.of("a", 1.0))
        .hasToString(Row.of("a", 1L).toString());
  }

  @Test
  void whatIsNoRowIsRefused() {
    assertInvalid(() -> Row.of("name"));
    assertInvalid(() -> Row.of(1, "Hobart"));
    assertInvalid(() -> Row.of(null, "Hobart"));
    assertInvalid(() -> Row.of("name", "Hobart", "name", "Perth"));
    assertInvalid(() -> Row.of("name", List.of()));
    assertInvalid(() -> Row.of("name", Double.NaN));
    assertInvalid(() -> Row.of("name", "\ud800"));
    assertInvalid(() -> Row.of("name", new byte[768 * 1024 + 1]));
    assertInvalid(() -> Row.of("name", "Hobart").value("country"));
  }

  private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThat(World.codeOf(call)).isEqualTo(ErrorCode.INVALID_INPUT);
  }

  @Test
  void aRefusedWriteChangesNothing() {
    assertInvalid(() -> cities.put("", Row.of("name", "Hobart")));
    assertInvalid(() -> cities.put("k".repeat(1025), Row.of("name", "Hobart")));
    assertInvalid(() -> cities.put("1", Row.of("mayor", "nobody")));
    assertInvalid(() -> cities.put("1", Row.of("population", "many")));
    assertInvalid(
        () -> cities.put("1", Row.of("name", "a".repeat(600_000), "country", "b".repeat(600_000))));
    assertThat(cities.count()).isZero();
    assertThat(space.status().pendingWrites()).isEqualTo(pendingOfSchema());
  }

  private long pendingOfSchema() {
    return world.home("b").create("other", World.SCHEMA).status().pendingWrites();
  }

  @Test
  void severalWritesAreKeptTogetherOrNotAtAll() {
    assertInvalid(() -> space.write(writes -> {
      writes.put("cities", "1", Row.of("name", "Hobart"));
      writes.patch("cities", "2", Row.of("mayor", "nobody"));
    }));
    assertThat(cities.count()).isZero();
    org.assertj.core.api.Assertions.assertThatIllegalStateException()
        .isThrownBy(() -> space.write(writes -> {
          writes.put("cities", "1", Row.of("name", "Hobart"));
          throw new IllegalStateException("the app's own");
        }));
    assertThat(cities.count()).isZero();
    space.write(writes -> {
      writes.put("cities", "1", Row.of("name", "Hobart", "country", "AU"));
      writes.patch("cities", "1", Row.of("country", null));
      writes.put("cities", "2", Row.of("name", "Perth"));
      writes.remove("cities", "2");
    });
    assertThat(cities.get("1"))
        .contains(Row.of("name", "Hobart", "country", null, "population", null));
    assertThat(cities.get("2")).isEmpty();
    cities.remove("2");
  }

  @Test
  void manyRowsAreWrittenInSeveralTransactions() {
    long written = cities.putAll(IntStream.range(0, 25_000)
        .mapToObj(i -> Map.entry("k" + i, Row.of("population", i)))
        .iterator());
    assertThat(written).isEqualTo(25_000);
    assertThat(cities.count()).isEqualTo(25_000);
  }

  @Test
  void ofManyRowsThoseBeforeAFailureAreKeptByTheTransaction() {
    assertInvalid(() -> cities.putAll(IntStream.range(0, 15_000)
        .mapToObj(i -> Map.entry(i == 12_000 ? "" : "k" + i, Row.of("population", i)))
        .iterator()));
    assertThat(cities.count()).isEqualTo(10_000);
  }

  @Test
  void aSchemaThatCannotBeIsRefused() {
    assertInvalid(() -> Schema.of(Schema.table("", "id").text("a")));
    assertInvalid(() -> Schema.of(Schema.table("sealift_x", "id").text("a")));
    assertInvalid(() -> Schema.of(Schema.table("t", "id").text("a").text("A")));
    assertInvalid(() -> Schema.of(Schema.table("t", "id").text("id")));
    assertInvalid(() -> Schema.of(Schema.table("t", "i d")));
  }

  @Test
  void aSchemaThatContradictsTheSpaceIsRefused() {
    assertInvalid(() -> space.declare(Schema.of(Schema.table("cities", "id").integer("name"))));
    assertThat(space.tables()).hasSize(1);
    space.declare(Schema.of(
        Schema.table("cities", "id").text("name").any("extra").real("area").bytes("flag")));
    cities.put("1", Row.of("extra", 1, "area", 2, "flag", new byte[0]));
    assertThat(World.codeOf(() -> space.table("mayors"))).isEqualTo(ErrorCode.NO_SUCH_TABLE);
    assertThat(World.codeOf(() -> space.write(writes -> writes.put("mayors", "1", Row.of()))))
        .isEqualTo(ErrorCode.NO_SUCH_TABLE);
  }

  @Test
  void aQueryReadsAndNothingElse() {
    cities.put("1", Row.of("name", "Hobart", "country", "AU"));
    try (var result = space.query("select name from cities where country = ?", "AU")) {
      assertThat(result.next()).isTrue();
    }
    assertBadQuery("delete from cities");
    assertBadQuery("selec");
    assertBadQuery("select ?");
    assertBadQuery("select 1; select 2");
    assertThat(World.codeOf(() -> space.query("select 1", new Object[32_767])))
        .isEqualTo(ErrorCode.BAD_QUERY);
    assertThat(cities.count()).isEqualTo(1);
  }

  private void assertBadQuery(String sql) {
    assertThat(World.codeOf(() -> space.query(sql).close())).isEqualTo(ErrorCode.BAD_QUERY);
  }
}
