package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.record.Key;
import dev.sealift.client.store.Change;
import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watching a row, or the result of a query: what is told is what is different. */
class LiveQueryTest {
  record City(@Key String id, @Nullable String name) {}

  private static final Query CITIES = Query.of("select id, name from cities order by id");

  @TempDir
  Path folder;

  private World world;
  private Space space;
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  @BeforeEach
  void start() {
    world = new World(folder);
    space = world.home("a").create("household", World.SCHEMA);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static Row city(String id, String name) {
    return Row.of("id", id, "name", name);
  }

  private static <R> void assertChange(
      QueryChange<R> change, List<R> rows, List<R> added, List<R> removed) {
    assertThat(change).isEqualTo(new QueryChange<>(rows, added, removed, List.of(), false));
  }

  @Test
  void aRowIsToldAtFirstAndWheneverItIsAnother() {
    List<Optional<Row>> told = new ArrayList<>();
    World.put(space, "1", "Hobart");
    Watch watch = space.watch("cities", "1", Runnable::run, told::add);
    space.table("cities").patch("1", Row.of("country", "AU"));
    World.put(space, "2", "Perth");
    space.table("cities").patch("1", Row.of("country", "AU")); // as it was
    space.table("cities").remove("1");
    World.put(space, "1", "Hobart");
    space.declare(Schema.of(Schema.table("cities", "id").text("mayor")));
    watch.close();
    space.table("cities").remove("1");
    Row hobart = Row.of("name", "Hobart", "country", null, "population", null);
    assertThat(told)
        .containsExactly(
            Optional.of(hobart),
            Optional.of(Row.of("name", "Hobart", "country", "AU", "population", null)),
            Optional.empty(),
            Optional.of(hobart),
            Optional.of(
                Row.of("name", "Hobart", "country", null, "population", null, "mayor", null)));
  }

  @Test
  void aSlowListenerIsToldTheNewestOfARow() {
    List<Optional<Row>> told = new ArrayList<>();
    space.watch("cities", "1", tasks::add, told::add);
    for (int i = 0; i < 100; i++) {
      World.put(space, "1", "v" + i);
    }
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(told)
        .containsExactly(Optional.of(Row.of("name", "v99", "country", null, "population", null)));
    assertThat(tasks).isEmpty();
    assertThat(World.codeOf(() -> space.watch("mayors", "1", tasks::add, told::add)))
        .isEqualTo(ErrorCode.NO_SUCH_TABLE);
  }

  @Test
  void changedRowsAreToldAsTheyAreNow() {
    List<List<RowChange>> told = new ArrayList<>();
    space.watchRows("cities", tasks::add, told::add);
    World.put(space, "1", "Hobart");
    World.put(space, "2", "Perth");
    space.table("cities").patch("1", Row.of("name", "Hobart Town"));
    space.table("cities").remove("2");
    tasks.remove().run();
    assertThat(told)
        .containsExactly(List.of(
            new RowChange(
                new Change("cities", "1", Change.Kind.PATCH, Change.Origin.LOCAL),
                Optional.of(Row.of("name", "Hobart Town", "country", null, "population", null))),
            new RowChange(
                new Change("cities", "2", Change.Kind.REMOVE, Change.Origin.LOCAL),
                Optional.empty())));
    assertThat(told.get(0).get(1).key()).isEqualTo("2");
  }

  @Test
  void theResultOfAQueryIsToldAtFirstAndThenWhatIsDifferent() {
    List<QueryChange<Row>> told = new ArrayList<>();
    World.put(space, "1", "Hobart");
    Watch watch = space.watch(CITIES, Runnable::run, told::add);
    World.put(space, "2", "Perth");
    space.table("cities").patch("2", Row.of("country", "AU")); // nothing that the query shows
    space.table("cities").patch("1", Row.of("name", "Hobart Town"));
    space.table("cities").remove("2");
    watch.close();
    World.put(space, "3", "Darwin");
    Row hobart = city("1", "Hobart");
    Row perth = city("2", "Perth");
    Row town = city("1", "Hobart Town");
    assertThat(told).hasSize(4);
    assertChange(told.get(0), List.of(hobart), List.of(hobart), List.of());
    assertChange(told.get(1), List.of(hobart, perth), List.of(perth), List.of());
    assertChange(told.get(2), List.of(town, perth), List.of(town), List.of(hobart));
    assertChange(told.get(3), List.of(town), List.of(), List.of(perth));
  }

  @Test
  void anEmptyResultIsToldAtFirstToo() {
    List<QueryChange<Row>> told = new ArrayList<>();
    space.watch(CITIES, Runnable::run, told::add);
    assertThat(told).hasSize(1);
    assertChange(told.get(0), List.of(), List.of(), List.of());
  }

  @Test
  void aRowIsKnownAgainByItsColumn() {
    List<QueryChange<Row>> told = new ArrayList<>();
    World.put(space, "1", "Hobart");
    space.watch(CITIES.by("ID"), Runnable::run, told::add);
    World.put(space, "1", "Hobart Town");
    assertThat(told.get(1).changed())
        .containsExactly(new QueryChange.Changed<>(city("1", "Hobart"), city("1", "Hobart Town")));
    assertThat(told.get(1).added()).isEmpty();
    assertThat(told.get(1).removed()).isEmpty();
  }

  @Test
  void rowsOfOneContentAreCounted() {
    List<QueryChange<Row>> told = new ArrayList<>();
    World.put(space, "1", "x");
    World.put(space, "2", "x");
    space.watch(Query.of("select name from cities"), Runnable::run, told::add);
    space.table("cities").remove("1");
    World.put(space, "3", "x");
    Row x = Row.of("name", "x");
    assertThat(told).hasSize(3);
    assertChange(told.get(0), List.of(x, x), List.of(x, x), List.of());
    assertChange(told.get(1), List.of(x), List.of(), List.of(x));
    assertChange(told.get(2), List.of(x, x), List.of(x), List.of());
  }

  @Test
  void recordsAreToldAndThoseThatStayedAreTheSame() {
    List<QueryChange<City>> told = new ArrayList<>();
    World.put(space, "1", "Hobart");
    space.watch(CITIES.by("id"), City.class, Runnable::run, told::add);
    World.put(space, "2", "Perth");
    assertThat(told.get(1).added()).containsExactly(new City("2", "Perth"));
    assertThat(told.get(1).rows().get(0)).isSameAs(told.get(0).rows().get(0));
  }

  @Test
  void allThatHappenedWhileAListenerWasBusyIsOneChange() {
    List<QueryChange<Row>> told = new ArrayList<>();
    space.watch(CITIES, tasks::add, told::add);
    tasks.remove().run();
    for (int i = 0; i < 50; i++) {
      World.put(space, "1", "v" + i);
    }
    World.put(space, "2", "there and away");
    space.table("cities").remove("2");
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(told).hasSize(2);
    assertChange(told.get(1), List.of(city("1", "v49")), List.of(city("1", "v49")), List.of());
  }

  @Test
  void onlyWhatAQueryNamesMakesItRunAgain() {
    space.declare(Schema.of(Schema.table("notes", "id").text("text")));
    space.watch(Query.of("select count(*) as n from \"CITIES\""), tasks::add, change -> {});
    tasks.remove().run();
    space.table("notes").put("1", Row.of("text", "hello"));
    assertThat(tasks).isEmpty();
    World.put(space, "1", "Hobart");
    assertThat(tasks).hasSize(1);
  }

  @Test
  void aColumnThatComesIsToldOf() {
    List<QueryChange<Row>> told = new ArrayList<>();
    World.put(space, "1", "Hobart");
    space.watch(Query.of("select * from cities").by("id"), Runnable::run, told::add);
    space.declare(Schema.of(Schema.table("cities", "id").text("mayor")));
    assertThat(told).hasSize(2);
    assertThat(told.get(1).changed()).hasSize(1);
    assertThat(told.get(1).changed().get(0).after().isNull("mayor")).isTrue();
  }

  @Test
  void aResultThatIsTooLargeIsNotComparedAndBeginsAnew() {
    List<QueryChange<Row>> told = new ArrayList<>();
    space.watch(Query.of("select id from cities"), Runnable::run, told::add);
    put(0, 10_000);
    put(10_000, 10_001);
    space.table("cities").remove("k0");
    assertThat(told).hasSize(4);
    assertThat(told.get(1).added()).hasSize(10_000);
    assertThat(told.get(2)).isEqualTo(QueryChange.tooMany());
    assertThat(told.get(3).isTooMany()).isFalse();
    assertThat(told.get(3).added()).hasSize(10_000);
  }

  private void put(int from, int to) {
    space.write(writes -> {
      for (int i = from; i < to; i++) {
        writes.put("cities", "k" + i, Row.of("name", "n"));
      }
    });
  }

  @Test
  void soIsOneOfTooManyBytes() {
    List<QueryChange<Row>> told = new ArrayList<>();
    space.watch(Query.of("select name from cities"), Runnable::run, told::add);
    for (int i = 0; i < 34; i++) {
      World.put(space, "k" + i, "x".repeat(500_000));
    }
    assertThat(told).hasSize(35);
    assertThat(told.get(33).isTooMany()).isFalse();
    assertThat(told.get(34).isTooMany()).isTrue();
  }

  @Test
  void whatCannotBeWatchedIsSaidAtOnce() {
    assertThat(World.codeOf(() -> space.watch(Query.of("selec"), tasks::add, c -> {})))
        .isEqualTo(ErrorCode.BAD_QUERY);
    assertThat(World.codeOf(() -> space.watch(Query.of("select ?"), tasks::add, c -> {})))
        .isEqualTo(ErrorCode.BAD_QUERY);
    assertThat(World.codeOf(() -> space.watch(CITIES.by("nothing"), tasks::add, c -> {})))
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(
            World.codeOf(() -> space.watch(Query.of("select 1 as a, 2 as a"), tasks::add, c -> {})))
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(World.codeOf(
            () -> space.watch(Query.of("select id from cities"), City.class, tasks::add, c -> {})))
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(tasks).isEmpty();
  }

  @Test
  void aListenerThatIsToldMayWriteAndRead() {
    List<Integer> told = new ArrayList<>();
    space.watch(CITIES, Runnable::run, change -> {
      told.add(change.rows().size());
      if (change.rows().size() < 3) {
        World.put(space, "k" + change.rows().size(), "more");
      }
    });
    assertThat(told).containsExactly(0, 1, 2, 3);
  }

  @Test
  void whatOthersWriteIsToldInTheEnd() {
    Space a = world.found("b");
    Space b = world.join("c", a.invite());
    ExecutorService executor = Executors.newSingleThreadExecutor();
    ConcurrentLinkedQueue<QueryChange<City>> told = new ConcurrentLinkedQueue<>();
    AtomicReference<Optional<Row>> row = new AtomicReference<>(Optional.empty());
    b.watch(CITIES.by("id"), City.class, executor, told::add);
    b.watch("cities", "5", executor, row::set);
    for (int i = 0; i < 10; i++) {
      World.put(a, "" + i, "n" + i);
    }
    Await.done(a.whenDurable());
    world.agree(a, b);
    Await.until("all were told", () -> {
      List<QueryChange<City>> all = List.copyOf(told);
      return !all.isEmpty() && all.get(all.size() - 1).rows().size() == 10;
    });
    Await.until("the row was told", () -> row.get().isPresent());
    assertThat(told.stream().mapToInt(change -> change.added().size()).sum()).isEqualTo(10);
    executor.shutdown();
  }

  @Test
  void aSpaceThatIsClosedTellsNothingAndComplainsOfNothing() {
    List<QueryChange<Row>> told = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    space.watch(CITIES, tasks::add, told::add);
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler((any, e) -> failures.add(e));
    try {
      world.close("a");
      tasks.remove().run();
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
    assertThat(told).isEmpty();
    assertThat(failures).isEmpty();
  }
}
