package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lost comes back in whatever way the reviving device sees its table: by the names in the space. */
class ReviveTest {
  private static final long LONG_AFTER_MILLIS = 100 * 86_400_000L;
  private static final Value UPDATE = Value.of(new byte[] {1});
  private static final List<String> ROWS =
      List.of("value", "edited", "marked", "removed", "read", "set", "late", "gone");
  private static final TableSchema PERSONS = new TableSchema(
      "persons",
      "id",
      List.of(
          new ColumnSchema("name", ColumnType.TEXT),
          new ColumnSchema("town", ColumnType.TEXT),
          new ColumnSchema("mood", ColumnType.MULTI_VALUE),
          new ColumnSchema("visits", ColumnType.COUNTER),
          new ColumnSchema("tags", ColumnType.SET),
          new ColumnSchema("text", ColumnType.UPDATES)));

  /** All have names that are others' in the space. */
  private static final TableSchema PEOPLE = new TableSchema(
          "people",
          "id",
          List.of(
              new ColumnSchema("town", ColumnType.TEXT).was("name"),
              new ColumnSchema("name", ColumnType.TEXT).was("town"),
              new ColumnSchema("tags", ColumnType.MULTI_VALUE).was("mood"),
              new ColumnSchema("text", ColumnType.COUNTER).was("visits"),
              new ColumnSchema("mood", ColumnType.SET).was("tags"),
              new ColumnSchema("visits", ColumnType.UPDATES).was("text")))
      .was("persons");

  /** How the device that revives sees the table. */
  private enum View {
    AS_IT_IS(device -> declare(device, PERSONS)),
    RENAMED(device -> declare(device, PEOPLE)),
    ANOTHER_OF_ITS_NAME(device -> {
      declare(device, PEOPLE);
      declare(device, new TableSchema("persons", "id", List.of()).was("others"));
    }),
    NOT_DECLARED(device -> {}),
    COLUMNS_DROPPED(device -> declare(
        device,
        new TableSchema("persons", "id", List.of())
            .dropping("name", "town", "mood", "visits", "tags", "text"))),
    TABLE_DROPPED(device -> device.write(batch -> batch.dropTable("persons")));

    private final Consumer<TestDevice> declares;

    View(Consumer<TestDevice> declares) {
      this.declares = declares;
    }
  }

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice a = folder.device("a");
  private final TestDevice b = folder.device("b");
  private final TestDevice viewer = folder.device("viewer");

  private static void declare(TestDevice at, TableSchema table) {
    at.write(batch -> batch.declare(table));
  }

  @BeforeEach
  void start() {
    declare(a, PERSONS);
    declare(b, PERSONS);
    for (String row : ROWS) {
      write(a, batch -> batch.put("persons", row, name("first")));
      write(a, batch -> batch.add("persons", row, "tags", text("first")));
    }
    exchange();
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Value text(String text) {
    return Value.of(text);
  }

  private static Map<String, Value> name(String name) {
    return Map.of("name", text(name));
  }

  private static void write(TestDevice at, Consumer<Batch> work) {
    at.millis++;
    at.write(work);
  }

  private void exchange() {
    for (int i = 0; i < 2; i++) {
      Stream.of(b, a, viewer).forEach(device -> mesh.sync(device, Long.MAX_VALUE));
    }
    assertThat(viewer.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
    assertThat(b.store.mergeDigest()).isEqualTo(a.store.mergeDigest());
  }

  private Set<LostReason> reasons() {
    return viewer.store.inbox(100).stream()
        .map(LostValue::reason)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(LostReason.class)));
  }

  /** All of the inbox, write by write; none of it twice. */
  private void reviveAll() {
    Map<String, List<LostValue>> items = viewer.store.inbox(100).stream()
        .collect(Collectors.groupingBy(
            lost -> lost.wire() + lost.key() + lost.time() + lost.reason(),
            LinkedHashMap::new,
            Collectors.toList()));
    viewer.millis = b.millis + 10;
    for (List<LostValue> item : items.values()) {
      viewer.write(batch -> {
        item.forEach(lost -> assertThat(batch.dismiss(lost)).isTrue());
        batch.revive(item);
      });
    }
    exchange();
    assertThat(viewer.store.inbox(100)).isEmpty();
    assertThat(a.store.inbox(100)).isEmpty();
  }

  private Set<Value> values(String row, String column) {
    return Set.copyOf(a.store.values("persons", row, column));
  }

