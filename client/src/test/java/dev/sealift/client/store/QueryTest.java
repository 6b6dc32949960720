package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  /** Counts for much longer than any test runs. */
  private static final String ENDLESS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a").withCities();

  @BeforeEach
  void fill() {
    device.put(
        "b",
        Map.of(
            "name", Value.of("Bath"), "country", Value.of("GB"), "population", Value.of(94_092)));
    device.put("a", Map.of("name", Value.of("Ålesund"), "country", Value.of("NO")));
    device.put("c", Map.of("name", Value.of("Cork")));
    device.remove("c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select writefile('x', 'y')",
        "select \"ReadFile\" ('/etc/hostname')",
        "select [readfile]/* by another name */('x')",
        "select name from fsdir where path = '.'",
        "with f as (select * from `fsdir`) select 1 from f",
        "select sha3_query('select 1')",
        "select sqlite3mc_config('cipher')",
        "select name from 'fsdir'",
        "select 1 where '.' in 'FsDir'",
        "select 1 from 'sqlite3mc_config_table'",
        "select ?1readfile('x')"
      })
  void aQueryReadsNothingButTheSpace(String sql) {
    assertRefused(Code.NOT_A_QUERY, sql);
  }

  /** SQLite takes all of these up to the closing parenthesis for the name of a parameter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select $a('), readfile('/etc/hostname'), 1",
        "select :a('), readfile('/etc/hostname'), 1",
        "select @a('), readfile('/etc/hostname'), 1",
        "select #a('), readfile('/etc/hostname'), 1",
        "select $a::b('), readfile('/etc/hostname'), 1",
        "select $a::('), readfile('/etc/hostname'), 1",
        "select $a(;), readfile('/etc/hostname')"
      })
  void aParameterHidesNothing(String sql) {
    assertRefused(Code.BAD_QUERY, sql, Value.of(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"select ?1", "select (?)", "select :a", "select @a", "select $a::b"})
  void parametersAreAskedByAnyOfTheirNames(String sql) {
    assertThat(ask(sql, Value.of(1))).containsExactly(List.of(Value.of(1)));
  }

  @Test
  void whatStandsInATextOrACommentIsNoName() {
    assertThat(ask("select 'writefile' /* readfile */ -- fsdir"))
        .containsExactly(List.of(Value.of("writefile")));
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private List<List<Value>> ask(String sql, Value... arguments) {
    try (QueryResult result = device.store.query(sql, List.of(arguments))) {
      return rows(result);
    }
  }

  private static List<List<Value>> rows(QueryResult result) {
    List<List<Value>> rows = new ArrayList<>();
    while (result.next()) {
      rows.add(result.row());
    }
    return rows;
  }

  private void assertRefused(Code code, String sql, Value... arguments) {
    assertThatThrownBy(() -> ask(sql, arguments))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void tablesAreAskedByTheirNames() {
    assertThat(ask("select id, name from cities order by id"))
        .containsExactly(
            List.of(Value.of("a"), Value.of("Ålesund")), List.of(Value.of("b"), Value.of("Bath")));
  }

  @Test
  void argumentsStandForQuestionMarks() {
    assertThat(ask(
            "select name from cities where country = ? and population > ?",
            Value.of("GB"),
            Value.of(5)))
        .containsExactly(List.of(Value.of("Bath")));
    assertRefused(Code.BAD_QUERY, "select name from cities where country = ?");
    assertRefused(Code.BAD_QUERY, "select name from cities", Value.of(1));
  }

  @Test
  void columnsAreNamedInTheOrderOfTheSchema() {
    try (QueryResult result = device.store.query("select * from cities", List.of())) {
      assertThat(result.columns()).containsExactly("id", "name", "country", "population");
    }
  }

  @Test
  void aScanIsInTheOrderOfTheKeys() {
    try (QueryResult result = device.store.scan("cities")) {
      assertThat(result.columns()).containsExactly("id", "name", "country", "population");
      assertThat(rows(result))
          .extracting(row -> row.get(0))
          .containsExactly(Value.of("a"), Value.of("b"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from cities",
        "insert into _cities(_key, _meta) values ('x', x'00')",
        "drop table _cities",
        "pragma journal_mode = delete",
        "attach 'other.db' as other",
        "vacuum",
        "begin",
        "/* select */ update _cities set _key = 1",
        "-- select\n delete from _cities"
      })
  void whatIsNoQueryIsRefused(String sql) {
    assertRefused(Code.NOT_A_QUERY, sql);
  }

  @Test
  void aQueryThatWritesAfterAllIsRefusedBySqlite() {
    assertRefused(Code.NOT_A_QUERY, "with x as (select 1) delete from _cities");
    assertThat(device.store.count("cities")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ;; -- nothing",
        "select",
        "select * from nowhere",
        "select 1; select 2",
        "select ("
      })
  void whatIsNoSqlIsRefusedWithAReason(String sql) {
    assertRefused(Code.BAD_QUERY, sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1;",
        "select 1 ; -- done",
        " /* one; two */ select 1",
        "SELECT ';' is not null",
        "values (1)",
        "with one(n) as (select 1) select n from one"
      })
  void oneStatementMayHaveAnythingAroundIt(String sql) {
    assertThat(ask(sql)).containsExactly(List.of(Value.of(1)));
  }

  @Test
  void aQueryThatTakesTooLongIsStopped() {
    try (QueryResult result = device.store.query(ENDLESS, List.of(), 50)) {
      assertThatThrownBy(result::next)
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.QUERY_TIMED_OUT));
    }
    assertThat(ask("select 1")).hasSize(1);
  }

  @Test
  void aQueryIsCancelledFromAnotherThread() throws Exception {
    try (QueryResult result = device.store.query(ENDLESS, List.of())) {
      CompletableFuture<Code> outcome = CompletableFuture.supplyAsync(() -> codeOf(result));
      while (!outcome.isDone()) {
        result.cancel();
        Thread.onSpinWait();
      }
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(Code.QUERY_CANCELLED);
    }
  }

  private static Code codeOf(QueryResult result) {
    try {
      result.next();
      throw new AssertionError("an endless query ended");
    } catch (StoreException e) {
      return e.code();
    }
  }

  @Test
  void aResultIsOfOneStateWhileOthersWrite() {
    try (QueryResult result = device.store.query("select id from cities order by id", List.of())) {
      assertThat(result.next()).isTrue();
      device.remove("b");
      assertThat(result.next()).isTrue();
      assertThat(result.value(0)).isEqualTo(Value.of("b"));
      assertThat(result.next()).isFalse();
    }
    assertThat(device.store.count("cities")).isEqualTo(1);
  }

  @Test
  void manyReadBesideOneWhoWrites() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    List<CompletableFuture<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(CompletableFuture.supplyAsync(() -> readUntil(writing)));
    }
    for (int i = 0; i < 50; i++) {
      device.put("k" + i, Map.of("name", Value.of(i)));
    }
    writing.countDown();
    for (CompletableFuture<Integer> reader : readers) {
      assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo(52);
    }
  }

  private int readUntil(CountDownLatch writing) {
    int rows = 0;
    boolean done = false;
    while (!done) {
      done = writing.getCount() == 0;
      int now = ask("select id from cities").size();
      assertThat(now).isGreaterThanOrEqualTo(rows);
      rows = now;
    }
    return rows;
  }

  @Test
  void resultsThatNobodyClosesAreBounded() {
    List<QueryResult> open = new ArrayList<>();
    assertThatThrownBy(() -> {
          while (true) {
            open.add(device.store.query("select 1", List.of()));
          }
        })
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.TOO_MANY_QUERIES));
    open.forEach(QueryResult::close);
    assertThat(ask("select 1")).hasSize(1);
  }

  @Test
  void closingTheStoreEndsOpenResults() {
    QueryResult result = device.store.query("select id from cities", List.of());
    assertThat(result.next()).isTrue();
    device.store.close();
    assertThatThrownBy(result::next)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
    result.close();
  }

  @Test
  void aQuerySeesAColumnThatCameMeanwhile() {
    assertThat(ask("select * from cities where id = 'a'")).hasSize(1);
    device.write(batch -> batch.declare(
        new TableSchema("cities", "id", List.of(new ColumnSchema("mayor", ColumnType.ANY)))));
    try (QueryResult result = device.store.query("select * from cities", List.of())) {
      assertThat(result.columns())
          .containsExactlyInAnyOrder("id", "name", "country", "population", "mayor");
      assertThat(result.next()).isTrue();
      assertThat(result.row()).hasSize(5);
    }
  }

  @Test
  void aResultKeepsItsColumnsWhenOthersCome() {
    try (QueryResult result = device.store.query("select * from cities order by id", List.of())) {
      device.write(batch -> batch.declare(
          new TableSchema("cities", "id", List.of(new ColumnSchema("another", ColumnType.ANY)))));
      assertThat(result.next()).isTrue();
      assertThat(result.row().subList(0, 2)).containsExactly(Value.of("a"), Value.of("Ålesund"));
      assertThat(result.row()).hasSameSizeAs(result.columns());
    }
  }

  @Test
  void aQuerySeesATableThatCameMeanwhile() {
    assertRefused(Code.BAD_QUERY, "select * from later");
    device.write(batch -> batch.declare(
        new TableSchema("later", "id", List.of(new ColumnSchema("x", ColumnType.ANY)))));
    assertThat(ask("select * from later")).isEmpty();
  }
}
