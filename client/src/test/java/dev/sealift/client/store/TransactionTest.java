package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.Guard;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice one;
  private TestDevice other;

  @BeforeEach
  void open() {
    one = folder.device("one").withCompoundCities();
    other = folder.device("other");
    mesh.sync(one, Long.MAX_VALUE);
    mesh.get(other);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  static void transact(TestDevice device, Consumer<Batch> work) {
    device.write(batch -> {
      batch.beginTransaction();
      work.accept(batch);
    });
  }

  private static Map<String, Value> name(String name) {
    return Map.of("name", Value.of(name));
  }

  private static void rename(TestDevice device, String key, String to) {
    transact(device, batch -> {
      batch.read("cities", key);
      batch.patch("cities", key, name(to));
    });
  }

  private void syncAll() {
    for (int i = 0; i < 2; i++) {
      mesh.sync(one, Long.MAX_VALUE);
      mesh.sync(other, Long.MAX_VALUE);
    }
    assertThat(one.store.visibleDigest()).isEqualTo(other.store.visibleDigest());
    assertThat(one.store.mergeDigest()).isEqualTo(other.store.mergeDigest());
    assertThat(one.store.inbox(1_000)).isEqualTo(other.store.inbox(1_000));
  }

  private static List<RowEvent> events(Sent sent, RunKind kind) {
    return sent.runs().stream()
        .filter(run -> run.kind() == kind)
        .flatMap(run -> run.rows().stream())
        .toList();
  }

  @Test
  void of_two_that_have_read_the_same_the_first_one_counts() {
    one.put("ulm", name("Ulm"));
    syncAll();
    rename(one, "ulm", "Neu-Ulm");
    rename(other, "ulm", "Alt-Ulm");
    transact(other, batch -> batch.put("cities", "beside", name("plain")));

    syncAll();

    assertThat(one.get("ulm")).containsEntry("name", Value.of("Neu-Ulm"));
    assertThat(one.get("beside")).containsEntry("name", Value.of("plain"));
    assertThat(one.store.inbox(10)).singleElement().satisfies(lost -> {
      assertThat(lost.reason()).isEqualTo(LostReason.CONFLICT);
      assertThat(lost.value()).isEqualTo(Value.of("Alt-Ulm"));
      assertThat(lost.transaction()).isEqualTo(lost.time().bits());
    });
  }

  @Test
  void a_transaction_shows_until_the_log_has_judged_it_and_loses_whole() {
    one.put("ulm", name("Ulm"));
    syncAll();
    transact(other, batch -> {
      batch.read("cities", "ulm");
      batch.put("cities", "new", name("new"));
      batch.patch("cities", "ulm", name("other's"));
      batch.add("cities", "ulm", "tags", Value.of("port"));
      batch.remove("cities", "gone");
    });
    assertThat(other.get("new")).isNotEmpty();
    one.patch("ulm", name("one's"));
    mesh.sync(one, Long.MAX_VALUE);

    syncAll();

    assertThat(other.get("new")).isEmpty();
    assertThat(other.get("ulm")).containsEntry("name", Value.of("one's"));
    assertThat(other.store.values("cities", "ulm", "tags")).isEmpty();
    assertThat(other.store.inbox(10)).hasSize(5).allSatisfy(lost -> {
      assertThat(lost.reason()).isEqualTo(LostReason.CONFLICT);
      assertThat(lost.transaction()).isNotZero();
    });
  }

  @Test
  void what_was_not_read_is_no_conflict() {
    one.put("ulm", name("Ulm"));
    one.part("ulm", 2, 1);
    syncAll();
    transact(other, batch -> {
      batch.readValues("cities", "ulm", "tags");
      batch.patch("cities", "new", name("new"));
    });
    one.patch("ulm", name("changed"));
    mesh.sync(one, Long.MAX_VALUE);

    syncAll();

    assertThat(one.get("new")).isNotEmpty();
    assertThat(one.store.inbox(10)).isEmpty();
  }

  @Test
  void a_part_by_somebody_whose_clock_is_behind_is_a_conflict_too() {
    one.put("ulm", name("Ulm"));
    one.part("ulm", 2, 1);
    syncAll();
    other.millis += 10_000;
    other.part("ulm", 2, 2);
    syncAll();
    transact(other, batch -> {
      batch.readValues("cities", "ulm", "tags");
      batch.patch("cities", "new", name("new"));
    });
    one.write(batch -> batch.add("cities", "ulm", "tags", Value.of("more")));
    mesh.sync(one, Long.MAX_VALUE);

    syncAll();

    assertThat(one.get("new")).isEmpty();
  }

  @Test
  void a_row_that_is_not_there_can_be_made_once() {
    transact(one, batch -> {
      batch.read("cities", "ulm");
      batch.put("cities", "ulm", name("one's"));
    });
    transact(other, batch -> {
      batch.read("cities", "ulm");
      batch.put("cities", "ulm", name("other's"));
    });

    syncAll();

    assertThat(one.get("ulm")).containsEntry("name", Value.of("one's"));
    assertThat(one.store.inbox(10)).extracting(LostValue::value).contains(Value.of("other's"));
  }

  @Test
  void a_write_to_a_version_counts_once() {
    one.put("ulm", name("Ulm"));
    syncAll();
    RowVersion version = version(one);
    RowVersion others = version(other);
    assertThat(version).isEqualTo(others);
    assertThat(patchIf(one, version, "one's")).isTrue();
    assertThat(patchIf(one, version, "again")).isFalse();
    assertThat(patchIf(other, others, "other's")).isTrue();

    syncAll();

    assertThat(other.get("ulm")).containsEntry("name", Value.of("one's"));
    assertThat(one.store.inbox(10))
        .extracting(LostValue::value)
        .containsExactly(Value.of("other's"));
  }

  private static RowVersion version(TestDevice device) {
    try (Batch batch = device.store.batch()) {
      return batch.version("cities", "ulm");
    }
  }

  private static boolean patchIf(TestDevice device, RowVersion version, String to) {
    try (Batch batch = device.store.batch()) {
      if (!batch.beginTransactionAt("cities", "ulm", version)) {
        return false;
      }
      batch.patch("cities", "ulm", name(to));
      batch.commit();
      return true;
    }
  }

  @Test
  void what_replaces_something_of_a_transaction_leaves_it_whole() throws Exception {
    one.put("before", name("read and replaced"));
    transact(one, batch -> {
      batch.read("cities", "before");
      batch.put("cities", "a", name("a"));
      batch.put("cities", "b", name("b"));
      batch.add("cities", "a", "tags", Value.of(1));
      batch.remove("cities", "b");
    });
    one.put("a", name("later"));
    one.put("before", name("later"));
    one.put("b", name("later"));
    one.reopen();

    Sent sent = one.pack();

    assertThat(PayloadCodec.decode(PayloadCodec.encode(sent.runs()))).isEqualTo(sent.runs());
    assertThat(events(sent, RunKind.GUARD)).isNotEmpty();
    assertThat(sent.runs().stream().filter(EventRun::isOfTransaction).map(EventRun::kind))
        .containsExactly(RunKind.GUARD, RunKind.PUT, RunKind.ADD, RunKind.REMOVE);
    assertThat(events(sent, RunKind.PUT)).hasSize(6);
    mesh.admit(one, sent);
    syncAll();
    assertThat(other.store.inbox(10)).isEmpty();
    assertThat(other.get("a")).containsEntry("name", Value.of("later"));
  }

  @Test
  void a_transaction_is_not_torn_by_a_refusal() {
    transact(one, batch -> {
      batch.put("cities", "a", name("a"));
      batch.put("cities", "b", name("b"));
    });
    Sent refused = one.pack();
    one.put("a", name("later"));
    one.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    one.counter(refused.counter() - 1);

    Sent sent = one.pack();

    assertThat(sent.runs().stream()
            .filter(EventRun::isOfTransaction)
            .flatMap(run -> run.rows().stream()))
        .extracting(RowEvent::key)
        .containsExactly("a", "b");
  }

  @Test
  void times_that_are_moved_take_guards_and_numbers_with_them() {
    one.millis += 86_400_000;
    one.put("ulm", name("Ulm"));
    rename(one, "ulm", "Neu-Ulm");
    rename(one, "ulm", "Ulm an der Donau");
    one.millis = TestDevice.START_MILLIS;
    one.write(batch -> assertThat(batch.restampAhead(one.millis)).isEqualTo(3));

    syncAll();

    assertThat(other.get("ulm")).containsEntry("name", Value.of("Ulm an der Donau"));
    assertThat(other.store.inbox(10)).isEmpty();
  }

  @Test
  void a_transaction_that_comes_twice_is_judged_once() {
    one.put("ulm", name("Ulm"));
    syncAll();
    rename(one, "ulm", "Neu-Ulm");
    List<EventRun> runs = one.pendingRuns(one.store.takePending(Long.MAX_VALUE));
    mesh.log.add(one.sentAt(99, runs)); // by a copy of the home
    mesh.get(one);

    syncAll();

    assertThat(other.get("ulm")).containsEntry("name", Value.of("Neu-Ulm"));
    assertThat(other.store.inbox(10)).isEmpty();
  }

  @Test
  void a_transaction_is_late_as_a_whole() {
    transact(one, batch -> {
      batch.put("cities", "a", name("a"));
      one.millis += 60_000;
      batch.put("cities", "b", name("b"));
    });
    Sent sent = one.pack();
    long late = TestDevice.START_MILLIS + TestDevice.RULES.cutOffMillis() + 30_000;

    other.receive(sent, sent.at(other.store.position() + 1, late));

    assertThat(other.get("b")).isEmpty();
    assertThat(other.store.inbox(10))
        .hasSize(6)
        .allMatch(lost -> lost.reason() == LostReason.LATE && lost.transaction() != 0);
  }

  @Test
  void what_came_too_late_with_its_transaction_stays_when_the_row_comes_back_with_the_same_event() {
    transact(one, batch -> batch.patch("cities", "ulm", name("twice")));
    Sent first = one.pack();
    Sent again = one.sentAt(99, first.runs()); // by a home that was put back
    long late = TestDevice.START_MILLIS + TestDevice.RULES.cutOffMillis() + 30_000;
    one.millis = late;
    other.millis = late;
    one.remove("ulm");
    Sent removed = one.pack();
    one.put("ulm", name("new"));
    Sent brought = one.pack();
    other.receive(first);
    other.receive(again, again.at(other.store.position() + 1, late));
    assertThat(other.store.inbox(9)).hasSize(1);

    other.receive(removed, removed.at(other.store.position() + 1, late + 1));
    other.receive(brought, brought.at(other.store.position() + 1, late + 2));

    assertThat(other.get("ulm")).containsEntry("name", Value.of("new"));
    assertThat(other.store.inbox(9))
        .singleElement()
        .matches(lost -> lost.reason() == LostReason.LATE && lost.transaction() != 0);
  }

  @Test
  void a_reading_transaction_cannot_add_to_a_counter() {
    assertThatThrownBy(() -> transact(one, batch -> {
          batch.increment("cities", "ulm", "visits", 1);
          batch.read("cities", "other");
        }))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_TRANSACTION));
    assertThat(one.store.pendingCount()).isZero();
  }

  @Test
  void what_is_too_large_for_a_file_is_refused() {
    Value large = Value.of(new byte[600 << 10]);
    assertTooLarge(batch -> {
      batch.patch("cities", "a", Map.of("name", large));
      batch.patch("cities", "b", Map.of("name", large));
    });
    assertTooLarge(batch -> {
      for (int i = 0; i <= OpenTransaction.MAX_EVENTS; i++) {
        batch.patch("cities", "k" + i, Map.of("name", Value.of(i)));
      }
    });
  }

  @Test
  void what_it_has_seen_of_others_counts_too() {
    Consumer<Batch> work = batch -> {
      for (int i = 0; i < 500; i++) {
        batch.patch("cities", "k" + i, Map.of("name", Value.of(i)));
        batch.increment("cities", "k" + i, "visits", 1);
      }
    };
    one.write(batch -> {
      for (int i = 0; i < Limits.MAX_BUILDS_ON; i++) {
        batch.takeOver(ofNobody(i));
      }
    });
    assertTooLarge(work);
  }

  private static HandedFile ofNobody(int number) {
    Hash id = Hash.of(new byte[] {(byte) number});
    DotRef dot = new DotRef(DeviceId.of(id), 1, FileId.of(id));
    Bytes none = Bytes.of(new byte[1]);
    return new HandedFile(dot, none, none, HybridTime.of(1, number), List.of());
  }

  private void assertTooLarge(Consumer<Batch> work) {
    assertThatThrownBy(() -> transact(one, work))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.TRANSACTION_TOO_LARGE));
    assertThat(one.store.pendingCount()).isZero();
  }

  @Test
  void the_most_that_a_transaction_takes_is_one_payload() {
    transact(one, batch -> {
      batch.patch("cities", "a", Map.of("name", Value.of(noise(700 << 10))));
      for (int i = 0; i < 1_900; i++) {
        batch.patch("cities", "k" + i, Map.of("name", Value.of(noise(60))));
      }
    });
    transact(one, batch -> {
      for (int i = 0; i < OpenTransaction.MAX_EVENTS; i++) {
        batch.patch("cities", "k" + i, Map.of("name", Value.of(i)));
      }
    });

    List<EventRun> runs = one.pack(1).runs();

    assertThat(PayloadCodec.encode(runs)).hasSizeLessThan(1 << 20);
    assertThat(runs).extracting(EventRun::transaction).containsOnly(runs.get(0).transaction());
    assertThat(one.pack(1).runs().stream().mapToInt(run -> run.rows().size()).sum())
        .isEqualTo(OpenTransaction.MAX_EVENTS);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new java.util.Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void what_only_reads_is_no_transaction() {
    transact(one, batch -> batch.read("cities", "ulm"));

    one.put("ulm", name("Ulm"));

    assertThat(one.pack().runs()).noneMatch(EventRun::isOfTransaction);
  }

  @Test
  void a_rolled_back_transaction_leaves_nothing() {
    try (Batch batch = one.store.batch()) {
      batch.beginTransaction();
      batch.read("cities", "ulm");
      batch.put("cities", "ulm", name("Ulm"));
    }
    one.put("plain", name("plain"));

    assertThat(one.pack().runs()).noneMatch(EventRun::isOfTransaction);
  }

  @Test
  void a_table_for_online_use_is_written_online_only() {
    other.write(batch ->
        batch.declare(new TableSchema("turns", "id", TestDevice.CITIES.columns()).online()));
    syncAll();
    boolean[] online = {false};
    one.store.onlineWhen(() -> online[0]);

    assertThatThrownBy(() -> one.write(batch -> batch.put("turns", "1", name("x"))))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.OFFLINE));
    online[0] = true;
    one.write(batch -> batch.put("turns", "1", name("x")));
    online[0] = false;
    one.reopen();
    one.store.onlineWhen(() -> false);
    assertThatThrownBy(() -> one.write(batch -> batch.remove("turns", "1")))
        .isInstanceOf(StoreException.class);
    other.write(batch -> batch.put("turns", "2", name("y")));
    syncAll();
    assertThat(one.store.count("turns")).isEqualTo(2);
  }

  @Test
  void what_a_transaction_has_read_is_sent_again_when_its_file_was_refused() {
    one.put("ulm", name("Ulm"));
    Sent refused = one.pack();
    rename(one, "ulm", "Neu-Ulm");
    one.write(batch -> batch.unpack(refused.counter(), refused.runs()));
    one.counter(refused.counter() - 1);

    syncAll();

    assertThat(other.get("ulm")).containsEntry("name", Value.of("Neu-Ulm"));
    assertThat(other.store.inbox(10)).isEmpty();
  }

  @Test
  void an_app_that_is_too_old_is_told_so_also_where_the_row_has_changed() {
    one.put("ulm", name("Ulm"));
    RowVersion[] stale = new RowVersion[1];
    one.write(batch -> stale[0] = batch.version("cities", "ulm"));
    one.patch("ulm", name("Neu-Ulm"));
    one.write(batch -> batch.useVersion(1));
    other.write(batch -> batch.requireVersion(2));
    syncAll();

    assertThatThrownBy(
            () -> one.write(batch -> batch.beginTransactionAt("cities", "ulm", stale[0])))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.APP_TOO_OLD));
  }

  /** As two copies of a home do that write at the same time. */
  @Test
  void each_of_two_parts_of_one_name_is_named() {
    one.put("ulm", name("Ulm"));
    mesh.sync(one, Long.MAX_VALUE);
    one.write(batch -> batch.add("cities", "ulm", "tags", Value.of("one copy's")));
    Sent sent = one.pack();
    EventRun run = sent.runs().get(0);
    RowEvent event = run.rows().get(0);
    RowEvent twin = new RowEvent(event.key(), event.time(), List.of(Value.of("the other's")));
    EventRun again = new EventRun(
        run.kind(), run.table(), run.seenSequence(), List.of(), run.columns(), List.of(twin));
    mesh.admit(one, sent);
    mesh.admit(one, one.sentAt(sent.counter() + 1, List.of(again)));
    mesh.get(one);
    mesh.get(other);

    rename(other, "ulm", "read whole");
    other.write(batch -> {
      RowVersion version = batch.version("cities", "bonn");
      assertThat(batch.beginTransactionAt("cities", "bonn", version)).isTrue();
      batch.put("cities", "bonn", name("Bonn"));
    });
    syncAll();
    assertThat(one.get("ulm")).containsEntry("name", Value.of("read whole"));
    assertThat(one.store.inbox(10)).isEmpty();
  }

  @Test
  void the_order_in_which_parts_have_their_places_makes_no_other_version() {
    Guard.Name first = new Guard.Name(1, one.id);
    Guard.Name second = new Guard.Name(2, other.id);

    assertThat(version(second, first)).isEqualTo(version(first, second));
    assertThat(version(first, first, second)).isNotEqualTo(version(first, second));
  }

  private static RowVersion version(Guard.Name... parts) {
    return new RowVersion(true, Map.of(), Map.of("tags", List.of(parts)));
  }
}
