package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * L1 where a mesh loses the tail of its log, again and again: whatever places the files get then, what the log makes of rows is the same on every device that was there, and on
 * one that takes the log as it is; and nothing goes from people's sight meanwhile.
 */
class RewindProperties {
  private static final List<String> COLUMNS = List.of("name", "country", "population");

  /** The device that never comes back after the first restoration: others have its files, or nobody. */
  private static final int GHOST = 3;

  /** Another home of the first device, made when it was copied with writes that were not sent yet. */
  private static final int COPY = 4;

  /** Longer than the cut-off, and than losers are to be reviewed. */
  private static final long LONG_MILLIS = 100 * 86_400_000L;

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    PART,
    TRANSACT,
    DISMISS,
    PACK,
    GET,
    SYNC,
    KEEP,
    RESTORE,
    PUT_DISPLACED,
    UNPACK,
    TAKE_STEP,
    BEGIN_ANEW,
    LONG_TIME_PASSES,
    REOPEN
  }

  record Step(Action action, int device, int key, int columns, int value, int clock, long seed) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just(Action.PUT)),
        Tuple.of(6, Arbitraries.just(Action.PATCH)),
        Tuple.of(3, Arbitraries.just(Action.REMOVE)),
        Tuple.of(6, Arbitraries.just(Action.PART)),
        Tuple.of(5, Arbitraries.just(Action.TRANSACT)),
        Tuple.of(2, Arbitraries.just(Action.DISMISS)),
        Tuple.of(2, Arbitraries.just(Action.PACK)),
        Tuple.of(3, Arbitraries.just(Action.GET)),
        Tuple.of(6, Arbitraries.just(Action.SYNC)),
        Tuple.of(1, Arbitraries.just(Action.KEEP)),
        Tuple.of(2, Arbitraries.just(Action.RESTORE)),
        Tuple.of(3, Arbitraries.just(Action.PUT_DISPLACED)),
        Tuple.of(1, Arbitraries.just(Action.UNPACK)),
        Tuple.of(1, Arbitraries.just(Action.TAKE_STEP)),
        Tuple.of(1, Arbitraries.just(Action.BEGIN_ANEW)),
        Tuple.of(1, Arbitraries.just(Action.LONG_TIME_PASSES)),
        Tuple.of(1, Arbitraries.just(Action.REOPEN)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, COPY),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(-3, 3),
            Arbitraries.longs())
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 250)
  void devicesAgreeWhateverPlacesFilesGetAfterwards(
      @ForAll("steps") List<Step> steps, @ForAll boolean byArrival, @ForAll Random random) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      RestoredMesh mesh = new RestoredMesh(rules);
      List<TestDevice> devices = new ArrayList<>();
      for (String name : List.of("a", "b", "c", "ghost")) {
        devices.add(folder.device(name));
      }
      devices.get(0).withCompoundCities();
      mesh.sync(devices.get(0), 1_000);
      devices.get(0).patch("k0", Map.of("country", Value.of(102)));
      devices.add(folder.copy(devices.get(0), "a"));
      devices.forEach(mesh::get);
      for (Step step : steps) {
        if (step.action() == Action.LONG_TIME_PASSES) {
          mesh.pass(LONG_MILLIS);
          devices.forEach(device -> device.millis += LONG_MILLIS);
        } else if (step.device() != GHOST || mesh.restorations() == 0) {
          run(step, devices.get(step.device()), mesh, folder);
        }
      }
      if (mesh.restorations() > 0) {
        devices.remove(GHOST);
      }
      exchange(mesh, devices, random);
      assertAlike(mesh, devices, folder);
    }
  }

  /** Until the log has everything, but for files whose author is gone and that nobody puts. */
  private static void exchange(RestoredMesh mesh, List<TestDevice> devices, Random random) {
    for (int round = 0; round < 3; round++) {
      for (TestDevice device : devices) {
        mesh.get(device);
        mesh.putDisplaced(device, random.nextInt(4), random);
        mesh.sync(device, 300);
      }
    }
    devices.forEach(mesh::get);
    for (TestDevice device : devices) {
      device.displaced().keySet().forEach(id -> device.write(batch -> batch.removeDisplaced(id)));
    }
  }

  private static void assertAlike(RestoredMesh mesh, List<TestDevice> devices, TestFolder folder) {
    TestDevice reader = mesh.reader(folder, "reader", mesh.size());
    for (TestDevice device : devices) {
      assertThat(device.store.pendingCount() + device.store.outboxCount()).isZero();
      assertThat(device.store.position()).isEqualTo(mesh.size());
      assertThat(device.store.inbox(1_000)).hasSameElementsAs(reader.store.inbox(1_000));
      assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
      assertThat(device.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
      for (String key : List.of("k0", "k1", "k2")) {
        assertThat(Histories.all(device, key, 50)).isEqualTo(Histories.all(reader, key, 50));
      }
    }
  }

  private static void run(Step step, TestDevice device, RestoredMesh mesh, TestFolder folder) {
    device.millis += step.clock() * 1000L;
    Random random = new Random(step.seed());
    String key = "k" + step.key();
    switch (step.action()) {
      case PUT -> device.put(key, values(step));
      case PATCH -> device.patch(key, values(step));
      case REMOVE -> device.remove(key);
      case PART -> device.part(key, step.columns(), step.value());
      case TRANSACT -> transact(step, device);
      case DISMISS -> dismiss(step, device);
      case PACK -> device.pack(100L * step.value());
      case GET -> mesh.get(device);
      case SYNC -> mesh.sync(device, 200);
      case KEEP ->
        device.write(batch ->
            batch.declare(TestDevice.CITIES.keeping(step.value() > 2 ? Keep.ALL : Keep.WINDOW)));
      case RESTORE -> restore(mesh, device, random, folder, isCopied(step) && mesh.isByArrival());
      case PUT_DISPLACED -> {
        mesh.get(device);
        mesh.putDisplaced(device, 1 + random.nextInt(4), random);
      }
      case UNPACK -> unpack(device);
      case TAKE_STEP -> takeStep(device, mesh, folder);
      case BEGIN_ANEW -> beginAnew(device, mesh);
      case REOPEN -> device.reopen();
      case LONG_TIME_PASSES -> throw new IllegalArgumentException("for everybody");
    }
  }

  /** The schema stays. */
  private static void restore(
      RestoredMesh mesh, TestDevice device, Random random, TestFolder folder, boolean twice) {
    boolean late = twice || hasOldWrites(device, mesh) || hasConflicts(device);
    List<Map<String, Value>> seen = registers(device);
    mesh.restore(1 + random.nextInt((int) mesh.size()));
    mesh.adopt(device);
    if (!late) {
      assertThat(registers(device)).isEqualTo(seen);
    }
    long size = device.store.position();
    boolean isNewcomer = size == 0 || device.store.unfinishedStep().isPresent();
    if (!isNewcomer
        && mesh.ageOf(size) < LONG_MILLIS) { // no loser has been over yet that is not over there
      TestDevice reader = mesh.reader(folder, "reader " + mesh.restorations(), size);
      assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
    }
    goOn(device, mesh);
  }

  /** Nothing is written before. */
  private static void goOn(TestDevice device, RestoredMesh mesh) {
    if (device.store.unfinishedStep().isPresent()) {
      mesh.get(device);
    }
  }

  /**
   * What is in sight, but for compound cells: what an operation in the lost part had seen there and taken away may show again until it is back.
   */
  private static List<Map<String, Value>> registers(TestDevice device) {
    return Stream.of("k0", "k1", "k2")
        .map(key -> {
          Map<String, Value> shown = new HashMap<>(device.get(key));
          shown.keySet().retainAll(COLUMNS);
          return shown;
        })
        .toList();
  }

  /** Whether own writes wait that came too late once, or will: those that are pending again show until they come too late once more. */
  private static boolean hasOldWrites(TestDevice device, RestoredMesh mesh) {
    HybridTime old = HybridTime.of(mesh.millis() - LONG_MILLIS / 2, 0);
    return device.store.isPending(old)
        || device.waiting().stream().anyMatch(sent -> old.isAfter(sent.first()));
  }

  /**
   * Whether both of its homes send the event that waited when the one was copied. Where ranks go by arrival the first place of that counts; until a restored mesh has it again, what
   * this home sent of it stands where that stood itself.
   */
  private static boolean isCopied(Step step) {
    return step.device() == 0 || step.device() == COPY;
  }

  /** Reads one row and writes two. */
  private static void transact(Step step, TestDevice device) {
    device.write(batch -> {
      batch.beginTransaction();
      if (step.value() > 1) {
        batch.read("cities", "k" + step.key());
      }
      batch.patch("cities", "k" + step.key(), values(step));
      batch.add("cities", "k" + step.columns() % 3, "tags", Value.of(step.value()));
    });
  }

  /** Whether what it wrote was refused: that waits and shows again, until it is judged anew. */
  private static boolean hasConflicts(TestDevice device) {
    return device.store.inbox(10_000).stream()
        .anyMatch(lost -> lost.transaction() != 0 && lost.device().equals(device.id));
  }

  private static void dismiss(Step step, TestDevice device) {
    List<LostValue> inbox = device.store.inbox(1 + step.value());
    if (!inbox.isEmpty()) {
      device.write(
          batch -> assertThat(batch.dismiss(inbox.get(inbox.size() - 1))).isTrue());
    }
  }

  /** All that the mesh has, at once. */
  private static void takeStep(TestDevice device, RestoredMesh mesh, TestFolder folder) {
    mesh.adopt(device);
    if (device.store.position() < mesh.size()) {
      TestDevice maker = mesh.reader(folder, "maker " + folder.homes(), mesh.size());
      Steps.take(device, Steps.make(maker, 1));
    }
    goOn(device, mesh); // a log that went back may have needed one that is not there
  }

  /** What nobody else has seen of it shows on. */
  private static void beginAnew(TestDevice device, RestoredMesh mesh) {
    mesh.adopt(device);
    device.beginAnew();
    assertThat(device.store.position()).isZero();
    assertThat(device.store.unfinishedStep()).isEmpty();
  }

  /** What waits is taken apart, as when the mesh has no room for it. */
  private static void unpack(TestDevice device) {
    List<Sent> waiting = device.waiting();
    if (!waiting.isEmpty()) {
      List<EventRun> runs =
          waiting.stream().flatMap(sent -> sent.runs().stream()).toList();
      long first = waiting.get(0).counter();
      device.write(batch -> batch.unpack(first, runs));
      device.counter(first - 1);
    }
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
}
