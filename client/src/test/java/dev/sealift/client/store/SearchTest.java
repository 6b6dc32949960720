package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** Searching for words: what is found is what is there, whoever wrote it and however. */
class SearchTest {
  private static final List<ColumnSchema> COLUMNS = List.of(
      new ColumnSchema("title", ColumnType.TEXT),
      new ColumnSchema("text", ColumnType.TEXT),
      new ColumnSchema("stars", ColumnType.INTEGER));
  private static final TableSchema PLAIN = new TableSchema("notes", "id", COLUMNS);
  private static final TableSchema NOTES =
      new TableSchema("notes", "id", COLUMNS, Set.of("title", "text"));

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a");

  @AfterEach
  void close() {
    folder.close();
  }

  private static void declare(TestDevice on, TableSchema table) {
    on.write(batch -> batch.declare(table));
  }

  private static void put(TestDevice on, String key, String title, String text) {
    on.write(
        batch -> batch.put("notes", key, Map.of("title", Value.of(title), "text", Value.of(text))));
  }

  private static void remove(TestDevice on, String key) {
    on.write(batch -> batch.remove("notes", key));
  }

  private static List<String> find(TestDevice on, String text) {
    return on.store.search("notes", text, 100, 60_000).stream()
        .map(SearchHit::key)
        .sorted()
        .toList();
  }

  private List<String> find(String text) {
    return find(device, text);
  }

  /** SQLite's own comparison of the index with the rows. */
  static void assertSound(TestDevice on) {
    Db db = new JdbcDriver(SynchronousMode.OFF).openWriter(on.file);
    try {
      db.execute(
          "INSERT INTO \"notes:search\"(\"notes:search\", rank) VALUES ('integrity-check', 1)");
    } finally {
      db.rollback();
      db.close();
    }
  }

  @Test
  void whatIsWrittenIsFound() {
    declare(device, NOTES);
    put(device, "1", "Shopping", "Milk, bread and Äpfel");
    put(device, "2", "Garden", "apple trees; milk-weed");
    assertThat(find("milk")).containsExactly("1", "2");
    assertThat(find("MILK bread")).containsExactly("1");
    assertThat(find("apfel")).containsExactly("1");
    assertThat(find("shopping milk")).containsExactly("1");
    assertThat(find("appl")).isEmpty();
    assertThat(find("appl*")).containsExactly("2");
    assertThat(find("nothing")).isEmpty();
    assertSound(device);
  }

