package dev.sealift.client;

import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.Change;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.HandOvers;
import dev.sealift.client.sync.SyncState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is told of something, on whatever thread, may wait for another thread that wants something of the space. */
class TellingTest {
  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;

  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    b = world.join("b", a.invite());
    world.agree(a, b);
  }

  @AfterEach
  void end() {
    world.close();
  }

  /** Waits for what another thread does, also when it is interrupted, as a listener is when the exchange is ended. */
  private static <T> T byAnotherThread(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work).orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static <T> T handedOver(Space space, T result) {
    byAnotherThread(() -> HandOverTest.handOver(space));
    return result;
  }

  @Test
  void aListenerOfTheExchangeMayWaitForAHandOver() {
    CompletableFuture<List<Change>> told = new CompletableFuture<>();
    b.watch("cities", Runnable::run, changes -> told.complete(handedOver(b, changes)));
    put(a, "x", "by a");
    assertThat(Await.done(told)).extracting(Change::key).containsExactly("x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aListenerOfWhatIsTakenOverMayWaitForAHandOver(boolean connected) {
    a.disconnect();
    put(a, "x", "by a");
    byte[] handed = HandOverTest.handOver(a);
    if (!connected) {
      b.disconnect();
    }
    List<Change> told = new ArrayList<>();
    b.watch("cities", Runnable::run, changes -> told.addAll(handedOver(b, changes)));
    assertThat(HandOverTest.takeOver(b, handed)).isEqualTo(1);
    assertThat(told).extracting(Change::key).containsExactly("x");
  }

  @Test
  void aListenerOfWhatIsTakenOverMayStartAndEndTheExchange() {
    a.disconnect();
    b.disconnect();
    put(a, "x", "by a");
    List<Change> told = new ArrayList<>();
    b.watch(
        "cities",
        Runnable::run,
        changes -> told.addAll(byAnotherThread(() -> {
          b.connect();
          Await.done(b.whenUpToDate());
          b.disconnect();
          return changes;
        })));
    HandOverTest.takeOver(b, HandOverTest.handOver(a));
    assertThat(told).extracting(Change::key).containsExactly("x");
    a.connect();
    Await.done(a.whenUpToDate());
    assertThat(HandOvers.headers(HandOverTest.handOver(a)))
        .as("b has brought it")
        .isEmpty();
  }

  @Test
  void whoIsToldWhileTheExchangeEndsMayWaitForAHandOver() {
    CompletableFuture<Boolean> entered = new CompletableFuture<>();
    CompletableFuture<Boolean> ending = new CompletableFuture<>();
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    b.watch("cities", Runnable::run, changes -> {
      entered.complete(true);
      ending.join();
      told.complete(handedOver(b, true));
    });
    put(a, "x", "by a");
    Await.done(entered);
    Thread ends = new Thread(b::disconnect);
    ends.start();
    Await.until("it waits for the exchange to end", () -> ends.getState() == Thread.State.WAITING);
    ending.complete(true);
    assertThat(Await.done(told)).isTrue();
    Await.until("the exchange has ended", () -> !ends.isAlive());
  }

  @Test
  void everyWatchIsToldInTheOrderOfCommitsWhateverTheListenerOfAnotherWrites() {
    List<String> told = new ArrayList<>();
    b.watch("cities", Runnable::run, changes -> {
      if (changes.get(0).key().equals("x")) {
        put(b, "y", "on it");
      }
    });
    b.watch("cities", Runnable::run, changes -> changes.forEach(one -> told.add(one.key())));
    put(b, "x", "by b");
    assertThat(told).containsExactly("x", "y");
  }

  /** The thread of the exchange that it ended is interrupted; not everybody who is cares. */
  @Test
  void whoBeginsAnotherExchangeFromAListenerEndsTheOneThatTells() {
    CompletableFuture<Thread> told = new CompletableFuture<>();
    b.watch("cities", Runnable::run, changes -> {
      if (told.isDone()) {
        return;
      }
      b.connect(FakeMesh.ADDRESS);
      Await.until("the other one is up to date", () -> isUpToDate(b));
      Thread.interrupted();
      told.complete(Thread.currentThread());
    });
    put(a, "x", "by a");
    Thread before = Await.done(told);
    Await.until("the one before has ended", () -> !before.isAlive());
    assertThat(isUpToDate(b))
        .as("what it said in the end is not about the other")
        .isTrue();
    put(b, "y", "by b");
    Await.done(b.whenDurable());
    world.agree(a, b);
  }

  private static boolean isUpToDate(Space space) {
    return space.status().state() == SyncState.UP_TO_DATE;
  }

  @Test
  void changesAreToldInTheOrderOfTheirCommitsWhateverAListenerWrites() {
    a.disconnect();
    b.disconnect();
    put(a, "x", "by a");
    List<String> told = new ArrayList<>();
    b.watch("cities", Runnable::run, changes -> {
      changes.forEach(change -> told.add(change.key()));
      if (told.size() < 3) {
        put(b, "own " + told.size(), "on it");
        told.add("written");
      }
    });
    HandOverTest.takeOver(b, HandOverTest.handOver(a));
    assertThat(told).containsExactly("x", "written", "own 1");
    assertThat(name(b, "own 1")).isEqualTo("on it");
  }
}
