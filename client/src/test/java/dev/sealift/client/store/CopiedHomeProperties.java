package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A home that was copied, with writes that were not sent yet, and both at work: one device with two stores, whose times and counters collide; and another device. */
class CopiedHomeProperties {
  record Step(int home, int key, int what, int value, boolean packs) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 11),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 3).map(i -> i == 0))
        .as(Step::new)
        .list()
        .ofMinSize(2)
        .ofMaxSize(30);
  }

  @Property(tries = 300)
  void bothHomesAndEveryOtherDeviceAgreeAndNothingIsLost(
      @ForAll("steps") List<Step> steps, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      TestMesh mesh = new TestMesh(rules);
      TestDevice home = folder.device("home", "a").withCompoundCities();
      home.put("k0", Map.of("name", Value.of(100)));
      mesh.sync(home, 1_000);
      TestDevice other = folder.device("b");
      mesh.get(other);
      home.put("k0", Map.of("name", Value.of(101)));
      home.patch("k1", Map.of("country", Value.of(102)));
      home.part("k1", 1, 5);
      home.part("k1", 2, 1);
      TestDevice copy = folder.copy(home, "a");
      List<TestDevice> devices = List.of(home, copy, other);
      for (Step step : steps) {
        TestDevice device = devices.get(step.home());
        run(device, step);
        if (device == other && step.packs()) {
          mesh.sync(other, 500);
        } else if (step.packs()) {
          device.pack();
        }
      }
      for (int round = 0; round < 2; round++) {
        settle(mesh, home);
        settle(mesh, copy);
        mesh.sync(other, 500);
      }
      settle(mesh, home);
      settle(mesh, copy);
      TestDevice reader = folder.device("reader");
      mesh.get(reader);
      for (TestDevice device : devices) {
        assertThat(device.store.pendingCount() + device.store.outboxCount()).isZero();
        assertThat(device.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
        assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
      }
    }
  }

  private static void run(TestDevice device, Step step) {
    String key = "k" + step.key();
    Value value = Value.of(step.value());
    switch (step.what()) {
      case 0 -> device.put(key, Map.of("name", value));
      case 1 -> device.patch(key, Map.of("name", value));
      case 2 -> device.patch(key, Map.of("country", value));
      case 3 -> device.remove(key);
      default -> device.part(key, step.what() - 4, step.value());
    }
  }

  /** Gets, sends what waits at the next free counters, then packs and sends the rest. */
  private static void settle(TestMesh mesh, TestDevice device) {
    mesh.get(device);
    List<Sent> waiting = device.waiting();
    long next = new TreeSet<>(mesh.log.stream()
                .filter(sent -> sent.author().equals(device.id))
                .map(Sent::counter)
                .toList())
            .last()
        + 1;
    List<Sent> renumbered = new java.util.ArrayList<>();
    for (Sent sent : waiting) {
      renumbered.add(device.sentAt(next, sent.runs()));
      next++;
    }
    device.write(
        batch -> batch.replaceOutbox(renumbered.stream().map(Sent::outboxFile).toList()));
    device.remember(renumbered);
    device.counter(next - 1);
    renumbered.forEach(sent -> assertThat(mesh.admit(device, sent)).isTrue());
    mesh.sync(device, 500);
  }
}
