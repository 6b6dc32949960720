package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Devices that hand files over to each other, and reach the mesh in any order: all come to the same, a reader of the log alone too; and what lost is what a model says that is told by the test, and not by
 * the files, which event each author had seen.
 */
class HandOverProperties {
  private static final int DEVICES = 4;

  enum Action {
    PATCH,
    PUT,
    REMOVE,
    PART,
    HAND_OVER,
    PACK,
    REACH,
    GET,
    PAUSE,
    REFUSED,
    REOPEN
  }

  record Step(Action action, int device, int other, int key, int value, int clock) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return steps(
        Tuple.of(6, Action.PATCH),
        Tuple.of(3, Action.PUT),
        Tuple.of(2, Action.REMOVE),
        Tuple.of(6, Action.PART),
        Tuple.of(7, Action.HAND_OVER),
        Tuple.of(1, Action.PACK),
        Tuple.of(3, Action.REACH),
        Tuple.of(1, Action.GET),
        Tuple.of(1, Action.PAUSE),
        Tuple.of(1, Action.REFUSED),
        Tuple.of(1, Action.REOPEN));
  }

  @Provide
  Arbitrary<List<Step>> patches() {
    return steps(
        Tuple.of(8, Action.PATCH),
        Tuple.of(6, Action.HAND_OVER),
        Tuple.of(1, Action.PACK),
        Tuple.of(3, Action.REACH),
        Tuple.of(3, Action.GET),
        Tuple.of(1, Action.PAUSE),
        Tuple.of(1, Action.REFUSED),
        Tuple.of(1, Action.REOPEN));
  }

  @SafeVarargs
  private static Arbitrary<List<Step>> steps(Tuple.Tuple2<Integer, Action>... actions) {
    return Combinators.combine(
            Arbitraries.frequency(actions),
            Arbitraries.integers().between(0, DEVICES - 1),
            Arbitraries.integers().between(0, DEVICES - 1),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(-3, 3))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 150)
  void whoeverReachesTheMeshFirstAllComeToTheSame(
      @ForAll("steps") List<Step> steps, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      Devices devices = new Devices(folder, rules);
      steps.forEach(devices::run);
      devices.meet();
      devices.assertAgree();
    }
  }

  @Property(tries = 150)
  void whatLostIsWhatNobodyHadSeenWhoReplacedIt(@ForAll("patches") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      Devices devices = new Devices(folder, TestDevice.RULES);
      steps.forEach(devices::run);
      devices.meet();
      devices.assertAgree();
      devices.assertLosers();
    }
  }

  /** L2 and L4: all along on each device, and in the end. */
  @Property(tries = 200)
  void noWriteStandsBelowWhatItsAuthorHadSeen(
      @ForAll("patches") List<Step> steps, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      Devices devices = new Devices(folder, rules);
      for (Step step : steps) {
        devices.run(step);
        devices.assertCausal();
      }
      devices.meet();
      devices.assertAgree();
      devices.assertCausal();
    }
  }

  /** An event, by who wrote it and when. */
  record Name(DeviceId device, HybridTime time) {}

  private static final class Devices {
    private final TestFolder folder;
    private final TestMesh mesh;
    private final List<TestDevice> devices = new ArrayList<>();

    /** All files in the order in which they were made: none builds on a later one. */
    private final List<Sent> made = new ArrayList<>();

    /** What each device has come to see, and what it had seen when it wrote each event. */
    private final Map<TestDevice, Set<Name>> seenBy = new HashMap<>();

    private final Map<Name, Set<Name>> seenAt = new HashMap<>();
    private final Map<Value, String> keys = new HashMap<>();
    private int writes;

    /** Which event each value of a name is by: no two have the same. */
    private final Map<Value, Name> events = new HashMap<>();

    Devices(TestFolder folder, SpaceRules rules) {
      this.folder = folder;
      mesh = new TestMesh(rules);
      for (int i = 0; i < DEVICES; i++) {
        devices.add(folder.device("device" + i));
        seenBy.put(devices.get(i), new HashSet<>());
      }
      devices.get(0).withCompoundCities();
      reach(devices.get(0));
      devices.forEach(this::get);
    }

    void run(Step step) {
      TestDevice device = devices.get(step.device());
      device.millis += step.clock() * 1000L;
      String key = "k" + step.key();
      writes++;
      switch (step.action()) {
        case PATCH -> patch(device, key);
        case PUT -> device.put(key, Map.of("name", Value.of(writes), "country", Value.of("AU")));
        case REMOVE -> device.remove(key);
        case PART -> device.part(key, step.value(), step.other());
        case HAND_OVER -> handOver(device, devices.get(step.other()));
        case PACK -> pack(device);
        case REACH -> reach(device);
        case GET -> get(device);
        case PAUSE -> mesh.pause(1_500);
        case REFUSED -> refused(device);
        case REOPEN -> device.reopen();
      }
      wrote(device);
    }

    private void patch(TestDevice device, String key) {
      Value value = Value.of(writes);
      device.patch(key, Map.of("name", value));
      assertThat(device.get(key)).containsEntry("name", value);
      events.put(value, new Name(device.id, device.store.lastLocalTime()));
      keys.put(value, key);
    }

    /** What shows on a device is nothing that the author of another write had seen, of those that are here. */
    void assertCausal() {
      for (TestDevice device : devices) {
        for (String key : List.of("k0", "k1", "k2")) {
          Value shown = device.get(key).getOrDefault("name", Value.NULL);
          events.forEach((value, event) -> {
            boolean here =
                event.device().equals(device.id) || seenBy.get(device).contains(event);
            if (here && keys.get(value).equals(key) && !value.equals(shown)) {
              assertThat(saw(event, events.get(shown)))
                  .as("%s on %s shows, which the author of %s had seen", shown, key, value)
                  .isFalse();
            }
          });
        }
      }
    }

    private void wrote(TestDevice device) {
      Name name = new Name(device.id, device.store.lastLocalTime());
      seenAt.putIfAbsent(name, Set.copyOf(seenBy.get(device)));
    }

    private void pack(TestDevice device) {
      Sent sent = device.pack();
      if (sent != null) {
        made.add(sent);
      }
    }

    /** Packed anew, as if the mesh had not taken it: only what nobody else can have. */
    private void refused(TestDevice device) {
      List<Sent> before = device.waiting();
      Sent last = device.pack();
      if (last != null) {
        device.write(batch -> batch.unpack(last.counter(), last.runs()));
        device.counter(last.counter() - 1);
      }
      assertThat(device.waiting()).isEqualTo(before);
    }

    private void handOver(TestDevice from, TestDevice to) {
      pack(from);
      Set<Sent> held = new HashSet<>(from.waiting());
      held.addAll(from.displaced().values());
      List<Sent> files = made.stream().filter(held::contains).toList();
      to.write(batch -> {
        for (Sent sent : files) {
          if (isNew(sent, to)) {
            if (!mayTake(sent, to, files)) {
              return; // its author went on meanwhile, and this device has to connect first
            }
            to.takeOver(sent, batch);
            see(to, sent);
          }
        }
      });
    }

    private static boolean isNew(Sent sent, TestDevice device) {
      return !sent.author().equals(device.id)
          && device.store.chainAt(sent.author(), sent.counter()).isEmpty()
          && !device.displaced().containsValue(sent);
    }

    private static boolean mayTake(Sent sent, TestDevice to, List<Sent> with) {
      long last = to.store.chainHead(sent.author()).map(ChainHead::counter).orElse(0L);
      boolean follows = sent.counter() == last + 1
          || with.stream()
              .anyMatch(
                  one -> one.author().equals(sent.author()) && one.counter() == sent.counter() - 1)
          || to.displaced().values().stream()
              .anyMatch(
                  one -> one.author().equals(sent.author()) && one.counter() == sent.counter() - 1);
      return follows && sent.seenFiles().stream().allMatch(dot -> isHere(dot, to, with));
    }

    private static boolean isHere(DotRef dot, TestDevice to, List<Sent> with) {
      return to.store.chainAt(dot.device(), dot.counter()).isPresent()
          || dot.device().equals(to.id)
          || with.stream().anyMatch(one -> one.id().equals(dot.file()))
          || to.displaced().values().stream().anyMatch(one -> one.id().equals(dot.file()));
    }

    private void see(TestDevice device, Sent sent) {
      for (EventRun run : sent.runs()) {
        run.rows().forEach(row -> seenBy.get(device).add(new Name(sent.author(), row.time())));
      }
    }

    private void get(TestDevice device) {
      int from = (int) device.store.position();
      mesh.get(device);
      mesh.log.subList(from, mesh.log.size()).forEach(sent -> see(device, sent));
      device.displaced().forEach((id, sent) -> {
        if (device.store.chainAt(sent.author(), sent.counter()).isPresent()) {
          device.write(batch -> batch.removeDisplaced(id));
        }
      });
    }

    /** Gets, then puts: what it holds of others first, one at a time, then its own. */
    private void reach(TestDevice device) {
      get(device);
      boolean more = true;
      while (more) {
        more = false;
        List<Sent> held = new ArrayList<>(device.displaced().values());
        held.addAll(device.waiting());
        for (Sent sent : held) {
          if (isNext(sent) && mesh.admit(device, sent)) {
            more = true;
            get(device);
          }
        }
      }
      if (!device.store.awaitsTakenOver()) {
        pack(device);
        device.waiting().forEach(sent -> mesh.admit(device, sent));
        get(device);
      }
    }

    private boolean isNext(Sent sent) {
      long last =
          mesh.log.stream().filter(one -> one.author().equals(sent.author())).count();
      return sent.counter() == last + 1
          && sent.seenFiles().stream()
              .allMatch(dot -> mesh.log.stream().anyMatch(one -> one.id().equals(dot.file())));
    }

    void meet() {
      for (int round = 0; round < DEVICES; round++) {
        devices.forEach(this::reach);
      }
    }

    void assertAgree() {
      TestDevice reader = folder.device("reader");
      mesh.get(reader);
      List<LostValue> inbox = reader.store.inbox(1_000);
      for (TestDevice device : devices) {
        assertThat(device.store.pendingCount() + device.store.outboxCount()).isZero();
        assertThat(device.displaced()).isEmpty();
        assertThat(device.store.awaitsTakenOver()).isFalse();
        assertThat(device.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
        assertThat(device.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
        assertThat(device.store.inbox(1_000)).hasSameElementsAs(inbox);
      }
    }

    /** A second reading of the log, for patches of one column. */
    void assertLosers() {
      Map<String, Name> values = new HashMap<>();
      Map<String, Set<Name>> losers = new HashMap<>();
      for (Sent sent : mesh.log) {
        for (EventRun run : sent.runs()) {
          if (run.kind() == RunKind.PATCH && run.table().equals("cities")) {
            for (RowEvent row : run.rows()) {
              meet(
                  new Name(sent.author(), row.time()),
                  row.key(),
                  values,
                  losers.computeIfAbsent(row.key(), key -> new HashSet<>()));
            }
          }
        }
      }
      Set<String> expected = new HashSet<>();
      losers.forEach((key, lost) -> lost.forEach(one -> expected.add(key + " " + one)));
      assertThat(devices.get(0).store.inbox(1_000).stream()
              .map(lost -> lost.key() + " " + new Name(lost.device(), lost.time())))
          .containsExactlyInAnyOrderElementsOf(expected);
    }

    private void meet(Name event, String key, Map<String, Name> values, Set<Name> losers) {
      Optional<Name> held = Optional.ofNullable(values.get(key));
      boolean above = held.map(value -> rank().compare(event, value) > 0).orElse(true);
      if (held.isPresent() && !(above && saw(event, held.get()))) {
        losers.removeIf(lost -> lost.device().equals(event.device()));
        losers.add(above ? held.get() : event);
      }
      if (above) {
        values.put(key, event);
      }
    }

    private static Comparator<Name> rank() {
      return Comparator.comparing(Name::time).thenComparing(Name::device);
    }

    private boolean saw(Name event, Name other) {
      return event.device().equals(other.device()) && event.time().compareTo(other.time()) >= 0
          || seenAt.get(event).contains(other);
    }
  }
}
