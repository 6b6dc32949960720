package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Three versions of an app on several devices, which write, exchange, open again and are updated in any order. All that any of them writes is there in the end for whoever declares its column, or in the inbox; each reads what it
 * writes under its own names; and all devices agree.
 */
class VersionsProperties {
  private static final int DEVICES = 4;

  /** What the newest version makes of the column that the others call {@code note}. */
  private static final Lens SHOUT =
      Lens.of("shout", 1, value -> Value.of("!" + ((Value.Text) value).value()));

  private static final TableSchema V1 = new TableSchema(
      "persons",
      "id",
      List.of(
          new ColumnSchema("name", ColumnType.TEXT),
          new ColumnSchema("age", ColumnType.INTEGER),
          new ColumnSchema("note", ColumnType.TEXT)));

  /** Renames, adds, widens, and has a default. */
  private static final TableSchema V2 = new TableSchema(
          "people",
          "id",
          List.of(
              new ColumnSchema("fullName", ColumnType.TEXT).was("name"),
              new ColumnSchema("age", ColumnType.REAL),
              new ColumnSchema("note", ColumnType.TEXT),
              new ColumnSchema("country", ColumnType.TEXT).byDefault(Value.of("AU"))))
      .was("persons");

  /** Renames once more, widens once more, drops, and sees what was dropped through a lens. */
  private static final TableSchema V3 = new TableSchema(
          "contacts",
          "id",
          List.of(
              new ColumnSchema("title", ColumnType.TEXT).was("name"),
              new ColumnSchema("age", ColumnType.ANY),
              new ColumnSchema("loud", ColumnType.TEXT).from("note", SHOUT),
              new ColumnSchema("country", ColumnType.TEXT).byDefault(Value.of("NZ"))))
      .was("persons")
      .dropping("note");