  @Test
  void everyWayToWriteARowWritesTheIndex() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha");
    put(device, "1", "one", "beta"); // over a write that waits to be packed
    assertThat(find("alpha")).isEmpty();
    assertThat(find("beta")).containsExactly("1");
    device.write(batch -> batch.patch("notes", "1", Map.of("text", Value.of("gamma"))));
    assertThat(find("beta")).isEmpty();
    assertThat(find("one gamma")).containsExactly("1");
    remove(device, "1");
    assertThat(find("gamma")).isEmpty();
    device.write(batch -> batch.patch("notes", "1", Map.of("stars", Value.of(5))));
    assertThat(find("gamma")).containsExactly("1"); // it is back, with its text
    device.write(batch -> batch.put("notes", "1", Map.of()));
    assertThat(find("gamma")).isEmpty();
    assertSound(device);
  }

  @Test
  void whatOthersWroteIsFoundAndWhatTheyRemovedIsNot() {
    declare(device, NOTES);
    TestDevice other = folder.device("b");
    TestMesh mesh = new TestMesh();
    put(device, "1", "one", "alpha");
    put(device, "2", "two", "alpha");
    mesh.sync(device, 10_000);
    mesh.sync(other, 10_000);
    assertThat(find(other, "alpha")).containsExactly("1", "2"); // it came with the declaration
    put(other, "1", "one", "beta");
    remove(other, "2");
    mesh.sync(other, 10_000);
    mesh.sync(device, 10_000);
    assertThat(find("alpha")).isEmpty();
    assertThat(find("beta")).containsExactly("1");
    assertSound(device);
    assertSound(other);
  }

  @Test
  void rowsFromBeforeAreFoundOnceTheirColumnIsSearchable() {
    declare(device, PLAIN);
    put(device, "1", "one", "alpha");
    put(device, "2", "two", "alpha");
    remove(device, "2");
    assertRefused("alpha");
    declare(device, new TableSchema("notes", "id", COLUMNS, Set.of("title")));
    assertThat(find("one")).containsExactly("1");
    assertThat(find("alpha")).isEmpty();
    declare(device, NOTES);
    assertThat(find("alpha")).containsExactly("1");
    assertSound(device);
  }

  @Test
  void anIndexStaysWhenTheStoreIsOpenedAndDeclaredAgain() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha");
    device.reopen();
    assertThat(find("alpha")).containsExactly("1");
    long pending = device.store.pendingCount();
    declare(device, NOTES);
    declare(device, PLAIN); // an older version of the app
    assertThat(device.store.pendingCount()).isEqualTo(pending);
    put(device, "2", "two", "alpha");
    assertThat(find("alpha")).containsExactly("1", "2");
    assertSound(device);
  }

  @Test
  void anIndexThatIsMissingIsMadeWhenTheStoreIsOpened() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha");
    device.store.close();
    Db db = new JdbcDriver(SynchronousMode.OFF).openWriter(device.file);
    db.execute("DROP TABLE \"notes:search\"");
    db.commit();
    db.close();
    device.open();
    assertThat(find("alpha")).containsExactly("1");
  }

  @Test
  void aBatchThatIsTakenBackLeavesTheIndexAlone() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha");
    try (Batch batch = device.store.batch()) {
      batch.put("notes", "1", Map.of("text", Value.of("beta")));
      batch.declare(new TableSchema("diary", "id", COLUMNS, Set.of("text")));
    }
    assertThat(find("alpha")).containsExactly("1");
    assertThat(find("beta")).isEmpty();
    declare(device, new TableSchema("diary", "id", COLUMNS, Set.of("text")));
    assertThat(device.store.search("diary", "x", 1, 1_000)).isEmpty();
    assertSound(device);
  }

  @Test
  void anIndexWhoseMakingFailedAtTheLastMomentIsMadeTheNextTime() {
    AtomicBoolean isFull = new AtomicBoolean();
    JdbcDriver driver = new JdbcDriver(SynchronousMode.OFF);
    try (TestDevice failing = new TestDevice(
        failingCommits(driver, isFull), folder.path().resolve("failing.db"), "failing")) {
      declare(failing, PLAIN);
      put(failing, "1", "one", "alpha");
      isFull.set(true);
      assertThatThrownBy(() -> declare(failing, NOTES)).isInstanceOf(StoreException.class);
      isFull.set(false);
      put(failing, "2", "two", "alpha");
      declare(failing, NOTES);
      put(failing, "3", "three", "alpha");
      assertThat(find(failing, "alpha")).containsExactly("1", "2", "3");
      assertSound(failing);
    }
  }

  private static Driver failingCommits(JdbcDriver driver, AtomicBoolean isFull) {
    return new Driver() {
      @Override
      public Db openWriter(Path file) {
        Db db = driver.openWriter(file);
        return (Db) Proxy.newProxyInstance(
            Db.class.getClassLoader(), new Class<?>[] {Db.class}, (proxy, method, arguments) -> {
              if (method.getName().equals("commit") && isFull.get()) {
                throw new StoreException(Code.DISK_FULL, "the disk is full");
              }
              return method.invoke(db, arguments);
            });
      }

      @Override
      public Db openReader(Path file) {
        return driver.openReader(file);
      }
    };
  }

  @Test
  void onlyTextIsIndexed() {
    TestDevice other = folder.device("b");
    declare(device, new TableSchema("notes", "id", COLUMNS, Set.of("text")));
    declare(
        other, new TableSchema("notes", "id", List.of(new ColumnSchema("text", ColumnType.ANY))));
    other.write(batch -> {
      batch.put("notes", "1", Map.of("text", Value.of(42)));
      batch.put("notes", "2", Map.of("text", Value.of(new byte[] {'4', '2', (byte) 0xff})));
      batch.put("notes", "3", Map.of("text", Value.of("42")));
    });
    device.receive(other.pack());
    assertThat(find("42")).containsExactly("3");
    other.write(batch -> {
      batch.put("notes", "1", Map.of("text", Value.of("42")));
      batch.put("notes", "3", Map.of("text", Value.of(42.5)));
    });
    device.receive(other.pack());
    assertThat(find("42")).containsExactly("1");
    assertSound(device);
  }

  @Test
  void columnsMayBeCalledAnything() {
    List<ColumnSchema> odd = List.of(
        new ColumnSchema("rank", ColumnType.TEXT),
        new ColumnSchema("rowid", ColumnType.TEXT),
        new ColumnSchema("select", ColumnType.TEXT),
        new ColumnSchema("naïve", ColumnType.TEXT));
    declare(
        device, new TableSchema("order", "key", odd, Set.of("rank", "rowid", "select", "naïve")));
    device.write(batch -> batch.put("order", "1", Map.of("rank", Value.of("first"))));
    device.write(batch -> batch.put("order", "2", Map.of("rowid", Value.of("second"))));
    assertThat(device.store.search("order", "first", 9, 0))
        .extracting(SearchHit::key)
        .containsExactly("1");
    assertThat(device.store.search("order", "second", 9, 0))
        .extracting(SearchHit::key)
        .containsExactly("2");
  }

  @Test
  void tablesThatDifferOnlyInCaseHaveTheirOwn() {
    TestDevice other = folder.device("b");
    declare(device, NOTES);
    declare(other, new TableSchema("Notes", "id", COLUMNS, Set.of("text")));
    put(device, "1", "one", "alpha");
    other.write(batch -> batch.put("Notes", "2", Map.of("text", Value.of("alpha"))));
    device.receive(other.pack());
    assertThat(find("alpha")).containsExactly("1");
    assertThat(device.store.search("Notes", "alpha", 9, 0))
        .extracting(SearchHit::key)
        .containsExactly("2");
  }

  @Test
  void theBestComesFirstAndMostAreCut() {
    declare(device, NOTES);
    put(device, "1", "x", "milk " + "and many other words ".repeat(50));
    put(device, "2", "milk", "milk milk");
    assertThat(device.store.search("notes", "milk", 10, 0))
        .extracting(SearchHit::key)
        .containsExactly("2", "1");
    assertThat(device.store.search("notes", "milk", 1, 0)).hasSize(1);
  }

  @Test
  void aSnippetShowsWhatWasFound() {
    declare(device, NOTES);
    put(device, "1", "x", "Buy Mílk, \ue000bread\ue001 and milk.");
    SearchHit hit = device.store.search("notes", "milk", 10, 0).get(0);
    assertThat(hit.snippet()).isEqualTo("Buy Mílk, bread and milk.");
    assertThat(found(hit)).contains("Mílk", "milk");
    put(device, "2", "x", "words ".repeat(100) + "needle" + " words".repeat(100));
    SearchHit far = device.store.search("notes", "needle", 10, 0).get(0);
    assertThat(far.snippet()).startsWith("…").endsWith("…").contains(" needle ");
    assertThat(found(far)).containsExactly("needle");
  }

  private static List<String> found(SearchHit hit) {
    return hit.matches().stream()
        .map(match -> hit.snippet().substring(match.from(), match.to()))
        .toList();
  }

  @Test
  void sqlMaySearchToo() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha beta");
    put(device, "2", "two", "alpha");
    String sql =
        "select n.title from \"notes:search\"(?) s join notes n on n.id = s.id order by rank";
    List<Value> titles = new ArrayList<>();
    try (QueryResult result = device.store.query(sql, List.of(Value.of("alpha NOT beta")))) {
      while (result.next()) {
        titles.add(result.value(0));
      }
    }
    assertThat(titles).containsExactly(Value.of("two"));
    for (String hostile :
        List.of("\"", "AND", "alpha NEAR(", "nocolumn: x", "*", "(", "\u0000\"")) {
      assertThatThrownBy(() -> {
            try (QueryResult result = device.store.query(sql, List.of(Value.of(hostile)))) {
              result.next();
            }
          })
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_QUERY));
    }
    assertThatThrownBy(() -> device.store.query(
            "insert into \"notes:search\"(\"notes:search\") values ('delete-all')", List.of()))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_A_QUERY));
    assertSound(device);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alpha\"",
        "\"alpha",
        "alpha) OR (alpha",
        "alpha -- x",
        "alpha ++ \"\"\" ()",
        "alpha\u0000",
        "al\u00adpha alpha",
        "{alpha}",
        "^alpha",
        "alpha AND alpha",
        "alpha OR",
        "title:alpha",
        "NEAR(alpha",
        "alpha**",
        "'alpha'",
        "\u2003alpha\n",
        "alpha \ud83d\ude00",
        "alpha ½ Ⅷ \ue123 ་"
      })
  void whatAPersonWritesIsNeverAnOperator(String text) {
    declare(device, NOTES);
    put(device, "1", "title and or near", "alpha");
    put(device, "2", "title", "other");
    assertThat(find(text)).isSubsetOf("1");
    assertThat(find("\"" + text + " alpha")).isSubsetOf("1");
  }

  @Test
  void operatorsOfTheIndexAreWords() {
    declare(device, NOTES);
    put(device, "1", "one", "alpha or beta");
    put(device, "2", "two", "beta");
    assertThat(find("alpha OR beta")).containsExactly("1");
    assertThat(find("NOT")).isEmpty();
    assertThat(find("be*ta")).isEmpty();
    assertThat(find("alpha++ (beta)")).containsExactly("1");
  }

  @Test
  void thereMustBeSomethingToSearchForAndSomewhere() {
    declare(device, NOTES);
    declare(device, new TableSchema("plain", "id", COLUMNS));
    for (String text :
        List.of("", "  ", "*", "\"\"", "+ - ()", "\u0000", "x".repeat(1_001), "x ".repeat(33))) {
      assertRefused(text);
    }
    find("x".repeat(1_000));
    find("x ".repeat(32));
    assertThatThrownBy(() -> device.store.search("plain", "x", 1, 0))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_SEARCH));
    assertThatThrownBy(() -> device.store.search("nowhere", "x", 1, 0))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_TABLE));
    assertThatThrownBy(() -> new TableSchema("t", "id", COLUMNS, Set.of("stars")))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_SCHEMA));
  }

  private void assertRefused(String text) {
    assertThatThrownBy(() -> find(text))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_SEARCH));
  }

  @Test
  void tablesWithoutItHaveNoTriggers() {
    declare(device, NOTES);
    declare(device, new TableSchema("plain", "id", COLUMNS));
    try (QueryResult result = device.store.query(
        "select tbl_name, count(*) from sqlite_schema where type = 'trigger' group by 1",
        List.of())) {
      assertThat(result.next()).isTrue();
      assertThat(result.row()).containsExactly(Value.of("_notes"), Value.of(3));
      assertThat(result.next()).isFalse();
    }
  }
}
