package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Undo takes back exactly what it says, whatever happened since, and never what somebody else has written. */
class UndoProperties {
  private static final List<String> COLUMNS = List.of("name", "country", "population");
  private static final List<String> KEYS = List.of("k0", "k1", "k2");

  enum Action {
    PUT,
    PATCH,
    REMOVE,
    ASSIGN,
    COUNT,
    ADD,
    DISCARD,
    SEVERAL,
    SYNC,
    PACK,
    CLOCK_RUNS_AHEAD,
    REOPEN,
    UNDO,
    REDO
  }

  record Step(Action action, int device, int key, int columns, int value) {
    Step with(Action other, int otherColumns) {
      return new Step(other, device, otherColumns % KEYS.size(), otherColumns, value);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions = Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.just(Action.PUT)),
        Tuple.of(6, Arbitraries.just(Action.PATCH)),
        Tuple.of(4, Arbitraries.just(Action.REMOVE)),
        Tuple.of(2, Arbitraries.just(Action.ASSIGN)),
        Tuple.of(2, Arbitraries.just(Action.COUNT)),
        Tuple.of(3, Arbitraries.just(Action.ADD)),
        Tuple.of(2, Arbitraries.just(Action.DISCARD)),
        Tuple.of(3, Arbitraries.just(Action.SEVERAL)),
        Tuple.of(4, Arbitraries.just(Action.SYNC)),
        Tuple.of(2, Arbitraries.just(Action.PACK)),
        Tuple.of(1, Arbitraries.just(Action.CLOCK_RUNS_AHEAD)),
        Tuple.of(1, Arbitraries.just(Action.REOPEN)),
        Tuple.of(6, Arbitraries.just(Action.UNDO)),
        Tuple.of(3, Arbitraries.just(Action.REDO)));
    return Combinators.combine(
            actions,
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 4))
        .as(Step::new)
        .list()
        .ofMinSize(4)
        .ofMaxSize(50);
  }

  /** A device that nobody else writes beside: what it showed before each change, and shows again. */
  @Property(tries = 200)
  void whatOneDeviceChangedIsTakenBackStepByStep(
      @ForAll("steps") List<Step> steps, @ForAll boolean byArrival) {
    try (TestFolder folder = new TestFolder(TestDevice.rules(byArrival))) {
      TestMesh mesh = new TestMesh(TestDevice.rules(byArrival));
      TestDevice device = folder.device("a").withCompoundCities();
      Deque<Hash> before = new ArrayDeque<>();
      Deque<Hash> undone = new ArrayDeque<>();
      for (Step step : steps) {
        Hash shown = device.store.visibleDigest();
        switch (step.action()) {
          case UNDO -> {
            UndoResult result = undo(device);
            assertThat(result.outcome() == UndoResult.Outcome.DONE).isEqualTo(!before.isEmpty());
            assertThat(result.left()).isEmpty();
            if (!before.isEmpty()) {
              undone.push(shown);
              assertThat(device.store.visibleDigest()).isEqualTo(before.pop());
            }
          }
          case REDO -> {
            UndoResult result = redo(device);
            assertThat(result.outcome() == UndoResult.Outcome.DONE).isEqualTo(!undone.isEmpty());
            if (!undone.isEmpty()) {
              before.push(shown);
              assertThat(device.store.visibleDigest()).isEqualTo(undone.pop());
            }
          }
          default -> {
            if (run(step, device, mesh)) {
              before.push(shown);
              undone.clear();
            }
          }
        }
      }
      while (!before.isEmpty()) {
        undo(device);
        assertThat(device.store.visibleDigest()).isEqualTo(before.pop());
      }
    }
  }

  /** Three devices that write to the same rows. */
  @Property(tries = 200)
  void whatOthersWroteSinceStays(@ForAll("steps") List<Step> steps, @ForAll boolean byArrival) {
    try (TestFolder folder = new TestFolder(TestDevice.rules(byArrival))) {
      TestMesh mesh = new TestMesh(TestDevice.rules(byArrival));
      List<TestDevice> devices = new ArrayList<>();
      Map<TestDevice, Deque<Long>> seen = new HashMap<>();
      for (String name : List.of("a", "b", "c")) {
        TestDevice device = folder.device(name);
        devices.add(device);
        seen.put(device, new ArrayDeque<>());
      }
      devices.get(0).withCompoundCities();
      devices.get(0).write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.ALL)));
      devices.forEach(device -> mesh.sync(device, 1_000));
      mesh.get(devices.get(0));
      for (Step step : steps) {
        TestDevice device = devices.get(step.device());
        Deque<Long> positions = seen.get(device);
        switch (step.action()) {
          case UNDO -> {
            if (!positions.isEmpty()) {
              if (step.value() > 0) { // what they wrote meanwhile has come
                devices.forEach(other -> mesh.sync(other, 300));
                mesh.get(device);
              }
              Set<HistoryItem> others = writtenSince(device, positions.pop());
              undo(device);
              assertThat(current(device)).containsAll(others);
            }
          }
          case REDO -> {}
          default -> {
            if (run(step, device, mesh)) {
              positions.push(device.store.position());
            }
          }
        }
      }
      for (int round = 0; round < 2; round++) {
        devices.forEach(device -> mesh.sync(device, 300));
      }
      for (TestDevice device : devices) {
        assertThat(device.store.visibleDigest()).isEqualTo(devices.get(0).store.visibleDigest());
        assertThat(device.store.mergeDigest()).isEqualTo(devices.get(0).store.mergeDigest());
      }
    }
  }

  private static Set<HistoryItem> writtenSince(TestDevice device, long position) {
    return current(device).stream()
        .filter(item -> !item.device().equals(device.id) && item.sequence() > position)
        .collect(Collectors.toSet());
  }

  private static Set<HistoryItem> current(TestDevice device) {
    Set<HistoryItem> current = new HashSet<>();
    for (String key : KEYS) {
      Histories.all(device, key, 1_000).stream()
          .filter(item -> item.state() == HistoryItem.State.CURRENT)
          .forEach(current::add);
    }
    return current;
  }

  private static UndoResult undo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.undo()));
    return result.get(0);
  }

  private static UndoResult redo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.redo()));
    return result.get(0);
  }

  /** Whether the device changed something that can be taken back. */
  private static boolean run(Step step, TestDevice device, TestMesh mesh) {
    device.millis += 1_000;
    switch (step.action()) {
      case SYNC -> mesh.sync(device, 200);
      case PACK -> {
        mesh.get(device);
        TestDevice.Sent sent = device.pack(100L * step.value());
        if (sent != null) {
          mesh.admit(device, sent);
        }
      }
      case CLOCK_RUNS_AHEAD -> device.millis += 86_400_000;
      case REOPEN -> device.reopen();
      default -> {
        return change(device, step);
      }
    }
    return false;
  }

  private static boolean change(TestDevice device, Step step) {
    Hash before = device.store.visibleDigest();
    boolean[] wrote = {false};
    device.write(batch -> {
      batch.undoable(1_000);
      wrote[0] = write(batch, step);
      if (step.action() == Action.SEVERAL) {
        write(batch, step.with(Action.values()[step.value()], 1));
        write(batch, step.with(Action.REMOVE, 2));
        write(batch, step.with(Action.PATCH, step.columns()));
        wrote[0] = true;
      }
    });
    assertThat(wrote[0] || device.store.visibleDigest().equals(before)).isTrue();
    return wrote[0];
  }

  private static boolean write(Batch batch, Step step) {
    String key = KEYS.get(step.key());
    Value few = Value.of(step.value() % 3);
    return switch (step.action()) {
      case PUT, SEVERAL -> {
        batch.put("cities", key, values(step));
        yield true;
      }
      case PATCH -> {
        batch.patch("cities", key, values(step));
        yield !values(step).isEmpty();
      }
      case REMOVE -> batch.remove("cities", key);
      case ASSIGN -> {
        batch.assign("cities", key, "mood", Value.of(step.value()));
        yield true;
      }
      case COUNT -> {
        batch.increment("cities", key, "visits", step.value() - 2);
        yield step.value() != 2;
      }
      case ADD -> batch.add("cities", key, "tags", few);
      case DISCARD -> batch.discard("cities", key, "tags", few);
      default -> throw new IllegalArgumentException("no write");
    };
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
