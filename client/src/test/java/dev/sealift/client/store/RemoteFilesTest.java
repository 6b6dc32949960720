package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RemoteFilesTest {
  private static final DeviceId STRANGER = DeviceId.of(TestDevice.hash("stranger"));
  private static final long NOW = TestDevice.START_MILLIS;

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a");

  @AfterEach
  void close() {
    folder.close();
  }

  private static EventRun run(
      RunKind kind, String table, List<String> columns, long millis, Value... values) {
    RowEvent event = new RowEvent("k", HybridTime.of(millis, 0), List.of(values));
    return new EventRun(kind, table, 0, List.of(), columns, List.of(event));
  }

  private static Sent file(long counter, EventRun... runs) {
    return TestDevice.sent(STRANGER, counter, List.of(runs));
  }

  private List<List<Value>> ask(String sql) {
    try (QueryResult result = device.store.query(sql, List.of())) {
      List<List<Value>> rows = new java.util.ArrayList<>();
      while (result.next()) {
        rows.add(result.row());
      }
      return rows;
    }
  }

  @Test
  void tablesAndColumnsThatNobodyDeclaredYetAreMadeAsTheyCome() {
    device.receive(file(1, run(RunKind.PUT, "towns", List.of("name"), NOW, Value.of("Hobart"))));
    device.receive(file(2, run(RunKind.PATCH, "towns", List.of("mayor"), NOW, Value.of("?"))));
    assertThat(device.store.get("towns", "k"))
        .contains(Map.of("name", Value.of("Hobart"), "mayor", Value.of("?")));
    assertThat(ask("select key, name, mayor from towns")).hasSize(1);
  }

  @Test
  void namesThatDifferOnlyInCaseAreKeptApart() {
    device.receive(file(
        1,
        run(
            RunKind.PUT,
            "towns",
            List.of("name", "Name", "KEY"),
            NOW,
            Value.of(1),
            Value.of(2),
            Value.of(3)),
        run(RunKind.PUT, "Towns", List.of("name"), NOW, Value.of(4))));
    assertThat(device.store.get("towns", "k"))
        .contains(Map.of("name", Value.of(1), "Name", Value.of(2), "KEY", Value.of(3)));
    assertThat(device.store.get("Towns", "k")).contains(Map.of("name", Value.of(4)));
    assertThat(ask("select Name, \"name:2\", \"KEY:2\" from \"towns:2\""))
        .containsExactly(List.of(Value.of(2), Value.of(1), Value.of(3)));
    assertThat(ask("select name from towns")).containsExactly(List.of(Value.of(4)));
    device.reopen();
    assertThat(device.store.get("Towns", "k")).contains(Map.of("name", Value.of(4)));
  }

  @Test
  void namesOfSqlAreOnlyNames() {
    device.receive(file(
        1, run(RunKind.PUT, "order", List.of("select", "rowid"), NOW, Value.of(1), Value.of(2))));
    assertThat(ask("select \"select\", rowid from \"order\""))
        .containsExactly(List.of(Value.of(1), Value.of(2)));
  }

  @Test
  void aTableOfSealiftThatThisVersionDoesNotKnowIsKept() {
    device.receive(file(1, run(RunKind.PUT, "sealift_log", List.of("x"), NOW, Value.of(1))));
    assertThat(device.store.tables()).isEmpty();
    assertThat(ask("select x from sealift_log")).containsExactly(List.of(Value.of(1)));
    assertThat(device.store.position()).isEqualTo(1);
  }

  @Test
  void aFileWithAnEventNewerThanItsHeaderIsPassedOver() {
    EventRun run = run(RunKind.PUT, "towns", List.of("name"), NOW, Value.of(1));
    RemoteFile lying =
        new RemoteFile(file(1, run).entry(1), HybridTime.of(NOW - 1, 0), 0, List.of(run));
    device.write(batch -> assertThat(batch.apply(lying)).isFalse());
    assertThat(device.store.position()).isEqualTo(1);
    assertThat(device.store.tables()).isEmpty();
  }

  @Test
  void aFileFromTooFarAheadHasToWaitAndMovesNoClock() {
    long bound = NOW + TestDevice.CLOCK_BOUND_MILLIS;
    Sent ahead = file(1, run(RunKind.PUT, "towns", List.of("name"), bound + 1, Value.of(1)));
    assertThatThrownBy(() -> device.receive(ahead))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.TIME_AHEAD));
    assertThat(device.store.position()).isZero();
    device.withCities();
    assertThat(device.store.lastLocalTime().millis()).isEqualTo(NOW);
    device.receive(file(1, run(RunKind.PUT, "towns", List.of("name"), bound, Value.of(1))));
    device.put("1", Map.of());
    assertThat(device.store.lastLocalTime().millis()).isEqualTo(bound);
  }

  @Test
  void theLogHasNoGaps() {
    Sent sent = file(1, run(RunKind.PUT, "towns", List.of("name"), NOW, Value.of(1)));
    assertThatThrownBy(() -> device.write(batch -> batch.apply(sent.at(2))))
        .isInstanceOf(IllegalArgumentException.class);
    device.receive(sent);
    assertThatThrownBy(() -> device.write(batch -> batch.apply(sent.at(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(device.store.chainHead(STRANGER)).contains(new ChainHead(1, sent.id()));
    assertThat(device.store.chainHead(device.id)).isEmpty();
  }

  @Test
  void aBatchOfFilesThatFailsAppliesNoneOfThem() {
    Sent first = file(1, run(RunKind.PUT, "towns", List.of("name"), NOW, Value.of(1)));
    Sent second = file(2, run(RunKind.PUT, "towns", List.of("name"), NOW + 900_000, Value.of(1)));
    assertThatThrownBy(() -> device.write(batch -> {
          batch.apply(first.at(1));
          batch.apply(second.at(2));
        }))
        .isInstanceOf(StoreException.class);
    assertThat(device.store.position()).isZero();
    assertThat(device.store.hasTable("towns")).isFalse();
    assertThat(device.store.chainHead(STRANGER)).isEmpty();
  }

  @Test
  void aColumnThatComesLaterDoesNotLookWrittenInOlderRows() {
    device.receive(file(1, run(RunKind.PUT, "towns", List.of("name"), NOW + 1_000, Value.of(1))));
    device.receive(file(2, run(RunKind.PATCH, "towns", List.of("mayor"), NOW, Value.of(2))));
    assertThat(device.store.get("towns", "k"))
        .contains(Map.of("name", Value.of(1), "mayor", Value.of(2)));
  }
}
