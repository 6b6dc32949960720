package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is written, merged, removed and revived, in whatever order: a search finds what a scan finds. */
class SearchProperties {
  private static final List<String> WORDS = List.of("alpha", "beta", "gamma", "delta");
  private static final List<String> COLUMNS = List.of("title", "text", "tags");

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    SEARCHABLE,
    TAKEN_BACK,
    SYNC,
    REOPEN
  }

  /** Bits of {@code words} choose words, of {@code columns} columns; without words a value is null. */
  record Step(Action action, int device, int key, int columns, int words) {
    private Map<String, Value> values() {
      Map<String, Value> values = new HashMap<>();
      for (int i = 0; i < COLUMNS.size(); i++) {
        if ((columns >> i & 1) == 1) {
          values.put(COLUMNS.get(i), value(words + i));
        }
      }
      return values;
    }

    private static Value value(int bits) {
      List<String> chosen = new ArrayList<>();
      for (int i = 0; i < WORDS.size(); i++) {
        if ((bits >> i & 1) == 1) {
          chosen.add(WORDS.get(i));
        }
      }
      return chosen.isEmpty() ? Value.NULL : Value.of(String.join(", ", chosen));
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just(Action.PUT)),
        Tuple.of(5, Arbitraries.just(Action.PATCH)),
        Tuple.of(4, Arbitraries.just(Action.REMOVE)),
        Tuple.of(2, Arbitraries.just(Action.SEARCHABLE)),
        Tuple.of(1, Arbitraries.just(Action.TAKEN_BACK)),
        Tuple.of(4, Arbitraries.just(Action.SYNC)),
        Tuple.of(1, Arbitraries.just(Action.REOPEN)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 15))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(50);
  }

  @Property(tries = 150)
  void aSearchFindsWhatAScanFinds(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      List<TestDevice> devices = List.of(folder.device("a"), folder.device("b"));
      devices.forEach(device -> device.write(batch -> batch.declare(notes(0))));
      for (Step step : steps) {
        TestDevice device = devices.get(step.device());
        run(step, device, mesh);
        assertFindsAll(device);
      }
      devices.get(0).write(batch -> batch.declare(notes(7)));
      for (int round = 0; round < 2; round++) {
        devices.forEach(device -> mesh.sync(device, 300));
      }
      for (TestDevice device : devices) {
        assertThat(searchable(device)).hasSize(3);
        assertFindsAll(device);
        SearchTest.assertSound(device);
      }
    }
  }

  private static void run(Step step, TestDevice device, TestMesh mesh) {
    String key = "k" + step.key();
    switch (step.action()) {
      case PUT -> device.write(batch -> batch.put("notes", key, step.values()));
      case PATCH -> device.write(batch -> batch.patch("notes", key, step.values()));
      case REMOVE -> device.write(batch -> batch.remove("notes", key));
      case SEARCHABLE -> device.write(batch -> batch.declare(notes(step.columns())));
      case TAKEN_BACK -> takeBack(step, device, key);
      case SYNC -> mesh.sync(device, 200);
      case REOPEN -> device.reopen();
    }
  }

  private static void takeBack(Step step, TestDevice device, String key) {
    try (Batch batch = device.store.batch()) {
      batch.put("notes", key, step.values());
      batch.declare(notes(step.columns()));
    }
  }

  /**
   * @param searchable bits that choose columns
   */
  private static TableSchema notes(int searchable) {
    List<ColumnSchema> columns = new ArrayList<>();
    Set<String> chosen = new TreeSet<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      columns.add(new ColumnSchema(COLUMNS.get(i), ColumnType.TEXT));
      if ((searchable >> i & 1) == 1) {
        chosen.add(COLUMNS.get(i));
      }
    }
    return new TableSchema("notes", "id", columns, chosen);
  }

  private static void assertFindsAll(TestDevice device) {
    Set<String> searchable = searchable(device);
    if (searchable.isEmpty()) {
      return;
    }
    for (String word : WORDS) {
      Set<String> found = new TreeSet<>();
      device.store.search("notes", word, 1_000, 60_000).forEach(hit -> found.add(hit.key()));
      assertThat(found).as(word).isEqualTo(scanned(device, searchable, word));
    }
  }

  /** What other devices declared counts as well. */
  private static Set<String> searchable(TestDevice device) {
    try (QueryResult none =
        device.store.query("select * from \"notes:search\" limit 0", List.of())) {
      Set<String> columns = new TreeSet<>(none.columns());
      columns.remove("id");
      return columns;
    } catch (StoreException e) {
      return Set.of();
    }
  }

  private static Set<String> scanned(TestDevice device, Set<String> searchable, String word) {
    Set<String> keys = new TreeSet<>();
    device.store.page("notes", "", 1_000).forEach((key, row) -> {
      for (String column : searchable) {
        if (row.get(column) instanceof Value.Text text && text.value().contains(word)) {
          keys.add(key);
        }
      }
    });
    return keys;
  }
}
