package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** Many read beside one who writes, and nobody waits; what a slow reader costs is bounded. */
class LogBoundTest {
  private static final long SOFT = 20 << 20;
  private static final long HARD = 24 << 20;
  private static final int LARGE = 400_000;
  private static final long NEVER = Long.MAX_VALUE;
  private static final String ROWS = "select id, name from cities order by id";

  private int letter;
  private final TestFolder folder = new TestFolder();
  private final List<SpaceStore> stores = new ArrayList<>();

  @AfterEach
  void close() {
    stores.forEach(SpaceStore::close);
    folder.close();
  }

  private Path file() {
    return folder.path().resolve("bounded.db");
  }

  private SpaceStore store(long ageNanos) {
    SpaceStore store = SpaceStore.open(
        new JdbcDriver(SynchronousMode.OFF),
        file(),
        dev.sealift.protocol.id.DeviceId.of(TestDevice.hash("a")),
        () -> TestDevice.START_MILLIS,
        new LogBound.Limits(SOFT, HARD, ageNanos));
    stores.add(store);
    write(store, batch -> batch.declare(TestDevice.CITIES));
    for (int i = 0; i < 10; i++) {
      put(store, "k" + i, "small");
    }
    return store;
  }

  private static void write(SpaceStore store, java.util.function.Consumer<Batch> work) {
    try (Batch batch = store.batch()) {
      work.accept(batch);
      batch.commit();
    }
  }

  private static void put(SpaceStore store, String key, String name) {
    write(store, batch -> batch.put("cities", key, Map.of("name", Value.of(name))));
  }

  /** Some 400 KiB a commit, each other than the last: SQLite does not write what stays as it is. */
  private void writeMuch(SpaceStore store, long bytes) {
    for (long written = 0; written < bytes; written += LARGE) {
      letter++;
      put(store, "k9", String.valueOf((char) ('a' + letter % 26)).repeat(LARGE));
    }
  }

  private long logBytes() {
    try {
      return Files.size(file().resolveSibling("bounded.db-wal"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static QueryResult begun(SpaceStore store) {
    QueryResult result = store.query(ROWS, List.of());
    assertThat(result.next()).isTrue();
    return result;
  }

  private static void assertEnded(QueryResult result) {
    assertThatThrownBy(() -> result.value(0))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.QUERY_TIMED_OUT));
    assertThatThrownBy(result::next)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.QUERY_TIMED_OUT));
  }

  @Test
  void aResultThatIsHeldOpenIsEndedWhenTheLogReachesItsBound() {
    SpaceStore store = store(0);
    QueryResult held = begun(store);
    writeMuch(store, SOFT - (4 << 20));
    assertThat(held.next()).isTrue();
    assertThat(held.text(1)).contains("small");
    writeMuch(store, 6 << 20);
    assertEnded(held);
    put(store, "k0", "after"); // begins the log anew, and cuts its file
    assertThat(logBytes()).isLessThan(17 << 20);
    held.close();
    try (QueryResult next = begun(store)) {
      assertThat(next.text(1)).contains("after");
    }
  }

  @Test
  void aYoungResultIsEndedOnlyAtTheHardBound() {
    SpaceStore store = store(NEVER);
    QueryResult held = begun(store);
    writeMuch(store, SOFT + (2 << 20));
    assertThat(logBytes()).isGreaterThan(SOFT);
    assertThat(held.next()).isTrue();
    writeMuch(store, HARD - SOFT);
    assertEnded(held);
    put(store, "k0", "after");
    assertThat(logBytes()).isLessThan(17 << 20);
  }

  @Test
  void aResultThatHoldsNothingIsNotEnded() {
    SpaceStore store = store(0);
    try (QueryResult read = store.query("select count(*) from cities", List.of());
        QueryResult held = begun(store)) {
      assertThat(read.next()).isTrue();
      assertThat(read.next()).isFalse();
      writeMuch(store, HARD + (2 << 20));
      assertEnded(held);
      assertThat(read.next()).isFalse();
    }
  }

  @Test
  void aQueryThatRunsLongHoldsUpNeitherWritersNorOtherReaders() throws Exception {
    SpaceStore store = store(0);
    try (QueryResult endless = store.query(
        "with recursive n(i) as (select 1 union all select i + 1 from n, cities where id = 'k0')"
            + " select count(*) from n",
        List.of())) {
      CompletableFuture<Code> outcome = CompletableFuture.supplyAsync(() -> codeOf(endless));
      for (int i = 0; i < 20; i++) {
        put(store, "new" + i, "x");
        assertThat(store.count("cities")).isEqualTo(11 + i);
      }
      assertThat(outcome).isNotDone();
      for (int i = 0; i < 50 && !outcome.isDone(); i++) {
        writeMuch(store, 1 << 20); // until it is in the way
      }
      while (!outcome.isDone()) {
        endless.cancel(); // which is another outcome
        Thread.onSpinWait();
      }
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(Code.QUERY_TIMED_OUT);
    }
    assertThat(logBytes()).isLessThan(HARD + (2 << 20));
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
  void whoIsEndedIsToldAndNobodyElse() throws Exception {
    SpaceStore store = store(0);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger whole = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(CompletableFuture.runAsync(() -> {
        while (!stop.get()) {
          (readAll(store) ? whole : ended).incrementAndGet();
        }
      }));
    }
    for (int round = 0; round < 400 && (ended.get() < 5 || whole.get() < 5); round++) {
      writeMuch(store, 2 << 20);
      assertThat(logBytes()).isLessThan(2 * HARD); // not all let go at once
    }
    stop.set(true);
    for (CompletableFuture<Void> reader : readers) {
      reader.get(30, TimeUnit.SECONDS);
    }
    assertThat(whole).hasValueGreaterThanOrEqualTo(5);
  }

  /** Whether the result could be read to its end; then it was of one state. */
  private static boolean readAll(SpaceStore store) {
    try (QueryResult result = store.query(ROWS, List.of())) {
      int rows = 0;
      while (result.next()) {
        assertThat(result.text(0)).contains("k" + rows);
        rows++;
      }
      assertThat(rows).isEqualTo(10);
      return true;
    } catch (StoreException e) {
      assertThat(e.code()).isEqualTo(Code.QUERY_TIMED_OUT);
      return false;
    }
  }
}
