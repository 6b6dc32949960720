package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.store.TransactionModel.Read;
import dev.sealift.client.store.TransactionModel.Told;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Transactions with the real store, against {@link TransactionModel}: at every step each device shows all of a transaction or nothing; in the end all devices have what the model has, and what it has refused stands in
 * every inbox, whole.
 */
class TransactionProperties {
  private static final List<String> COLUMNS = List.of("name", "country", "population");
  private static final int KEYS = 3;

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    BLIND,
    READING,
    PUT_IF,
    PACK,
    GET,
    SYNC,
    REFUSED,
    CLOCK_RUNS_AHEAD,
    REOPEN
  }

  record Step(Action action, int device, int key, int other, int columns, int clock) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(2, Arbitraries.just(Action.PUT)),
        Tuple.of(3, Arbitraries.just(Action.PATCH)),
        Tuple.of(2, Arbitraries.just(Action.REMOVE)),
        Tuple.of(3, Arbitraries.just(Action.BLIND)),
        Tuple.of(6, Arbitraries.just(Action.READING)),
        Tuple.of(3, Arbitraries.just(Action.PUT_IF)),
        Tuple.of(2, Arbitraries.just(Action.PACK)),
        Tuple.of(3, Arbitraries.just(Action.GET)),
        Tuple.of(4, Arbitraries.just(Action.SYNC)),
        Tuple.of(2, Arbitraries.just(Action.REFUSED)),
        Tuple.of(1, Arbitraries.just(Action.CLOCK_RUNS_AHEAD)),
        Tuple.of(1, Arbitraries.just(Action.REOPEN)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, KEYS - 1),
            Arbitraries.integers().between(0, KEYS - 1),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(-3, 3))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(40);
  }

  @Property(tries = 100)
  void transactionsCountWholeOrNotAtAll(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      Run run = new Run(folder, new TestMesh());
      run.performAll(steps);
      run.finish();
      run.requireAsModelled();
    }
  }

  @Property(tries = 100)
  void allDevicesAgreeOnThemWhereRanksGoByArrival(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder(TestDevice.BY_ARRIVAL)) {
      Run run = new Run(folder, new TestMesh(TestDevice.BY_ARRIVAL));
      run.performAll(steps);
      run.finish();
    }
  }

  /** One history. */
  private static final class Run {
    private final TestFolder folder;
    private final TestMesh mesh;
    private final TransactionModel model = new TransactionModel();
    private final List<TestDevice> devices = new ArrayList<>();
    private int transactions;
    private int values;

    Run(TestFolder folder, TestMesh mesh) {
      this.folder = folder;
      this.mesh = mesh;
      for (String name : List.of("a", "b", "c")) {
        devices.add(folder.device(name));
      }
      devices.get(0).withCities();
      mesh.sync(devices.get(0), Long.MAX_VALUE);
      devices.forEach(mesh::get);
    }

    void performAll(List<Step> steps) {
      for (Step step : steps) {
        perform(step);
        requireWhole();
      }
    }

    private void perform(Step step) {
      TestDevice device = devices.get(step.device());
      device.millis += step.clock() * 1000L;
      String key = "k" + step.key();
      switch (step.action()) {
        case PUT -> device.put(key, fresh(7));
        case PATCH -> device.patch(key, fresh(step.columns() | 1));
        case REMOVE -> device.remove(key);
        case BLIND, READING, PUT_IF -> transact(step, device);
        case PACK -> packInterrupted(step, device);
        case GET -> mesh.get(device);
        case SYNC -> mesh.sync(device, 100);
        case REFUSED -> refused(step, device);
        case CLOCK_RUNS_AHEAD -> device.millis += 86_400_000;
        case REOPEN -> device.reopen();
      }
    }

    /** Values that nobody has written before. */
    private Map<String, Value> fresh(int columns) {
      Map<String, Value> fresh = new HashMap<>();
      for (int i = 0; i < COLUMNS.size(); i++) {
        if ((columns >> i & 1) == 1) {
          values++;
          fresh.put(COLUMNS.get(i), Value.of(values));
        }
      }
      return fresh;
    }

    private void transact(Step step, TestDevice device) {
      int number = transactions++;
      List<Read> reads = new ArrayList<>();
      int[] writes = {2};
      String key = "k" + step.key();
      device.write(batch -> {
        switch (step.action()) {
          case READING -> {
            batch.beginTransaction();
            told(batch.read("cities", key), key, reads);
          }
          case PUT_IF -> {
            assertThat(batch.beginTransactionAt("cities", key, batch.version("cities", key)))
                .isTrue();
            told(batch.get("cities", key), key, reads);
          }
          default -> batch.beginTransaction();
        }
        batch.put("cities", TransactionModel.mark(number, 0), fresh(7));
        if (step.action() == Action.READING && step.clock() > 0 && step.other() != step.key()) {
          readBehind(batch, "k" + step.other(), reads);
          writes[0]++;
        }
        writes[0] += write(step, batch, key);
        if (step.columns() > 4) {
          writes[0] += write(step, batch, "k" + step.other());
        }
        batch.put("cities", TransactionModel.mark(number, 1), fresh(7));
      });
      model.tell(new Told(number, device.id, reads, writes[0]));
    }

    /** How many events that is. */
    private int write(Step step, Batch batch, String key) {
      return switch (step.columns() % 3) {
        case 0 -> {
          batch.put("cities", key, fresh(7));
          yield 1;
        }
        case 1 -> batch.remove("cities", key) ? 1 : 0;
        default -> {
          batch.patch("cities", key, fresh(step.columns()));
          batch.patch("cities", key, fresh(1));
          yield 2;
        }
      };
    }

    /** What is read of a row that the transaction has written itself: of columns that it has not written, what was there. */
    private void readBehind(Batch batch, String key, List<Read> reads) {
      Map<String, Value> own = fresh(1);
      batch.patch("cities", key, own);
      batch.read("cities", key).orElseThrow().forEach((column, value) -> {
        if (!own.containsKey(column)) {
          reads.add(new Read(key, column, value));
        }
      });
    }

    private static void told(Optional<Map<String, Value>> row, String key, List<Read> reads) {
      reads.add(new Read(key, "", Value.of(row.isPresent() ? 1 : 0)));
      row.ifPresent(
          values -> values.forEach((column, value) -> reads.add(new Read(key, column, value))));
    }

    /** A file is sealed while others write and files arrive. */
    private void packInterrupted(Step step, TestDevice device) {
      mesh.get(device);
      PendingEvents pending = device.store.takePending(100L * step.columns());
      List<EventRun> runs = device.pendingRuns(pending);
      if (runs.isEmpty()) {
        return;
      }
      if (step.columns() > 3) {
        transact(new Step(Action.READING, 0, step.key(), step.other(), 7, 0), device);
        device.patch("k" + step.key(), fresh(7));
      }
      mesh.get(device);
      mesh.admit(device, device.commit(pending, runs));
    }

    /** A file is refused, after others wrote and files arrived; a transaction may have read what is in it. */
    private void refused(Step step, TestDevice device) {
      mesh.get(device);
      Sent refused = device.pack(100L * step.columns());
      if (refused == null) {
        return;
      }
      if (step.clock() > 0) {
        device.put("k" + step.key(), fresh(7));
      } else {
        transact(new Step(Action.READING, 0, step.key(), step.other(), step.columns(), 1), device);
        device.patch("k" + step.other(), fresh(step.columns() | 1));
      }
      mesh.get(device);
      if (step.clock() < -1) {
        device.reopen();
      }
      device.write(batch -> batch.unpack(refused.counter(), refused.runs()));
      device.counter(refused.counter() - 1);
    }

    void requireWhole() {
      for (TestDevice device : devices) {
        for (int number = 0; number < transactions; number++) {
          assertThat(device.get(TransactionModel.mark(number, 0)).isEmpty())
              .as("half of transaction %d", number)
              .isEqualTo(device.get(TransactionModel.mark(number, 1)).isEmpty());
        }
      }
    }

    void finish() {
      for (int round = 0; round < 2; round++) {
        devices.forEach(device -> mesh.sync(device, 100));
      }
      mesh.log.forEach(Run::assertReadable);
      TestDevice reader = folder.device("reader");
      mesh.get(reader);
      devices.add(reader);
      requireWhole();
      devices.forEach(this::requireAgreed);
    }

    void requireAsModelled() {
      mesh.log.forEach(model::take);
      devices.forEach(this::requireAsModelled);
      assertThat(model.all()).hasSize(transactions);
    }

    private static void assertReadable(Sent sent) {
      try {
        assertThat(PayloadCodec.decode(PayloadCodec.encode(sent.runs()))).isEqualTo(sent.runs());
      } catch (Exception e) {
        throw new AssertionError("a file that nobody can read", e);
      }
    }

    private void requireAgreed(TestDevice device) {
      TestDevice first = devices.get(0);
      assertThat(device.store.visibleDigest()).isEqualTo(first.store.visibleDigest());
      assertThat(device.store.mergeDigest()).isEqualTo(first.store.mergeDigest());
      assertThat(device.store.inbox(10_000)).isEqualTo(first.store.inbox(10_000));
    }

    private void requireAsModelled(TestDevice device) {
      for (int i = 0; i < KEYS; i++) {
        assertThat(device.store.get("cities", "k" + i)).isEqualTo(model.row("k" + i, COLUMNS));
      }
      for (int number : model.all()) {
        assertThat(device.get(TransactionModel.mark(number, 0)).isEmpty())
            .as("whether transaction %d is a conflict", number)
            .isEqualTo(model.isConflict(number));
      }
      Set<List<Object>> wanted = new HashSet<>();
      model.all().stream()
          .filter(model::isConflict)
          .forEach(number -> wanted.addAll(model.cells(number)));
      assertThat(lostWithTransactions(device)).isEqualTo(wanted);
    }

    private static Set<List<Object>> lostWithTransactions(TestDevice device) {
      Set<List<Object>> lost = new HashSet<>();
      for (LostValue value : device.store.inbox(10_000)) {
        if (value.transaction() != 0) {
          lost.add(
              List.of(value.key(), value.column(), value.time(), value.reason(), value.value()));
        }
      }
      return lost;
    }
  }
}
