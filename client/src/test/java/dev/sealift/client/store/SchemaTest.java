package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaTest {
  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a");

  @AfterEach
  void close() {
    folder.close();
  }

  private static TableSchema table(String... columns) {
    return new TableSchema(
        "t",
        "id",
        Arrays.stream(columns)
            .map(name -> new ColumnSchema(name, ColumnType.ANY))
            .toList());
  }

  private void declare(TestDevice at, TableSchema table) {
    at.write(batch -> batch.declare(table));
  }

  private void assertContradiction(TableSchema table) {
    assertThatThrownBy(() -> declare(device, table))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BAD_SCHEMA));
  }

  @Test
  void whatIsDeclaredIsThereForQueriesBeforeAnyRowIs() {
    declare(device, table("x", "y"));
    try (QueryResult result = device.store.query("select * from t", List.of())) {
      assertThat(result.columns()).containsExactly("id", "x", "y");
    }
    assertThat(device.store.tables())
        .containsExactly(new StoredTable("t", "id", table("x", "y").columns()));
  }

  @Test
  void declaringTheSameAgainWritesNothing() {
    declare(device, table("x", "y"));
    long pending = device.store.pendingCount();
    declare(device, table("x", "y"));
    declare(device, table("y"));
    device.reopen();
    declare(device, table("x", "y"));
    assertThat(device.store.pendingCount()).isEqualTo(pending);
  }

  @Test
  void aNewColumnIsNullInOldRows() {
    declare(device, table("x"));
    device.write(batch -> batch.put("t", "1", Map.of("x", Value.of(1))));
    declare(device, table("x", "y"));
    assertThat(device.store.get("t", "1")).contains(Map.of("x", Value.of(1), "y", Value.NULL));
    device.write(batch -> batch.patch("t", "1", Map.of("y", Value.of(2))));
    assertThat(device.store.get("t", "1")).contains(Map.of("x", Value.of(1), "y", Value.of(2)));
  }

  @Test
  void declarationsTravel() {
    declare(device, table("y", "x"));
    TestDevice other = folder.device("b");
    other.receive(device.pack());
    assertThat(other.store.tables()).isEqualTo(device.store.tables());
    long pending = other.store.pendingCount();
    declare(other, table("y", "x"));
    assertThat(other.store.pendingCount()).isEqualTo(pending);
  }

  @Test
  void aDeclarationThatComesAfterTheRowsNamesTheirKey() {
    TestDevice other = folder.device("b");
    declare(device, table("x"));
    var schema = device.pack();
    device.write(batch -> batch.put("t", "1", Map.of("x", Value.of(1))));
    other.receive(device.pack());
    assertThat(other.store.tables())
        .extracting(StoredTable::key)
        .containsExactly(TableInfo.UNDECLARED_KEY);
    other.receive(schema);
    assertThat(other.store.tables()).isEqualTo(device.store.tables());
    try (QueryResult result = other.store.query("select id, x from t", List.of())) {
      assertThat(result.next()).isTrue();
    }
  }

  @Test
  void twoDevicesThatDeclareAtOnceAgree() {
    TestDevice other = folder.device("b");
    declare(device, table("x"));
    declare(other, new TableSchema("t", "code", List.of(new ColumnSchema("x", ColumnType.TEXT))));
    TestMesh mesh = new TestMesh();
    TestDevice reader = folder.device("c");
    for (int i = 0; i < 4; i++) {
      List.of(device, other, reader).forEach(one -> mesh.sync(one, 1_000));
    }
    assertThat(device.store.pendingCount() + other.store.pendingCount()).isZero();
    assertThat(other.store.mergeDigest()).isEqualTo(device.store.mergeDigest());
    // Who has declared nothing sees what the space has; an app what it has declared.
    assertThat(reader.store.tables())
        .containsExactly(new StoredTable("t", "id", table("x").columns()));
    assertThat(device.store.tables()).isEqualTo(reader.store.tables());
    assertThat(other.store.tables()).extracting(StoredTable::key).containsExactly("code");
    declare(other, new TableSchema("t", "code", List.of(new ColumnSchema("x", ColumnType.TEXT))));
    assertThat(other.store.pendingCount()).isZero();
  }

  @Test
  void anOlderAppsPutLeavesColumnsAloneThatItDoesNotKnow() {
    declare(device, table("x", "y"));
    device.write(batch -> batch.put("t", "1", Map.of("x", Value.of(1), "y", Value.of(2))));
    device.reopen();
    declare(device, table("x"));
    device.write(batch -> batch.put("t", "1", Map.of("x", Value.of(3))));
    assertThat(device.store.get("t", "1")).contains(Map.of("x", Value.of(3), "y", Value.of(2)));
    TestDevice other = folder.device("b");
    Sent sent = device.pack();
    other.receive(sent);
    device.receive(sent);
    assertThat(other.store.mergeDigest()).isEqualTo(device.store.mergeDigest());
  }

  @Test
  void whatContradictsTheSpaceIsRefused() {
    declare(device, table("x"));
    declare(device, new TableSchema("u", "id", List.of(new ColumnSchema("x", ColumnType.INTEGER))));
    assertContradiction(new TableSchema("t", "code", List.of()));
    assertContradiction(new TableSchema("T", "id", List.of()));
    assertContradiction(table("X"));
    for (ColumnType type : List.of(ColumnType.TEXT, ColumnType.BYTES, ColumnType.COUNTER)) {
      assertContradiction(new TableSchema("u", "id", List.of(new ColumnSchema("x", type))));
    }
    assertThat(device.store.tables()).hasSize(2);
  }

  @Test
  void twoColumnsOfOneNameAreRefused() {
    assertThatThrownBy(() -> table("x", "X")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> table("ID")).isInstanceOf(StoreException.class);
  }

  @Test
  void namesOfTheStoreItselfCannotBeDeclared() {
    for (String name :
        List.of("_t", "sealift_schema", "SEALIFT_x", "sqlite_t", "a\"b", "a b", "", "1a")) {
      assertThatThrownBy(() -> new TableSchema(name, "id", List.of()))
          .isInstanceOf(InvalidValueException.class);
      assertThatThrownBy(() -> new TableSchema("t", name, List.of()))
          .isInstanceOf(InvalidValueException.class);
    }
  }
}
