package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.HistoryItem.State;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** What is kept of what was written. */
class HistoryTest {
  private static final long DAY_MILLIS = 86_400_000;

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice device = folder.device("a").withCities();
  private final TestDevice other = folder.device("b");

  @AfterEach
  void close() {
    folder.close();
  }

  private void keep(Keep keep) {
    device.write(batch -> batch.declare(TestDevice.CITIES.keeping(keep)));
    mesh.sync(device, 1_000);
    mesh.get(other);
  }

  private static Map<String, Value> name(String name) {
    return Map.of("name", Value.of(name));
  }

  private static String shown(Value value) {
    return value instanceof Value.Text text
        ? text.value()
        : String.valueOf(((Value.Int) value).value());
  }

  private static List<String> told(TestDevice of, String column) {
    return of.store.history("cities", "hba", Optional.of(column), Optional.empty(), 100).stream()
        .map(item -> item.kind() + " " + shown(item.value()) + " " + item.state())
        .toList();
  }

  @Test
  void whatWasWrittenOverBeforeItWasSentIsInTheHistoryOfATableThatKeepsEverything() {
    keep(Keep.ALL);
    device.put("hba", name("one"));
    device.put("hba", name("two"));
    device.remove("hba");
    device.patch("hba", name("three"));
    mesh.sync(device, 1_000);
    mesh.get(other);
    assertThat(told(other, "name"))
        .containsExactly("PATCH three CURRENT", "PUT two PAST", "PUT one PAST");
    assertThat(Histories.all(other, "hba", 2)).isEqualTo(Histories.all(device, "hba", 100));
    assertThat(Histories.all(other, "hba", 100))
        .filteredOn(item -> item.kind() == RunKind.REMOVE)
        .hasSize(1);
  }

  @Test
  void whatWasDoneToACompoundCellIsNotCoalescedThereEither() {
    device.withCompoundCities();
    keep(Keep.ALL);
    device.write(batch -> batch.increment("cities", "hba", "visits", 2));
    device.write(batch -> batch.increment("cities", "hba", "visits", 3));
    mesh.sync(device, 1_000);
    mesh.get(other);
    assertThat(told(other, "visits")).containsExactly("COUNT 5 CURRENT", "COUNT 2 PAST");
  }

  @Test
  void aTableThatKeepsAWindowHasWhatWasSent() {
    keep(Keep.WINDOW);
    device.put("hba", name("one"));
    device.put("hba", name("two"));
    assertThat(told(device, "name")).containsExactly("PUT two CURRENT");
    mesh.sync(device, 1_000);
    device.put("hba", name("three"));
    mesh.sync(device, 1_000);
    assertThat(told(device, "name")).containsExactly("PUT three CURRENT", "PUT two PAST");
  }

  @Test
  void aTableThatKeepsTheLatestHasWhatShowsAndWhatLost() {
    keep(Keep.LATEST);
    other.put("hba", name("theirs"));
    device.put("hba", name("ours"));
    mesh.sync(other, 1_000);
    mesh.sync(device, 1_000);
    mesh.get(other);
    List<HistoryItem> history = Histories.all(device, "hba", 100).stream()
        .filter(item -> item.column().equals("name"))
        .toList();
    assertThat(history).extracting(HistoryItem::state).containsExactly(State.CURRENT, State.LOST);
    assertThat(Histories.all(other, "hba", 100)).isEqualTo(Histories.all(device, "hba", 100));
  }

  @Test
  void whatTheLogDoesNotHaveYetIsThereAndSaysSo() {
    keep(Keep.ALL);
    device.put("hba", name("one"));
    assertThat(Histories.all(device, "hba", 100)).noneMatch(HistoryItem::isAdmitted);
    device.pack();
    device.put("hba", name("two"));
    assertThat(told(device, "name")).containsExactly("PUT two CURRENT", "PUT one PAST");
    device.reopen();
    assertThat(told(device, "name")).containsExactly("PUT two CURRENT", "PUT one PAST");
  }

