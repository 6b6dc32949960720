package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Offsets are 1, 2, 3 … in the order of the log, on every device alike, whatever happens to the entries. */
class FeedProperties {
  private static final TableSchema CHAT = new TableSchema(
          "chat", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
      .keeping(Keep.FEED);

  enum Action {
    APPEND,
    REMOVE,
    CHANGE,
    PACK,
    SYNC,
    REOPEN
  }

  record Step(Action action, int device, int value) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(
                Action.APPEND,
                Action.APPEND,
                Action.APPEND,
                Action.REMOVE,
                Action.CHANGE,
                Action.PACK,
                Action.SYNC,
                Action.SYNC,
                Action.REOPEN),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 9))
        .as(Step::new)
        .list()
        .ofMinSize(3)
        .ofMaxSize(50);
  }

  @Property(tries = 150)
  void offsetsAreTheLogsOrderOnEveryDevice(@ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      List<TestDevice> devices = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        devices.add(folder.device(name));
      }
      devices.get(0).write(batch -> batch.declare(CHAT));
      mesh.sync(devices.get(0), 1_000);
      devices.forEach(mesh::get);
      steps.forEach(step -> run(step, devices.get(step.device()), mesh));
      for (int round = 0; round < 2; round++) {
        devices.forEach(device -> mesh.sync(device, 300));
      }
      List<String> expected = keysInTheLog(mesh.log);
      for (TestDevice device : devices) {
        List<FeedLine> lines = device.store.feed("chat", 1, 1_000);
        assertThat(lines).extracting(FeedLine::key).containsExactlyElementsOf(expected);
        assertThat(lines)
            .extracting(FeedLine::offset)
            .containsExactlyElementsOf(
                IntStream.rangeClosed(1, lines.size()).mapToObj(i -> (long) i).toList());
        assertThat(lines).isEqualTo(devices.get(0).store.feed("chat", 1, 1_000));
        assertThat(device.store.feed("chat", 3, 2)).isEqualTo(part(lines));
        assertThat(device.store.feedWaiting("chat", "", 10)).isEmpty();
      }
    }
  }

  private static List<FeedLine> part(List<FeedLine> lines) {
    return lines.subList(Math.min(2, lines.size()), Math.min(4, lines.size()));
  }

  private static List<String> keysInTheLog(List<Sent> log) {
    Set<String> keys = new LinkedHashSet<>();
    for (Sent sent : log) {
      for (EventRun run : sent.runs()) {
        if (run.table().equals("chat") && run.kind() != RunKind.REMOVE) {
          run.rows().stream().map(RowEvent::key).forEach(keys::add);
        }
      }
    }
    return new ArrayList<>(keys);
  }

  private static void run(Step step, TestDevice device, TestMesh mesh) {
    device.millis += 10;
    switch (step.action()) {
      case APPEND -> append(device, step.value());
      case REMOVE ->
        some(device, step).ifPresent(key -> device.write(batch -> batch.remove("chat", key)));
      case CHANGE ->
        some(device, step)
            .ifPresent(key ->
                device.write(batch -> batch.patch("chat", key, text("changed" + step.value()))));
      case PACK -> {
        mesh.get(device);
        Sent sent = device.pack(100L * step.value());
        if (sent != null) {
          mesh.admit(device, sent);
        }
      }
      case SYNC -> mesh.sync(device, 200);
      case REOPEN -> device.reopen();
    }
  }

  /** As another app may do it, which knows nothing of feeds. */
  private static java.util.Optional<String> some(TestDevice device, Step step) {
    List<String> keys = List.copyOf(device.store.page("chat", "", 100).keySet());
    return keys.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(keys.get(step.value() % keys.size()));
  }

  private static Map<String, Value> text(String text) {
    return Map.of("text", Value.of(text));
  }

  private static String append(TestDevice device, int value) {
    List<String> key = new ArrayList<>();
    device.write(batch -> key.add(batch.append("chat", text("t" + value), "0" + value)));
    return key.get(0);
  }

  @Example
  void whatARestoredMeshHasLostWaitsAgainAndGetsAnOffsetOnceMore() {
    try (TestFolder folder = new TestFolder()) {
      RestoredMesh mesh = new RestoredMesh(TestDevice.RULES);
      TestDevice device = folder.device("a");
      TestDevice other = folder.device("b");
      device.write(batch -> batch.declare(CHAT));
      mesh.sync(device, 1_000);
      long declared = mesh.size();
      String first = append(device, 1);
      String second = append(device, 2);
      assertThat(device.store.feedWaiting("chat", "", 10))
          .extracting(FeedLine::key)
          .containsExactly(first, second);
      mesh.sync(device, 1_000);
      mesh.get(other);
      String theirs = append(other, 3);
      mesh.sync(other, 1_000);
      mesh.restore(declared);
      mesh.get(device);
      assertThat(device.store.lastOffset("chat")).isZero();
      assertThat(device.store.feedWaiting("chat", "", 10))
          .extracting(FeedLine::key)
          .containsExactly(first, second);
      mesh.sync(other, 1_000);
      mesh.sync(device, 1_000);
      mesh.get(other);
      assertThat(other.store.feed("chat", 1, 10))
          .extracting(FeedLine::key)
          .containsExactly(theirs, first, second);
      assertThat(device.store.feed("chat", 1, 10)).isEqualTo(other.store.feed("chat", 1, 10));
    }
  }

  @Example
  void aRemovedEntryLeavesItsPlaceEmpty() {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      TestDevice device = folder.device("a");
      device.write(batch -> batch.declare(CHAT));
      String first = append(device, 1);
      append(device, 2);
      mesh.sync(device, 1_000);
      device.write(batch -> batch.remove("chat", first));
      mesh.sync(device, 1_000);
      List<FeedLine> lines = device.store.feed("chat", 1, 10);
      assertThat(lines).extracting(FeedLine::offset).containsExactly(1L, 2L);
      assertThat(lines.get(0).row()).isEmpty();
      assertThat(lines.get(1).row()).contains(text("t2"));
    }
  }
}
