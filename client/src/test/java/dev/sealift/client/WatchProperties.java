package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.TestDevice;
import dev.sealift.client.store.TestFolder;
import dev.sealift.client.store.TestMesh;
import dev.sealift.client.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is written and merged, and however slow the listener: what was told, put together, is what is there. */
class WatchProperties {
  private static final String SQL =
      "select id, name, country from cities where country is null or country <> 3";

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    SYNC,
    LISTEN
  }

  record Step(Action action, int device, int key, int columns, int value) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.just(Action.PUT)),
        Tuple.of(5, Arbitraries.just(Action.PATCH)),
        Tuple.of(4, Arbitraries.just(Action.REMOVE)),
        Tuple.of(4, Arbitraries.just(Action.SYNC)),
        Tuple.of(4, Arbitraries.just(Action.LISTEN)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(0, 4))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(50);
  }

  /** A result as somebody has it who knows only what was told. */
  private static final class Told {
    final List<Row> rows = new ArrayList<>();
    List<Row> last = List.of();

    void tell(QueryChange<Row> change) {
      assertThat(change.isTooMany()).isFalse();
      change.removed().forEach(row -> assertThat(rows.remove(row)).isTrue());
      for (QueryChange.Changed<Row> changed : change.changed()) {
        assertThat(changed.before()).isNotEqualTo(changed.after());
        assertThat(changed.before().value("id")).isEqualTo(changed.after().value("id"));
        assertThat(rows.remove(changed.before())).isTrue();
        rows.add(changed.after());
      }
      rows.addAll(change.added());
      last = change.rows();
    }

    void assertIs(List<Row> now) {
      assertThat(rows).containsExactlyInAnyOrderElementsOf(now);
      assertThat(last).isEqualTo(now);
    }
  }

  @Property(tries = 150)
  void changesPutTogetherAreTheResult(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      List<TestDevice> devices =
          List.of(folder.device("a").withCities(), folder.device("b").withCities());
      TestDevice watched = devices.get(0);
      Deque<Runnable> tasks = new ArrayDeque<>();
      Watches watches = new Watches();
      Told whole = watch(watches, watched, Query.of(SQL), tasks);
      Told keyed = watch(watches, watched, Query.of(SQL).by("id"), tasks);
      Map<String, Row> table = new HashMap<>();
      watches.add(new TableWatch(
          "cities",
          tasks::add,
          changes -> changes.forEach(change -> row(watched, change.key())
              .ifPresentOrElse(
                  row -> table.put(change.key(), row), () -> table.remove(change.key())))));
      watched.store.onChange(changes -> watches.tell(changes, watched.store.tellings()));
      for (Step step : steps) {
        run(step, devices.get(step.device()), mesh, tasks);
      }
      assertThat(tasks).hasSizeLessThanOrEqualTo(3); // one each, however much there is to tell
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
      List<Row> now = result(watched);
      whole.assertIs(now);
      keyed.assertIs(now);
      assertThat(table).isEqualTo(rows(watched));
    }
  }

  private static Told watch(
      Watches watches, TestDevice device, Query query, Deque<Runnable> tasks) {
    Told told = new Told();
    QueryWatch<Row> watch = new QueryWatch<>(
        query, () -> device.store.query(SQL, List.of()), Row::reader, tasks::add, told::tell);
    watches.add(watch);
    watch.start();
    return told;
  }

  private static void run(Step step, TestDevice device, TestMesh mesh, Deque<Runnable> tasks) {
    String key = "k" + step.key();
    switch (step.action()) {
      case PUT -> device.put(key, values(step));
      case PATCH -> device.patch(key, values(step));
      case REMOVE -> device.remove(key);
      case SYNC -> mesh.sync(device, 200);
      case LISTEN -> {
        if (!tasks.isEmpty()) {
          tasks.remove().run();
        }
      }
    }
  }

  private static Map<String, Value> values(Step step) {
    Map<String, Value> values = new HashMap<>();
    if ((step.columns() & 1) == 1) {
      values.put("name", Value.of(step.value() / 2));
    }
    if ((step.columns() & 2) == 2) {
      values.put("country", Value.of(step.value()));
    }
    return values;
  }

  private static Optional<Row> row(TestDevice device, String key) {
    return device.store.get("cities", key).map(Row::ofValues);
  }

  private static Map<String, Row> rows(TestDevice device) {
    Map<String, Row> rows = new HashMap<>();
    device.store.page("cities", "", 1_000).forEach((key, row) -> rows.put(key, Row.ofValues(row)));
    return rows;
  }

  private static List<Row> result(TestDevice device) {
    List<Row> rows = new ArrayList<>();
    try (QueryResult result = device.store.query(SQL, List.of())) {
      while (result.next()) {
        rows.add(Row.reader(result.columns()).apply(result.row()));
      }
    }
    return rows;
  }
}