  private static final List<TableSchema> VERSIONS = List.of(V1, V2, V3);

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    SYNC,
    REOPEN,
    UPDATE
  }

  record Step(Action action, int device, int key, int value, int columns) {}

  /** What was written and by which version: by its name in the space. */
  private record Wrote(String key, String column, Value value) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(
                Action.PUT,
                Action.PUT,
                Action.PATCH,
                Action.PATCH,
                Action.REMOVE,
                Action.SYNC,
                Action.SYNC,
                Action.REOPEN,
                Action.UPDATE),
            Arbitraries.integers().between(0, DEVICES - 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 1_000),
            Arbitraries.integers().between(1, 15))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  /** A device and the version that runs on it. */
  private static final class Phone {
    private final TestDevice device;
    private int version;
    private boolean tool;

    Phone(TestDevice device, int version) {
      this.device = device;
      this.version = version;
    }

    TableSchema schema() {
      return VERSIONS.get(version);
    }

    void declare() {
      if (!tool) {
        device.write(batch -> batch.declare(schema()));
      }
    }
  }

  private final class World {
    private final TestMesh mesh = new TestMesh();
    private final List<Phone> phones = new ArrayList<>();
    private final Set<Wrote> wrote = new HashSet<>();
    private int values;

    World(TestFolder folder) {
      for (int i = 0; i < DEVICES; i++) {
        phones.add(new Phone(folder.device("d" + i), i % VERSIONS.size()));
      }
      phones.get(DEVICES - 1).tool = true; // which has no version
      phones.forEach(Phone::declare);
    }

    void run(Step step) {
      Phone phone = phones.get(step.device());
      phone.device.millis += step.value() % 7;
      switch (step.action()) {
        case PUT, PATCH, REMOVE -> write(step, phone);
        case SYNC -> mesh.sync(phone.device, 300);
        case REOPEN -> {
          phone.device.reopen();
          if (step.value() % 2 == 0) {
            phone.declare();
          }
        }
        case UPDATE -> {
          phone.version = Math.min(phone.version + 1, VERSIONS.size() - 1);
          phone.device.reopen();
          phone.declare();
        }
      }
    }

    private void write(Step step, Phone phone) {
      if (phone.tool) {
        return;
      }
      TableSchema schema = phone.schema();
      String key = "k" + step.key();
      if (step.action() == Action.REMOVE) {
        phone.device.write(batch -> batch.remove(schema.name(), key));
        return;
      }
      Map<String, Value> unknown = unknown(phone, key);
      Map<String, Value> row = row(schema, step);
      if (row.isEmpty() && step.action() == Action.PATCH) {
        return; // it would write nothing
      }
      phone.device.write(batch -> {
        if (step.action() == Action.PUT) {
          batch.put(schema.name(), key, row);
        } else {
          batch.patch(schema.name(), key, row);
        }
      });
      for (ColumnSchema column : schema.columns()) {
        if (row.containsKey(column.name())) {
          wrote.add(new Wrote(key, column.wire(), row.get(column.name())));
        }
      }
      // It shows at once, under the version's own names; what the version does not know is as it
      // was.
      assertThat(phone.device.store.get(schema.name(), key).orElseThrow())
          .containsAllEntriesOf(row);
      assertThat(unknown(phone, key)).containsAllEntriesOf(unknown);
    }

    /** What the row holds in columns that the version does not declare, by their names in the space. */
    private Map<String, Value> unknown(Phone phone, String key) {
      Set<String> known = new HashSet<>();
      phone.schema().columns().forEach(column -> known.add(column.wire()));
      Map<String, Value> stored = new TreeMap<>(stored(phone.device, key));
      stored.keySet().removeAll(known);
      return stored;
    }

    private Map<String, Value> row(TableSchema schema, Step step) {
      Map<String, Value> row = new LinkedHashMap<>();
      for (int i = 0; i < schema.columns().size(); i++) {
        if ((step.columns() >> i & 1) == 1) {
          values++;
          ColumnSchema column = schema.columns().get(i);
          row.put(
              column.name(),
              switch (column.type()) {
                case INTEGER -> Value.of(values);
                case REAL -> Value.of(values + 0.5);
                default -> Value.of("v" + values);
              });
        }
      }
      return row;
    }

    void heal() {
      for (int round = 0; round < 3; round++) {
        phones.forEach(phone -> mesh.sync(phone.device, 300));
      }
    }
  }

  /** A row as it is in the real table, by the columns' names in the space. */
  private static Map<String, Value> stored(TestDevice device, String key) {
    Map<String, Value> stored = new HashMap<>();
    try (QueryResult names = device.store.query(
        "select c.name, c.physical from _sealift_column c join _sealift_table t on t.id = c.tbl where t.name = 'persons' and c.kind is null",
        List.of())) {
      while (names.next()) {
        String physical = ((Value.Text) names.value(1)).value();
        String sql =
            "select \"" + physical + "\" from _persons where _key = ? and _removed is null";
        try (QueryResult value = device.store.query(sql, List.of(Value.of(key)))) {
          if (value.next()) {
            stored.put(((Value.Text) names.value(0)).value(), value.value(0));
          }
        }
      }
    }
    return stored;
  }

  @Property(tries = 60)
  void noValueIsLostBetweenVersions(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      World world = new World(folder);
      steps.forEach(world::run);
      world.heal();
      assertAgree(world);
      assertEnds(world);
      Map<String, Map<String, Value>> rows = new TreeMap<>();
      for (int key = 0; key < 4; key++) {
        rows.put("k" + key, stored(world.phones.get(0).device, "k" + key));
      }
      world.phones.forEach(phone -> assertReads(phone, rows));
    }
  }

  private static void assertAgree(World world) {
    TestDevice first = world.phones.get(0).device;
    for (Phone phone : world.phones) {
      assertThat(phone.device.store.pendingCount()).isZero();
      assertThat(phone.device.store.mergeDigest()).isEqualTo(first.store.mergeDigest());
      assertThat(phone.device.store.visibleDigest()).isEqualTo(first.store.visibleDigest());
      assertThat(phone.device.store.inbox(1_000)).hasSameSizeAs(first.store.inbox(1_000));
    }
  }

  /** The schema is at rest too: declaring it again writes nothing. */
  private static void assertEnds(World world) {
    for (Phone phone : world.phones) {
      phone.device.reopen();
      phone.declare();
      assertThat(phone.device.store.pendingCount()).isZero();
    }
    ColumnSchema age = world.phones.get(DEVICES - 1).device.store.tables().get(0).columns().stream()
        .filter(column -> column.wire().equals("age"))
        .findFirst()
        .orElseThrow();
    assertThat(age.type()).isEqualTo(ColumnType.ANY);
  }

  /** What is stored, as the version declares it, whatever the others do. */
  private static void assertReads(Phone phone, Map<String, Map<String, Value>> rows) {
    if (phone.tool) {
      return;
    }
    TableSchema schema = phone.schema();
    List<Misfit> misfits = phone.device.store.misfits(Optional.empty(), 1_000);
    rows.forEach((key, stored) -> {
      Map<String, Value> shown = phone.device.store.get(schema.name(), key).orElse(Map.of());
      assertThat(shown.isEmpty()).isEqualTo(stored.isEmpty());
      for (ColumnSchema column : stored.isEmpty() ? List.<ColumnSchema>of() : schema.columns()) {
        assertThat(shown).containsEntry(column.name(), read(column, stored));
        Value value = stored.getOrDefault(column.wire(), Value.NULL);
        boolean reported = misfits.stream()
            .anyMatch(misfit -> misfit.key().equals(key)
                && misfit.column().equals(column.name())
                && misfit.value().equals(value));
        assertThat(reported).isEqualTo(!column.type().accepts(value));
      }
    });
  }

  private static Value read(ColumnSchema column, Map<String, Value> stored) {
    Value value = stored.getOrDefault(column.wire(), Value.NULL);
    if (value == Value.NULL && column.through().isPresent()) {
      value = stored.getOrDefault("note", Value.NULL) instanceof Value.Text note
          ? Value.of("!" + note.value())
          : Value.NULL;
    }
    return value == Value.NULL ? column.fallback() : value;
  }

  /** Every value that was written is in its cell, in the inbox, was replaced by somebody who had seen it, or went with its row. */
  @Property(tries = 30)
  void whatIsWrittenApartIsShownOrInTheInbox(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      World world = new World(folder);
      world.heal();
      // Each device writes every cell at the most once, and none has seen the others' writes.
      Set<String> taken = new HashSet<>();
      for (Step step : steps) {
        boolean first = taken.add(step.device() + "/" + step.key());
        if (first && step.action() != Action.REMOVE) {
          world.run(
              new Step(Action.PATCH, step.device(), step.key(), step.value(), step.columns()));
        }
      }
      world.heal();
      assertAgree(world);
      for (Phone phone : world.phones) {
        Set<Wrote> found = new HashSet<>();
        for (int key = 0; key < 4; key++) {
          String name = "k" + key;
          stored(phone.device, name)
              .forEach((column, value) -> found.add(new Wrote(name, column, value)));
        }
        for (LostValue lost : phone.device.store.inbox(1_000)) {
          found.add(new Wrote(lost.key(), wire(phone, lost.column()), lost.value()));
        }
        assertThat(found).containsAll(world.wrote);
      }
    }
  }

  private static String wire(Phone phone, String label) {
    if (label.equals("note")) {
      return label; // hidden from the newest version, and in its inbox all the same
    }
    return phone.device.store.tables().stream()
        .flatMap(table -> table.columns().stream())
        .filter(column -> column.name().equals(label))
        .map(ColumnSchema::wire)
        .findFirst()
        .orElseThrow();
  }
}
