package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.Change;
import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
  @TempDir
  Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static Change change(String key, Change.Kind kind, Change.Origin origin) {
    return new Change("cities", key, kind, origin);
  }

  @Test
  void localAndRemoteChangesAreTold() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    ConcurrentLinkedQueue<Change> toldHere = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Change> toldThere = new ConcurrentLinkedQueue<>();
    a.watch("cities", Runnable::run, toldHere::addAll);
    b.watch("cities", Runnable::run, toldThere::addAll);
    World.put(a, "1", "Hobart");
    a.table("cities").patch("1", Row.of("country", "AU"));
    a.table("cities").remove("1");
    Await.done(a.whenDurable());
    world.agree(a, b);
    assertThat(toldHere)
        .containsExactly(
            change("1", Change.Kind.PUT, Change.Origin.LOCAL),
            change("1", Change.Kind.PATCH, Change.Origin.LOCAL),
            change("1", Change.Kind.REMOVE, Change.Origin.LOCAL));
    World.put(b, "2", "Perth");
    Await.done(b.whenDurable());
    world.agree(a, b);
    Change remote = change("2", Change.Kind.PUT, Change.Origin.REMOTE);
    Await.until("the change was told", () -> toldHere.contains(remote));
    assertThat(toldThere).contains(change("2", Change.Kind.PUT, Change.Origin.LOCAL));
  }

  @Test
  void whatIsToldIsDurableAndVisible() {
    Space a = world.home("a").create("household", World.SCHEMA);
    List<String> seen = new ArrayList<>();
    a.watch(
        "cities",
        Runnable::run,
        changes -> changes.forEach(change -> seen.add(World.name(a, change.key()))));
    World.put(a, "1", "Hobart");
    assertThat(seen).containsExactly("Hobart");
  }

  @Test
  void aListenerMayWrite() {
    Space a = world.home("a").create("household", World.SCHEMA);
    a.watch("cities", Runnable::run, changes -> {
      if (a.table("cities").count() < 3) {
        World.put(a, "k" + a.table("cities").count(), "more");
      }
    });
    World.put(a, "1", "Hobart");
    assertThat(a.table("cities").count()).isEqualTo(3);
  }

  @Test
  void onlyTheTableThatIsWatchedIsToldOf() {
    Space a = world.home("a").create("household", World.SCHEMA);
    a.declare(Schema.of(Schema.table("notes", "id").text("text")));
    List<Change> told = new ArrayList<>();
    a.watch("cities", Runnable::run, told::addAll);
    a.table("notes").put("n", Row.of("text", "hello"));
    assertThat(told).isEmpty();
    a.write(writes -> {
      writes.put("notes", "n", Row.of("text", "bye"));
      writes.put("cities", "1", Row.of("name", "Hobart"));
    });
    assertThat(told).hasSize(1);
  }

  @Test
  void aBusyListenerIsToldOfTheRestAllAtOnce() {
    Space a = world.home("a").create("household", World.SCHEMA);
    Deque<Runnable> tasks = new ArrayDeque<>();
    List<List<Change>> told = new ArrayList<>();
    a.watch("cities", tasks::add, told::add);
    for (int i = 0; i < 5; i++) {
      World.put(a, "k" + i, "v");
    }
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).hasSize(5);
    World.put(a, "again", "v");
    assertThat(tasks).hasSize(1);
  }

  @Test
  void moreThanAnybodyLooksAtIsToldAsLookAgain() {
    Space a = world.home("a").create("household", World.SCHEMA);
    Deque<Runnable> tasks = new ArrayDeque<>();
    List<List<Change>> told = new ArrayList<>();
    a.watch("cities", tasks::add, told::add);
    a.write(writes -> {
      for (int i = 0; i < 10_001; i++) {
        writes.put("cities", "k" + i, Row.of());
      }
    });
    tasks.remove().run();
    assertThat(told).containsExactly(List.of());
  }

  @Test
  void aListenerIsNeverCalledTwiceAtOnce() throws InterruptedException {
    Space a = world.home("a").create("household", World.SCHEMA);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    a.watch("cities", pool, changes -> {
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      entered.countDown();
      awaitQuietly(leave);
      inside.decrementAndGet();
      told.addAndGet(changes.size());
    });
    World.put(a, "1", "Hobart");
    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
    World.put(a, "2", "Perth");
    World.put(a, "3", "Darwin");
    leave.countDown();
    Await.until("all were told", () -> told.get() == 3);
    assertThat(most).hasValue(1);
    pool.shutdown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatAListenerOrItsExecutorThrowsStopsNothing() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    List<Change> told = new ArrayList<>();
    AtomicInteger failures = new AtomicInteger();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> failures.incrementAndGet());
    try {
      for (Space space : List.of(a, b)) {
        space.watch("cities", Runnable::run, changes -> {
          throw new IllegalStateException("the app's own fault");
        });
        space.watch(
            "cities",
            task -> {
              throw new RejectedExecutionException("shut down");
            },
            told::addAll);
      }
      World.put(a, "1", "Hobart");
      Await.done(a.whenDurable());
      world.agree(a, b);
      World.put(a, "2", "Perth");
      Await.done(a.whenDurable());
      world.agree(a, b);
      Await.until(
          "every listener to fail",
          () -> failures.get() >= 8); // listeners are told after the state can be seen
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(told).isEmpty();
    assertThat(failures).hasValue(8);
  }

  @Test
  void aClosedWatchIsToldNothingMore() {
    Space a = world.home("a").create("household", World.SCHEMA);
    Deque<Runnable> tasks = new ArrayDeque<>();
    List<Change> told = new ArrayList<>();
    Watch watch = a.watch("cities", tasks::add, told::addAll);
    World.put(a, "1", "Hobart");
    watch.close();
    tasks.remove().run();
    World.put(a, "2", "Perth");
    assertThat(tasks).isEmpty();
    assertThat(told).isEmpty();
  }
}