  @ParameterizedTest
  @EnumSource(View.class)
  void whatLostToOthersOrWithItsTransaction(View view) {
    view.declares.accept(viewer);
    exchange();
    write(
        a, batch -> batch.patch("persons", "value", Map.of("name", text("x"), "town", text("y"))));
    write(a, batch -> batch.patch("persons", "edited", name("edit")));
    write(a, batch -> batch.assign("persons", "edited", "mood", text("glad")));
    write(a, batch -> batch.increment("persons", "edited", "visits", 2));
    write(a, batch -> batch.add("persons", "edited", "tags", text("new")));
    write(a, batch -> batch.append("persons", "edited", "text", UPDATE));
    write(a, batch -> batch.mark("persons", "marked"));
    write(a, batch -> batch.remove("persons", "removed"));
    write(a, batch -> {
      batch.beginTransaction();
      batch.read("persons", "read");
      batch.patch("persons", "set", name("of a transaction"));
      batch.discard("persons", "set", "tags", text("first"));
      batch.remove("persons", "gone");
    });
    b.millis = a.millis + 10;
    write(
        b, batch -> batch.patch("persons", "value", Map.of("name", text("1"), "town", text("2"))));
    write(b, batch -> batch.remove("persons", "edited"));
    write(b, batch -> batch.remove("persons", "marked"));
    write(b, batch -> batch.patch("persons", "removed", name("stays")));
    write(b, batch -> batch.patch("persons", "read", name("changed")));
    exchange();
    assertThat(reasons())
        .containsExactly(
            LostReason.VALUE,
            LostReason.REMOVAL,
            LostReason.WRITE,
            LostReason.CONFLICT,
            LostReason.CONFLICT_REMOVAL,
            LostReason.CONFLICT_DISCARD);

    reviveAll();

    assertThat(a.store.get("persons", "value").orElseThrow())
        .containsEntry("name", text("x"))
        .containsEntry("town", text("y"));
    assertThat(a.store.get("persons", "edited").orElseThrow()).containsEntry("name", text("edit"));
    assertThat(values("edited", "mood")).containsExactly(text("glad"));
    assertThat(values("edited", "visits")).containsExactly(Value.of(2));
    assertThat(values("edited", "tags")).contains(text("new"));
    assertThat(values("edited", "text")).containsExactly(UPDATE);
    assertThat(a.store.get("persons", "marked")).isPresent();
    assertThat(a.store.get("persons", "removed")).isEmpty();
    assertThat(a.store.get("persons", "set").orElseThrow())
        .containsEntry("name", text("of a transaction"));
    assertThat(values("set", "tags")).isEmpty();
    assertThat(a.store.get("persons", "gone")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(View.class)
  void whatCameTooLate(View view) {
    view.declares.accept(viewer);
    exchange();
    write(b, batch -> batch.patch("persons", "late", name("late")));
    write(b, batch -> batch.add("persons", "late", "tags", text("late")));
    write(b, batch -> batch.discard("persons", "late", "tags", text("first")));
    write(b, batch -> batch.append("persons", "late", "text", UPDATE));
    write(b, batch -> batch.remove("persons", "gone"));
    Sent late = b.pack();
    long sequence = mesh.log.size() + 1;
    mesh.admit(b, late);
    Stream.of(a, b, viewer)
        .forEach(device ->
            device.receive(late, late.at(sequence, TestDevice.START_MILLIS + LONG_AFTER_MILLIS)));
    assertThat(reasons())
        .containsExactly(LostReason.LATE, LostReason.LATE_REMOVAL, LostReason.LATE_DISCARD);

    reviveAll();

    assertThat(a.store.get("persons", "late").orElseThrow()).containsEntry("name", text("late"));
    assertThat(values("late", "tags")).containsExactly(text("late"));
    assertThat(values("late", "text")).containsExactly(UPDATE);
    assertThat(a.store.get("persons", "gone")).isEmpty();
  }

  /** An item may be held for long by who is to decide. */
  @Test
  void whatWasReadBeforeTheAppCalledItOtherwise() {
    declare(viewer, PERSONS);
    write(a, batch -> batch.patch("persons", "value", name("a")));
    b.millis = a.millis + 10;
    write(b, batch -> batch.patch("persons", "value", name("b")));
    exchange();
    LostValue lost = viewer.store.inbox(10).get(0);
    List<HistoryItem> history = history("persons", Optional.empty());

    declare(viewer, PEOPLE);
    for (int i = 0; i < history.size(); i++) {
      assertThat(history("people", Optional.of(history.get(i)))).hasSize(history.size() - i - 1);
    }
    viewer.write(batch -> assertThat(batch.dismiss(lost)).isTrue());
    viewer.write(batch -> batch.revive(lost));
    exchange();
    assertThat(a.store.get("persons", "value").orElseThrow()).containsEntry("name", text("a"));
    viewer.write(batch -> batch.restore(history.get(0)));
    exchange();
    assertThat(a.store.get("persons", "value").orElseThrow())
        .containsEntry("name", text("b"))
        .containsEntry("town", Value.NULL);
  }

  private List<HistoryItem> history(String table, Optional<HistoryItem> after) {
    return viewer.store.history(table, "value", Optional.empty(), after, 10);
  }
}
