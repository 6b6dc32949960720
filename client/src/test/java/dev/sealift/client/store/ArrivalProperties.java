package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
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

/**
 * The rule by arrival with the real store, against a model that works out the place of each file from the whole log and looks for the highest-ranked event of each cell. Cells are
 * patched and nothing else, so the winner is all there is to be known.
 */
class ArrivalProperties {
  private static final List<String> COLUMNS = List.of("name", "country");

  enum Action {
    PATCH,
    PACK,
    GET,
    SYNC
  }

  record Step(Action action, int device, int key, int column, int clockMillis) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just(Action.PATCH)),
        Tuple.of(1, Arbitraries.just(Action.PACK)),
        Tuple.of(2, Arbitraries.just(Action.GET)),
        Tuple.of(3, Arbitraries.just(Action.SYNC)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(-700, 700))
        .as(Step::new)
        .list()
        .ofMinSize(3)
        .ofMaxSize(50);
  }

  /** L1, L2: what shows in the end is the highest-ranked event, and that is above everything its author had seen. L4: what is written shows at once. */
  @Property(tries = 300)
  void cellsShowTheEventOfTheHighestPlace(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder(TestDevice.BY_ARRIVAL)) {
      TestMesh mesh = new TestMesh(TestDevice.BY_ARRIVAL);
      List<TestDevice> devices = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        devices.add(folder.device(name).withCities());
        mesh.sync(devices.get(devices.size() - 1), 1_000);
      }
      for (int at = 0; at < steps.size(); at++) {
        run(steps.get(at), at, devices, mesh);
      }
      devices.forEach(device -> mesh.sync(device, 100));
      devices.forEach(mesh::get);
      Map<Cell, List<Placed>> events = events(mesh.files());
      assertCausal(events);
      devices.forEach(device -> assertShows(device, events));
    }
  }

  private static void run(Step step, int at, List<TestDevice> devices, TestMesh mesh) {
    TestDevice device = devices.get(step.device());
    device.millis += step.clockMillis();
    switch (step.action()) {
      case PATCH -> {
        String column = COLUMNS.get(step.column());
        device.patch("k" + step.key(), Map.of(column, Value.of(at)));
        assertThat(device.get("k" + step.key())).containsEntry(column, Value.of(at));
      }
      case PACK -> pack(device, mesh);
      case GET -> mesh.get(device);
      case SYNC -> mesh.sync(device, 100);
    }
  }

  /** One file, which comes when others have come meanwhile. */
  private static void pack(TestDevice device, TestMesh mesh) {
    mesh.get(device);
    Sent sent = device.pack(100);
    if (sent != null) {
      mesh.admit(device, sent);
    }
  }

  private record Cell(String key, String column) {}

  private record Placed(
      long place, long sequence, long seen, DeviceId device, RowEvent event, Value value) {
    boolean saw(Placed other) {
      return other.sequence < sequence && (other.device.equals(device) || other.sequence <= seen);
    }
  }

  private static Comparator<Placed> rank() {
    return Comparator.comparingLong(Placed::place)
        .thenComparing(placed -> placed.event().time())
        .thenComparing(placed -> placed.device().toString());
  }

  private static Map<Cell, List<Placed>> events(List<RemoteFile> log) {
    Map<Cell, List<Placed>> events = new HashMap<>();
    for (RemoteFile file : log) {
      long place = place(file, log);
      for (EventRun run : file.runs()) {
        for (RowEvent event : run.rows()) {
          for (int i = 0; i < run.columns().size(); i++) {
            events
                .computeIfAbsent(
                    new Cell(event.key(), run.columns().get(i)), any -> new ArrayList<>())
                .add(new Placed(
                    place,
                    file.entry().sequence(),
                    run.seenSequence(),
                    file.entry().author(),
                    event,
                    event.values().get(i)));
          }
        }
      }
    }
    return events;
  }

  /** As the blueprint says it, all of it by looking back through the log. */
  private static long place(RemoteFile file, List<RemoteFile> log) {
    if (isInTime(file)) {
      return file.entry().serverTimeMillis();
    }
    long floor = file.runs().stream()
        .reduce((one, next) -> next)
        .map(EventRun::seenSequence)
        .filter(seen -> seen > 0)
        .map(seen -> log.get((int) (long) seen - 1).entry().serverTimeMillis())
        .orElse(0L);
    return Math.max(floor, base(file, log));
  }

  private static long base(RemoteFile file, List<RemoteFile> log) {
    Optional<RemoteFile> before = log.stream()
        .filter(other -> other.entry().author().equals(file.entry().author()))
        .filter(other -> other.entry().counter() == file.entry().counter() - 1)
        .findFirst();
    return before
        .map(one -> isInTime(one) ? one.entry().serverTimeMillis() : base(one, log))
        .orElse(0L);
  }

  private static boolean isInTime(RemoteFile file) {
    return file.entry().serverTimeMillis()
        <= file.newest().millis() + TestDevice.BY_ARRIVAL.lateAfterMillis();
  }

  private static void assertCausal(Map<Cell, List<Placed>> events) {
    events
        .values()
        .forEach(cell -> cell.forEach(event -> assertThat(cell)
            .filteredOn(event::saw)
            .allMatch(seen -> rank().compare(event, seen) > 0)));
  }

  private static void assertShows(TestDevice device, Map<Cell, List<Placed>> events) {
    for (int key = 0; key <= 1; key++) {
      for (String column : COLUMNS) {
        Value wanted = events.getOrDefault(new Cell("k" + key, column), List.of()).stream()
            .max(rank())
            .map(Placed::value)
            .orElse(Value.NULL);
        assertThat(device.get("k" + key).getOrDefault(column, Value.NULL)).isEqualTo(wanted);
      }
    }
  }
}