  @Test
  void theWindowEndsByTheMeshsClock() {
    long start = TestDevice.START_MILLIS;
    long window = TestDevice.RULES.reviewWindowMillis();
    device.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.WINDOW)));
    List<Sent> sent = new ArrayList<>(List.of(device.pack()));
    for (String name : List.of("one", "two", "three")) {
      device.put("hba", name(name));
      sent.add(device.pack());
    }
    for (int i = 0; i < 3; i++) {
      other.receive(sent.get(i), sent.get(i).at(i + 1L, start + i * DAY_MILLIS));
    }
    assertThat(told(other, "name")).containsExactly("PUT two CURRENT", "PUT one PAST");
    other.receive(sent.get(3), sent.get(3).at(4, start + window + DAY_MILLIS));
    assertThat(told(other, "name"))
        .containsExactly("PUT three CURRENT", "PUT two PAST", "PUT one PAST");
    device.put("hba", name("four"));
    Sent last = device.pack();
    other.receive(last, last.at(5, start + window + DAY_MILLIS + 1));
    assertThat(told(other, "name"))
        .containsExactly("PUT four CURRENT", "PUT three PAST", "PUT two PAST");
    try (QueryResult rows = other.store.query(
        "select count(*) from \"cities:history\" where value = 'one'", List.of())) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.value(0)).isEqualTo(Value.of(0));
    }
  }

  @Test
  void queriesSeeTheHistory() {
    keep(Keep.ALL);
    device.put("hba", name("one"));
    mesh.sync(device, 1_000);
    device.remove("hba");
    mesh.sync(device, 1_000);
    try (QueryResult rows = device.store.query(
        "select id, what, \"column\", value, device, sequence from \"cities:history\""
            + " where value is not null or what = 'remove' order by sequence",
        List.of())) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.text(0)).contains("hba");
      assertThat(rows.text(1)).contains("put");
      assertThat(rows.text(2)).contains("name");
      assertThat(rows.text(3)).contains("one");
      assertThat(rows.text(4)).contains(device.id.toString());
      assertThat(rows.next()).isTrue();
      assertThat(rows.text(1)).contains("remove");
      assertThat(rows.value(2)).isEqualTo(Value.NULL);
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void aPolicyIsRaisedAndNotLowered() {
    keep(Keep.ALL);
    long pending = device.store.pendingCount();
    keep(Keep.ALL);
    keep(Keep.WINDOW);
    keep(Keep.LATEST);
    assertThat(device.store.pendingCount()).isEqualTo(pending);
    assertThat(device.store.keep("cities")).isEqualTo(Keep.ALL);
    assertThat(other.store.keep("cities")).isEqualTo(Keep.ALL);
  }

  /** Whatever its writer thinks that it may lower. */
  @Test
  void ofTwoThatDeclareAtOnceTheHigherCounts() {
    mesh.sync(device, 1_000);
    mesh.get(other);
    device.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.ALL)));
    other.millis += 10_000;
    other.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.WINDOW)));
    mesh.sync(device, 1_000);
    mesh.sync(other, 1_000);
    mesh.get(device);
    assertThat(device.store.keep("cities")).isEqualTo(Keep.ALL);
    assertThat(other.store.keep("cities")).isEqualTo(Keep.ALL);
  }

  @Test
  void aTableThatIsThereDoesNotBecomeAFeed() {
    assertThatThrownBy(
            () -> device.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.FEED))))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.code()).isEqualTo(StoreException.Code.BAD_SCHEMA));
    device.put("hba", name("still a table"));
  }

  /** No honest device writes two things at one time; some members may not be honest. */
  @Test
  void aPageIsBoundedHoweverManyLinesHaveOneTime() {
    int files = 10;
    int lines = 500;
    AtomicLong read = new AtomicLong();
    try (TestDevice reading =
        new TestDevice(counting(read), folder.path().resolve("reading.db"), "reading")) {
      reading.write(batch -> batch.useRules(TestDevice.RULES));
      keep(Keep.ALL);
      for (int file = 1; file <= files; file++) {
        DeviceId stranger = DeviceId.of(TestDevice.hash("stranger" + file % 2));
        mesh.log.add(TestDevice.sent(stranger, file, List.of(oneTime(lines * file, lines))));
      }
      mesh.log.add(TestDevice.sent(
          DeviceId.of(TestDevice.hash("stranger1")), files + 1, List.of(oneTime(lines, 1))));
      mesh.get(reading);

      List<HistoryItem> all = history(reading, Optional.empty(), 2 * files * lines);
      assertThat(all).hasSize(2 * files * lines);
      assertThat(Set.copyOf(all)).hasSize(all.size());
      assertThat(all).filteredOn(item -> item.sequence() == mesh.log.size()).isEmpty();
      List<HistoryItem> paged = new ArrayList<>();
      while (paged.size() < all.size()) {
        read.set(0);
        paged.addAll(history(
            reading,
            paged.isEmpty() ? Optional.empty() : Optional.of(paged.get(paged.size() - 1)),
            300));
        assertThat(read.get()).isLessThan(1_200);
      }
      assertThat(paged).isEqualTo(all);
    }
  }

  private static List<HistoryItem> history(TestDevice of, Optional<HistoryItem> after, int most) {
    return of.store.history("cities", "hba", Optional.empty(), after, most);
  }

  /** Two columns each. */
  private static EventRun oneTime(int from, int lines) {
    List<RowEvent> events = IntStream.range(from, from + lines)
        .mapToObj(i -> new RowEvent(
            "hba",
            HybridTime.of(TestDevice.START_MILLIS, 7),
            List.of(Value.of(i), Value.of("c" + i))))
        .toList();
    return new EventRun(RunKind.PATCH, "cities", 0, List.of(), List.of("name", "country"), events);
  }

  /** Counts the rows that readers read. */
  private static Driver counting(AtomicLong rows) {
    Driver driver = new JdbcDriver(SynchronousMode.OFF);
    return new Driver() {
      @Override
      public Db openWriter(Path file) {
        return driver.openWriter(file);
      }

      @Override
      public Db openReader(Path file) {
        Db reader = driver.openReader(file);
        return proxy(
            Db.class,
            reader,
            (name, result) -> name.equals("prepare")
                ? proxy(Statement.class, result, (next, row) -> {
                  rows.addAndGet(Boolean.TRUE.equals(row) && next.equals("next") ? 1 : 0);
                  return row;
                })
                : result);
      }
    };
  }

  private static <T> T proxy(Class<T> type, Object of, BiFunction<String, Object, Object> then) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          Object result = method.invoke(of, arguments);
          return then.apply(method.getName(), result == of ? proxy : result);
        }));
  }
}
