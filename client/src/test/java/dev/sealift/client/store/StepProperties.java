package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A step leads where replaying leads, whatever the log, from wherever in it; and whoever came by steps is like whoever has read everything, in all that he shows and will make of what comes. What a compaction carries is a
 * function of the log.
 */
class StepProperties {
  private static final List<String> COLUMNS = List.of("name", "country", "population");
  private static final List<String> KEYS = List.of("k0", "k1", "k2");

  /** Longer than the cut-off, and than losers are to be reviewed. */
  private static final long LONG_MILLIS = 100 * 86_400_000L;

  /** Longer than losers are to be reviewed, and within the cut-off. */
  private static final long SOME_MILLIS = 40 * 86_400_000L;

  /** Longer than twice the cut-off: all that was removed before is dead. */
  private static final long LONGEST_MILLIS = 181 * 86_400_000L;

  private static final TableSchema CHAT = new TableSchema(
          "chat", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
      .keeping(Keep.FEED);

  /** Shorter than some time, in which others are behind, and longer than nothing. */
  private static final long LIFETIME_MILLIS = 50 * 86_400_000L;

  private static final TableSchema NOTES = new TableSchema(
      "notes",
      "id",
      List.of(
          new ColumnSchema("title", ColumnType.TEXT).inGroup("note"),
          new ColumnSchema("body", ColumnType.TEXT).inGroup("note"),
          new ColumnSchema("color", ColumnType.TEXT)));

  /** Which of a history's steps are of notes, and of what becomes of them. */
  private static final List<Integer> NOTING =
      List.of(0, 14, 17, 18, 19, 20, 24, 24, 25, 29, 30, 31, 32, 33, 34, 35);

  /** One history: devices that write at random, and the log that comes of it. */
  static final class History {
    final Random random;
    final TestFolder folder;
    final RestoredMesh mesh;
    final List<TestDevice> devices = new ArrayList<>();
    private final boolean ages;
    private boolean onlyNotes;
    private int names;

    History(TestFolder folder, SpaceRules rules, Random random, int steps) {
      this.folder = folder;
      this.random = random;
      ages = random.nextInt(3) == 0;
      mesh = new RestoredMesh(rules);
      for (String name : List.of("a", "b", "c")) {
        devices.add(folder.device(name));
      }
      TestDevice first = devices.get(0);
      first.withCompoundCities();
      first.write(batch -> batch.declare(CHAT));
      first.write(batch ->
          batch.declare(rules.isByArrival() ? NOTES : NOTES.expiringAfter(LIFETIME_MILLIS)));
      mesh.sync(first, 1_000);
      first.patch("k0", Map.of("country", Value.of(102)));
      devices.add(folder.copy(first, "a"));
      devices.forEach(mesh::get);
      go(steps);
    }

    /** From now on the devices write what counts for a lifetime, and little else; and time passes. */
    void onlyNotes() {
      onlyNotes = true;
    }

    void go(int steps) {
      for (int i = 0; i < steps; i++) {
        step(devices.get(random.nextInt(devices.size())));
      }
    }

    private void step(TestDevice device) {
      device.millis += random.nextInt(7) * 1000L - 3000;
      if (ages && random.nextInt(5) == 0) {
        pass(List.of(SOME_MILLIS, LONG_MILLIS, LONGEST_MILLIS).get(random.nextInt(3)));
      }
      String key = KEYS.get(random.nextInt(KEYS.size()));
      switch (onlyNotes ? NOTING.get(random.nextInt(NOTING.size())) : random.nextInt(36)) {
        case 0, 1, 2 -> change(device, batch -> batch.put("cities", key, values()));
        case 3, 4, 5 -> change(device, batch -> batch.patch("cities", key, values()));
        case 6, 7 -> change(device, batch -> batch.remove("cities", key));
        case 8, 9, 10, 11 -> device.part(key, random.nextInt(8), random.nextInt(6));
        case 12, 13 -> transact(device, key);
        case 14 -> dismiss(device);
        case 15 -> append(device);
        case 16 -> changeFeed(device);
        case 17 -> device.pack(100L * random.nextInt(6));
        case 18 -> mesh.get(device);
        case 19, 20, 21, 22 -> sync(device);
        case 23 -> keep(device);
        case 24 -> pass(random.nextInt(3) == 0 ? LONG_MILLIS : SOME_MILLIS);
        case 25 -> device.reopen();
        case 29, 30, 31, 32 -> change(device, batch -> note(batch, key));
        case 33 -> noteInTransaction(device, key);
        case 34 -> shorten(device);
        case 35 -> mesh.expire();
        default -> handOver(devices.get(1 + random.nextInt(2)), device);
      }
    }

    /** One that can be taken back. */
    private static void change(TestDevice device, Consumer<Batch> write) {
      device.write(batch -> {
        batch.undoable(10);
        write.accept(batch);
      });
    }

    /** Also what it was given of others, and before what it made when it had that. */
    void sync(TestDevice device) {
      mesh.get(device);
      mesh.putDisplaced(device, 20, random);
      mesh.get(device);
      if (!device.store.awaitsTakenOver()) {
        mesh.sync(device, 200);
      }
    }

    /** By one of whose home there is no copy. */
    private void handOver(TestDevice from, TestDevice to) {
      from.pack();
      for (Sent sent : from.waiting()) {
        if (mayTake(sent, to)) {
          to.remember(List.of(sent));
          DotRef dot = new DotRef(sent.author(), sent.counter(), sent.id());
          HandedFile file =
              new HandedFile(dot, sent.header(), Sent.payload(), sent.newest(), sent.runs());
          to.write(batch -> batch.takeOver(file));
        }
      }
    }

    private static boolean mayTake(Sent sent, TestDevice to) {
      Set<FileId> held = new HashSet<>();
      to.displaced().values().forEach(other -> held.add(other.id()));
      long last = to.store.chainHead(sent.author()).map(ChainHead::counter).orElse(0L);
      boolean follows = sent.counter() == last + 1
          || to.displaced().values().stream()
              .anyMatch(other ->
                  other.author().equals(sent.author()) && other.counter() == sent.counter() - 1);
      return !sent.author().equals(to.id)
          && !held.contains(sent.id())
          && follows
          && RestoredMesh.basis(sent)
              .allMatch(dot -> held.contains(dot.file())
                  || to.store.chainAt(dot.device(), dot.counter()).isPresent());
    }

    private void pass(long millis) {
      if (random.nextInt(2) == 0) {
        age(millis);
      }
    }

    /** Something about a row that its author has seen, and others do not have any more. */
    private void meetWhatIsDead(TestDevice away, String key) {
      switch (random.nextInt(6)) {
        case 0 -> away.patch(key, values());
        case 1 -> away.remove(key);
        case 2 -> away.part(key, random.nextInt(8), random.nextInt(6));
        default -> transact(away, key);
      }
    }

    private void age(long millis) {
      mesh.pass(millis);
      devices.forEach(device -> device.millis += millis);
    }

    private void keep(TestDevice device) {
      Keep keep = random.nextInt(3) == 0 ? Keep.ALL : Keep.WINDOW;
      device.write(batch -> batch.declare(TestDevice.CITIES.keeping(keep)));
    }

    private Map<String, Value> values() {
      Map<String, Value> values = new HashMap<>();
      for (String column : COLUMNS) {
        if (random.nextBoolean()) {
          int value = random.nextInt(6);
          values.put(column, value == 0 ? Value.NULL : Value.of(value * 10L));
        }
      }
      return values;
    }

    private void transact(TestDevice device, String key) {
      device.write(batch -> {
        batch.beginTransaction();
        if (random.nextInt(3) == 0) {
          batch.patch("cities", key, values()); // then it is not asked whether the row is there
        }
        if (random.nextInt(3) > 0) {
          batch.read("cities", key);
        }
        if (random.nextInt(3) == 0) {
          batch.readValues("cities", key, "tags");
        }
        batch.patch("cities", key, values());
        batch.add("cities", KEYS.get(random.nextInt(3)), "tags", Value.of(random.nextInt(6)));
      });
    }

    private void note(Batch batch, String key) {
      switch (random.nextInt(4)) {
        case 0 -> batch.put("notes", key, note());
        case 1 -> batch.remove("notes", key);
        default -> batch.patch("notes", key, note());
      }
    }

    private Map<String, Value> note() {
      Map<String, Value> note = new HashMap<>();
      if (random.nextInt(3) > 0) {
        note.put("title", Value.of("t" + random.nextInt(3)));
        note.put("body", Value.of("b" + random.nextInt(3)));
      }
      if (note.isEmpty() || random.nextBoolean()) {
        note.put("color", Value.of("c" + random.nextInt(3)));
      }
      return note;
    }

    private void noteInTransaction(TestDevice device, String key) {
      device.write(batch -> {
        batch.beginTransaction();
        if (random.nextBoolean()) {
          batch.read("notes", key);
        }
        if (random.nextBoolean()) {
          batch.read("cities", key);
        }
        note(batch, key);
      });
    }

    private void shorten(TestDevice device) {
      if (!mesh.isByArrival() && random.nextInt(3) == 0) {
        device.write(batch -> batch.declare(NOTES.expiringAfter(LIFETIME_MILLIS / 2)));
      }
    }

    private void dismiss(TestDevice device) {
      List<LostValue> inbox = device.store.inbox(1 + random.nextInt(5));
      if (!inbox.isEmpty()) {
        device.write(batch -> batch.dismiss(inbox.get(inbox.size() - 1)));
      }
    }

    private void append(TestDevice device) {
      names++;
      String salt = Integer.toHexString(1 << 16 | names); // two copies of a home append two rows
      device.write(batch ->
          batch.append("chat", Map.of("text", Value.of("t" + random.nextInt(9))), salt));
    }

    /** As another app may do it, which knows nothing of feeds. */
    private void changeFeed(TestDevice device) {
      List<String> keys = List.copyOf(device.store.page("chat", "", 100).keySet());
      if (!keys.isEmpty()) {
        String key = keys.get(random.nextInt(keys.size()));
        device.write(batch -> {
          if (random.nextBoolean()) {
            batch.remove("chat", key);
          } else {
            batch.patch("chat", key, Map.of("text", Value.of("changed")));
          }
        });
      }
    }

    /** Everybody has sent everything. */
    void meet() {
      for (int round = 0; round < 4; round++) {
        devices.forEach(this::sync);
      }
      devices.forEach(mesh::get);
    }

    /** Who takes the log as it is. */
    TestDevice reader(long size) {
      names++;
      TestDevice reader = mesh.reader(folder, "reader" + names, size);
      reader.remember(mesh.sent());
      return reader;
    }

    /** From 1 to the size of the log. */
    long sequence(long least) {
      return least + (long) (random.nextDouble() * (mesh.size() - least + 1));
    }

    long between(long least, long most) {
      return least + (long) (random.nextDouble() * (most - least + 1));
    }

    /** Another home with all that a device has. */
    TestDevice twin(TestDevice device, String name) {
      device.store.close();
      Path file = folder.path().resolve(name + ".db");
      try {
        Files.copy(device.file, file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      device.open();
      TestDevice twin = folder.home(file, device.id);
      twin.millis = device.millis;
      twin.rememberAllOf(device);
      twin.remember(mesh.sent());
      return twin;
    }
  }

  @Property(tries = 50)
  void aStepLeadsWhereReplayingLeads(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long base = history.sequence(1);
      long first = random.nextBoolean() ? 1 : history.between(1, base);
      Step step = Steps.make(history.reader(base), first);
      TestDevice taker = history.reader(history.between(first - 1, base));
      if (random.nextBoolean()) {
        Steps.take(taker, step);
      } else {
        Steps.takeInTwo(taker, step, random);
      }
      requireAlike(taker, history.reader(base));
      history.mesh.read(taker, history.mesh.size());
      requireAlike(taker, history.reader(history.mesh.size()));
    }
  }

  @Property(tries = 25)
  void whoCameByStepsMakesStepsForOthers(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long at = history.sequence(1);
      TestDevice maker = history.reader(at);
      TestDevice follower = history.reader(0);
      Steps.take(follower, Steps.make(maker, 1));
      while (at < history.mesh.size()) {
        TestDevice next = history.reader(0);
        Steps.take(next, Steps.make(maker, 1));
        long to = history.sequence(at + 1);
        history.mesh.read(next, to);
        assertThat(next.store.canCarry(at + 1)).isTrue();
        Steps.take(follower, Steps.make(next, random.nextInt(3) == 0 ? 1 : at + 1));
        maker = next;
        at = to;
      }
      requireAlike(follower, history.reader(history.mesh.size()));
    }
  }

  /** File by file: whoever has kept removals until they were dead, and whoever came by a step, which carries none. */
  @Property(tries = 60)
  void whoHasForgottenWhatIsDeadGoesOnAsWhoHasNot(
      @ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 30 + random.nextInt(60));
      TestDevice first = history.devices.get(0);
      TestDevice away = history.devices.get(1);
      history.sync(away);
      history.sync(first);
      first.remove("k1");
      history.sync(first);
      history.age(LONGEST_MILLIS);
      first.patch("k0", history.values());
      history.sync(first);
      long at = history.mesh.size();
      history.meetWhatIsDead(away, "k1");
      history.go(40);
      history.meet();
      TestDevice keeps = history.reader(at);
      TestDevice forgets = history.reader(0);
      Steps.take(forgets, Steps.make(keeps, 1));
      requireMergedAlike(forgets, keeps);
      while (at < history.mesh.size()) {
        at++;
        history.mesh.read(keeps, at);
        history.mesh.read(forgets, at);
        requireMergedAlike(forgets, keeps);
      }
      requireAlike(forgets, keeps);
    }
  }

  static void requireMergedAlike(TestDevice device, TestDevice expected) {
    assertThat(device.store.mergeDigest()).isEqualTo(expected.store.mergeDigest());
    assertThat(device.store.visibleDigest()).isEqualTo(expected.store.visibleDigest());
    assertThat(device.store.inbox(10_000)).isEqualTo(expected.store.inbox(10_000));
  }

  /** Whoever has it makes the same of it: who wrote it, who read it, and who has something else to show. */
  @Property(tries = 25)
  void whatIsCarriedIsAFunctionOfTheLog(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long first = random.nextBoolean() ? 1 : history.sequence(1);
      List<byte[]> expected = Steps.bytes(history.reader(history.mesh.size()), first);
      for (TestDevice device : history.devices) {
        device.remember(history.mesh.sent());
        assertThat(Steps.bytes(device, first)).containsExactlyElementsOf(expected);
      }
      for (int i = 0; i < 5; i++) {
        TestDevice device = history.devices.get(random.nextInt(3));
        device.patch(KEYS.get(random.nextInt(3)), history.values());
        device.part(KEYS.get(random.nextInt(3)), random.nextInt(8), 3);
        device.remove(KEYS.get(random.nextInt(3)));
        assertThat(Steps.bytes(device, first)).containsExactlyElementsOf(expected);
      }
    }
  }

  /** With writes of its own that are not in the log yet, or are there behind its position; and it goes on from there. */
  @Property(tries = 50)
  void aDeviceThatHasWrittenMeanwhileTakesAStepAsItTakesTheFiles(
      @ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      TestDevice device = history.devices.get(random.nextInt(history.devices.size()));
      long position = device.store.position();
      long base = history.between(Math.max(1, position), history.mesh.size());
      TestDevice replaying = history.twin(device, "replaying");
      TestDevice taking = history.twin(device, "taking");
      history.mesh.read(replaying, base);
      Step step =
          Steps.make(history.reader(base), history.between(1, Math.min(position + 1, base)));
      Map<String, Map<String, Value>> before = rows(taking);
      Set<String> told = new HashSet<>();
      taking.store.onChange(
          changes -> changes.changes().forEach(change -> told.add(change.table() + change.key())));
      if (random.nextBoolean()) {
        Steps.take(taking, step);
      } else {
        Steps.takeInTwo(taking, step, random);
        told.addAll(rows(taking).keySet()); // another connection was told of the first part
        told.addAll(before.keySet());
      }
      requireShownAlike(taking, replaying);
      requireTold(before, rows(taking), told);
      assertThat(undo(taking)).isEqualTo(undo(replaying));
      assertThat(taking.store.visibleDigest()).isEqualTo(replaying.store.visibleDigest());
      history.sync(taking);
      history.mesh.get(taking);
      requireAlike(taking, history.reader(history.mesh.size()));
    }
  }

  /** Rows that are of a log that is no more are put right by a step from the beginning, and what was written on top of them is there. */
  @Property(tries = 30)
  void whoCameByAStepComesByAnotherWhenTheMeshWasRestored(
      @ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      TestDevice device = history.devices.get(1 + random.nextInt(2));
      long position = device.store.position();
      long base = history.between(Math.max(1, position), history.mesh.size());
      Step step =
          Steps.make(history.reader(base), history.between(1, Math.min(position + 1, base)));
      if (random.nextInt(3) == 0) {
        Steps.takeSome(device, step, random.nextInt(step.blocks().size() + 1));
      } else {
        Steps.take(device, step);
        history.go(random.nextInt(30));
      }
      history.mesh.restore(history.sequence(1));
      history.mesh.adopt(device);
      if (random.nextBoolean()) {
        history.sync(history.devices.get(0));
      }
      if (device.store.unfinishedStep().isPresent()) {
        Steps.take(device, Steps.make(history.reader(history.mesh.size()), 1));
      }
      history.meet();
      requireAlike(device, history.reader(history.mesh.size()));
    }
  }

  private static UndoResult undo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.undo()));
    return result.get(0);
  }

  private static void requireTold(
      Map<String, Map<String, Value>> before,
      Map<String, Map<String, Value>> after,
      Set<String> told) {
    Set<String> names = new HashSet<>(before.keySet());
    names.addAll(after.keySet());
    names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    assertThat(told).containsAll(names);
  }

  private static Map<String, Map<String, Value>> rows(TestDevice device) {
    Map<String, Map<String, Value>> rows = new HashMap<>();
    for (String table : List.of("cities", "chat")) {
      if (device.store.hasTable(table)) {
        device.store.page(table, "", 1_000).forEach((key, row) -> rows.put(table + key, row));
      }
    }
    return rows;
  }

  /** Of a write that was overtaken before it was admitted, whether it was a put is told by whether its marker was overtaken too. */
  private static List<String> history(TestDevice device, String key) {
    return Histories.all(device, key, 50).stream()
        .map(item ->
            item.isAdmitted() ? item.toString() : item.toString().replace("kind=PUT", "kind=PATCH"))
        .toList();
  }

  private static void requireShownAlike(TestDevice device, TestDevice expected) {
    assertThat(device.store.visibleDigest()).isEqualTo(expected.store.visibleDigest());
    assertThat(device.store.mergeDigest()).isEqualTo(expected.store.mergeDigest());
    assertThat(device.store.inbox(10_000)).hasSameElementsAs(expected.store.inbox(10_000));
    assertThat(device.store.pendingCount()).isEqualTo(expected.store.pendingCount());
    assertThat(device.displaced().keySet()).isEqualTo(expected.displaced().keySet());
    assertThat(device.store.awaitsTakenOver()).isEqualTo(expected.store.awaitsTakenOver());
    assertThat(device.store.outboxCount()).isEqualTo(expected.store.outboxCount());
    for (String key : KEYS) {
      if (expected.store.hasTable("cities")) {
        assertThat(history(device, key)).isEqualTo(history(expected, key));
      }
    }
    if (expected.store.hasTable("chat")) {
      assertThat(device.store.feed("chat", 1, 1_000))
          .isEqualTo(expected.store.feed("chat", 1, 1_000));
      assertThat(device.store.feedWaiting("chat", "", 1_000))
          .isEqualTo(expected.store.feedWaiting("chat", "", 1_000));
    }
    requireFilesAlike(device, expected);
  }

  /** One of them may have old files without their ids. */
  private static void requireFilesAlike(TestDevice device, TestDevice expected) {
    assertThat(device.store.position()).isEqualTo(expected.store.position());
    StepRange all = new StepRange(1, Math.max(1, expected.store.position()));
    List<CarriedFile> files = expected.store.carriedFiles(all);
    List<CarriedFile> held = device.store.carriedFiles(all);
    assertThat(held).hasSameSizeAs(files);
    for (int i = 0; i < files.size(); i++) {
      assertThat(held.get(i).agrees(files.get(i))).isTrue();
    }
  }

  /** All of it, also what only a compaction tells: what will be made of what comes. */
  private static void requireAlike(TestDevice device, TestDevice expected) {
    requireShownAlike(device, expected);
    if (expected.store.position() > 0) {
      assertThat(Steps.bytes(device, 1)).containsExactlyElementsOf(Steps.bytes(expected, 1));
    }
  }
}
