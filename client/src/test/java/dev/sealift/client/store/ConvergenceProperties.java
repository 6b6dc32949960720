package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** L1 with the real store: whatever devices write, pack and exchange, in whatever order, they come to one state. */
class ConvergenceProperties {
  private static final List<String> COLUMNS = List.of("name", "country", "population");

  /** What a device does. */
  enum Action {
    PUT,
    PATCH,
    REMOVE,
    PART,
    DISMISS,
    DECLARE,
    KEEP,
    PACK,
    GET,
    SYNC,
    REFUSED,
    CLOCK_RUNS_AHEAD,
    REOPEN
  }

  record Step(Action action, int device, int key, int columns, int value, int clock) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(5, Arbitraries.just(Action.PUT)),
        net.jqwik.api.Tuple.of(5, Arbitraries.just(Action.PATCH)),
        net.jqwik.api.Tuple.of(3, Arbitraries.just(Action.REMOVE)),
        net.jqwik.api.Tuple.of(7, Arbitraries.just(Action.PART)),
        net.jqwik.api.Tuple.of(2, Arbitraries.just(Action.DISMISS)),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Action.DECLARE)),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Action.KEEP)),
        net.jqwik.api.Tuple.of(2, Arbitraries.just(Action.PACK)),
        net.jqwik.api.Tuple.of(2, Arbitraries.just(Action.GET)),
        net.jqwik.api.Tuple.of(2, Arbitraries.just(Action.SYNC)),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Action.REFUSED)),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Action.CLOCK_RUNS_AHEAD)),
        net.jqwik.api.Tuple.of(1, Arbitraries.just(Action.REOPEN)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(-3, 3))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 120)
  void devicesThatExchangedEverythingAgree(
      @ForAll("steps") List<Step> steps, @ForAll Random random) {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      exchangeEverything(folder, mesh, steps);
      assertSameRegistersInAnyOrder(folder, mesh.log, random);
    }
  }

  @Property(tries = 120)
  void devicesThatExchangedEverythingAgreeWhereRanksGoByArrival(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder(TestDevice.BY_ARRIVAL)) {
      exchangeEverything(folder, new TestMesh(TestDevice.BY_ARRIVAL), steps);
    }
  }

  private static void exchangeEverything(TestFolder folder, TestMesh mesh, List<Step> steps) {
    List<TestDevice> devices = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      devices.add(folder.device(name));
    }
    devices.get(0).withCompoundCities();
    devices.get(1).withCities();
    steps.forEach(step -> run(step, devices.get(step.device()), mesh));
    for (int round = 0; round < 2; round++) {
      devices.forEach(device -> mesh.sync(device, 300));
    }
    assertAgree(devices);
    assertSameInbox(devices);
    assertSameFromTheLog(folder, devices.get(0), mesh);
    assertSameHistory(folder, devices, mesh);
  }

  private static void assertAgree(List<TestDevice> devices) {
    TestDevice first = devices.get(0);
    for (TestDevice device : devices) {
      assertThat(device.store.pendingCount()).isZero();
      assertThat(device.store.visibleDigest()).isEqualTo(first.store.visibleDigest());
      assertThat(device.store.mergeDigest()).isEqualTo(first.store.mergeDigest());
    }
  }

  private static void assertSameInbox(List<TestDevice> devices) {
    List<LostValue> inbox = devices.get(0).store.inbox(1_000);
    for (TestDevice device : devices) {
      assertThat(device.store.inbox(1_000)).hasSameElementsAs(inbox);
    }
  }

  /** Who was never there while the others wrote, and takes the log as it is. */
  private static void assertSameFromTheLog(TestFolder folder, TestDevice expected, TestMesh mesh) {
    TestDevice reader = folder.device("reader");
    mesh.get(reader);
    assertThat(reader.store.visibleDigest()).isEqualTo(expected.store.visibleDigest());
    assertThat(reader.store.mergeDigest()).isEqualTo(expected.store.mergeDigest());
  }

  /** What was kept of each row is what the log has of it behind the declaration, on every device, and on one that opens its store anew. */
  private static void assertSameHistory(
      TestFolder folder, List<TestDevice> devices, TestMesh mesh) {
    List<Sent> log = mesh.log;
    TestDevice reader = folder.device("historian");
    mesh.get(reader);
    for (int i = 0; i < 4; i++) {
      String key = "k" + i;
      List<HistoryItem> history = Histories.all(reader, key, 3);
      for (TestDevice device : devices) {
        assertThat(Histories.all(device, key, 100)).isEqualTo(history);
      }
      List<Histories.Noted> noted = history.stream()
          .filter(item -> item.sequence() > 0)
          .map(Histories.Noted::of)
          .toList();
      assertThat(noted).containsAll(Histories.kept(log, key, Keep.WINDOW, 1));
      assertThat(Histories.kept(log, key, Keep.WINDOW, 1)).containsAll(noted);
    }
  }

  /** Shuffled, torn apart, put together otherwise, and some twice: what people see of registers does not depend on it. */
  private static void assertSameRegistersInAnyOrder(
      TestFolder folder, List<Sent> log, Random random) {
    TestDevice expected = folder.device("registers");
    Map<DeviceId, List<EventRun>> byAuthor = new HashMap<>();
    for (Sent sent : log) {
      List<EventRun> registers =
          sent.runs().stream().filter(run -> !run.kind().isPart()).toList();
      if (!registers.isEmpty()) {
        expected.receive(TestDevice.sent(sent.author(), sent.counter(), registers));
      }
      for (EventRun run : registers) {
        byAuthor
            .computeIfAbsent(sent.author(), author -> new ArrayList<>())
            .addAll(torn(run, random));
      }
    }
    List<Sent> files = new ArrayList<>();
    byAuthor.forEach((author, runs) -> files.addAll(regrouped(author, runs, random)));
    Collections.shuffle(files, random);
    TestDevice late = folder.device("late");
    files.forEach(late::receive);
    assertThat(late.store.visibleDigest()).isEqualTo(expected.store.visibleDigest());
  }

  private static List<EventRun> torn(EventRun run, Random random) {
    List<EventRun> torn = new ArrayList<>();
    for (RowEvent row : run.rows()) {
      int copies = 1 + random.nextInt(2);
      for (int i = 0; i < copies; i++) {
        torn.add(new EventRun(
            run.kind(),
            run.table(),
            run.seenSequence(),
            run.seenFiles(),
            run.columns(),
            List.of(row)));
      }
    }
    return torn;
  }

  private static List<Sent> regrouped(DeviceId author, List<EventRun> runs, Random random) {
    Collections.shuffle(runs, random);
    List<Sent> files = new ArrayList<>();
    int from = 0;
    while (from < runs.size()) {
      int to = Math.min(runs.size(), from + 1 + random.nextInt(5));
      files.add(TestDevice.sent(author, files.size() + 1, runs.subList(from, to)));
      from = to;
    }
    return files;
  }

  private static void run(Step step, TestDevice device, TestMesh mesh) {
    device.millis += step.clock() * 1000L;
    String key = "k" + step.key();
    boolean ready = device.store.hasTable("cities");
    switch (step.action()) {
      case PUT -> {
        if (ready) {
          device.put(key, values(step));
        }
      }
      case PATCH -> {
        if (ready) {
          device.patch(key, values(step));
        }
      }
      case REMOVE -> {
        if (ready) {
          device.remove(key);
        }
      }
      case PART -> device.part(key, step.columns(), step.value());
      case DISMISS -> dismiss(step, device);
      case DECLARE -> device.write(batch -> batch.declare(more(step)));
      case KEEP ->
        device.write(batch ->
            batch.declare(TestDevice.CITIES.keeping(step.value() > 2 ? Keep.ALL : Keep.WINDOW)));
      case PACK -> packInterrupted(step, device, mesh, ready);
      case GET -> mesh.get(device);
      case SYNC -> mesh.sync(device, 200);
      case REFUSED -> packRefused(step, device, mesh, ready);
      case CLOCK_RUNS_AHEAD -> device.millis += 86_400_000;
      case REOPEN -> device.reopen();
    }
  }

  private static void dismiss(Step step, TestDevice device) {
    List<LostValue> inbox = device.store.inbox(1 + step.value());
    if (!inbox.isEmpty()) {
      device.write(
          batch -> assertThat(batch.dismiss(inbox.get(inbox.size() - 1))).isTrue());
    }
  }

  /** A file is sealed while others write and files arrive. */
  private static void packInterrupted(Step step, TestDevice device, TestMesh mesh, boolean ready) {
    mesh.get(device);
    PendingEvents pending = device.store.takePending(100L * step.value());
    List<EventRun> runs = device.pendingRuns(pending);
    if (runs.isEmpty()) {
      return;
    }
    if (ready && step.columns() > 3) {
      device.patch("k" + step.key(), values(step));
    }
    mesh.get(device);
    mesh.admit(device, device.commit(pending, runs));
  }

  /** A file is refused, after others wrote and files arrived. */
  private static void packRefused(Step step, TestDevice device, TestMesh mesh, boolean ready) {
    mesh.get(device);
    Sent refused = device.pack(100L * step.value());
    if (refused == null) {
      return;
    }
    if (ready && step.columns() > 3) {
      device.patch("k" + step.key(), values(step));
    }
    mesh.get(device);
    device.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    device.counter(refused.counter() - 1);
  }

  private static Map<String, Value> values(Step step) {
    Map<String, Value> values = new HashMap<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      if ((step.columns() >> i & 1) == 1) {
        values.put(
            COLUMNS.get(i), step.value() == 0 ? Value.NULL : Value.of(step.value() * 10L + i));
      }
    }
    return values;
  }

  private static TableSchema more(Step step) {
    List<ColumnSchema> columns = new ArrayList<>(TestDevice.CITIES.columns());
    columns.add(new ColumnSchema("extra" + step.value(), ColumnType.ANY));
    return new TableSchema("cities", "id", columns);
  }
}
