package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.Change.Kind;
import dev.sealift.client.store.Change.Origin;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpaceStoreTest {
  private static final Map<String, Value> HOBART = Map.of(
      "name", Value.of("Hobart"), "country", Value.of("AU"), "population", Value.of(252_669));

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a").withCities();

  @AfterEach
  void close() {
    folder.close();
  }

  private static Code codeOf(StoreException e) {
    return e.code();
  }

  private static void assertRefused(Code code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(codeOf(e)).isEqualTo(code));
  }

  @Test
  void whatIsPutIsThereAtOnceAndAfterReopening() {
    device.put("1", HOBART);
    assertThat(device.get("1")).isEqualTo(HOBART);
    device.reopen();
    assertThat(device.get("1")).isEqualTo(HOBART);
    assertThat(device.store.count("cities")).isEqualTo(1);
  }

  @Test
  void aPutSetsColumnsThatItDoesNotGiveToNull() {
    device.put("1", HOBART);
    device.put("1", Map.of("name", Value.of("Hobart")));
    assertThat(device.get("1"))
        .containsEntry("country", Value.NULL)
        .containsEntry("population", Value.NULL);
  }

  @Test
  void aPatchLeavesOtherColumnsAlone() {
    device.put("1", HOBART);
    device.patch("1", Map.of("country", Value.NULL));
    assertThat(device.get("1"))
        .containsEntry("name", Value.of("Hobart"))
        .containsEntry("country", Value.NULL);
  }

  @Test
  void aPatchMakesARowWhenThereIsNone() {
    device.patch("1", Map.of("name", Value.of("Hobart")));
    assertThat(device.get("1"))
        .containsEntry("name", Value.of("Hobart"))
        .containsEntry("country", Value.NULL);
  }

  @Test
  void aRemovedRowIsGoneUntilAWriteBringsItBackWhole() {
    device.put("1", HOBART);
    device.remove("1");
    assertThat(device.store.get("cities", "1")).isEmpty();
    assertThat(device.store.count("cities")).isZero();
    device.patch("1", Map.of("population", Value.of(1)));
    assertThat(device.get("1"))
        .containsEntry("name", Value.of("Hobart"))
        .containsEntry("population", Value.of(1));
  }

  @Test
  void removingWhatIsNotThereWritesNothing() {
    long before = device.store.pendingCount();
    device.write(batch -> assertThat(batch.remove("cities", "1")).isFalse());
    assertThat(device.store.pendingCount()).isEqualTo(before);
  }

  @Test
  void aBatchSeesItsOwnWritesAndOthersDoNot() {
    try (Batch batch = device.store.batch()) {
      batch.put("cities", "1", HOBART);
      assertThat(batch.get("cities", "1")).contains(HOBART);
      assertThat(device.store.get("cities", "1")).isEmpty();
      batch.commit();
    }
    assertThat(device.store.get("cities", "1")).contains(HOBART);
  }

  @Test
  void aBatchThatIsNotCommittedLeavesNoTrace() {
    device.put("1", HOBART);
    Hash before = device.store.mergeDigest();
    HybridTime last = device.store.lastLocalTime();
    try (Batch batch = device.store.batch()) {
      batch.put("cities", "1", Map.of());
      batch.declare(new TableSchema("other", "id", List.of(new ColumnSchema("x", ColumnType.ANY))));
      batch.put("other", "1", Map.of("x", Value.of(1)));
      batch.putSetting("mine", new byte[] {1});
    }
    assertThat(device.store.mergeDigest()).isEqualTo(before);
    assertThat(device.store.hasTable("other")).isFalse();
    assertThat(device.store.setting("mine")).isEmpty();
    device.put("2", HOBART);
    assertThat(device.store.lastLocalTime()).isEqualTo(last.next());
  }

  @Test
  void aTableCanBeDeclaredAgainAfterItsDeclarationWasTakenBack() {
    TableSchema other =
        new TableSchema("other", "id", List.of(new ColumnSchema("x", ColumnType.ANY)));
    try (Batch batch = device.store.batch()) {
      batch.declare(other);
    }
    device.write(batch -> {
      batch.declare(other);
      batch.put("other", "1", Map.of("x", Value.of(1)));
    });
    assertThat(device.store.get("other", "1")).contains(Map.of("x", Value.of(1)));
  }

  @Test
  void whatIsRefusedLeavesTheBatchUsable() {
    try (Batch batch = device.store.batch()) {
      batch.put("cities", "1", HOBART);
      assertRefused(
          Code.UNKNOWN_COLUMN, () -> batch.put("cities", "2", Map.of("mayor", Value.of("?"))));
      assertRefused(Code.UNKNOWN_TABLE, () -> batch.put("towns", "2", Map.of()));
      assertRefused(Code.UNKNOWN_TABLE, () -> batch.put(SchemaTable.NAME, "2", Map.of()));
      assertThatThrownBy(() -> batch.put("cities", "", HOBART))
          .isInstanceOf(InvalidValueException.class);
      batch.commit();
    }
    assertThat(device.store.count("cities")).isEqualTo(1);
  }

  @Test
  void aRowMayBeAsLargeAsItsLimitAndNotLarger() {
    byte[] large = new byte[ValueLimits.MAX_ROW_BYTES / 2];
    byte[] rest = new byte[ValueLimits.MAX_ROW_BYTES - large.length - 3];
    device.put("1", Map.of("name", Value.of(large), "country", Value.of(rest)));
    assertThatThrownBy(
            () -> device.put("22", Map.of("name", Value.of(large), "country", Value.of(rest))))
        .isInstanceOf(InvalidValueException.class);
    assertThat(device.store.count("cities")).isEqualTo(1);
  }

  @Test
  void valuesHaveToFitTheirColumns() {
    device.write(batch -> batch.declare(
        new TableSchema("typed", "id", List.of(new ColumnSchema("n", ColumnType.INTEGER)))));
    device.write(batch -> batch.put("typed", "1", Map.of("n", Value.NULL)));
    assertRefused(
        Code.WRONG_TYPE,
        () -> device.write(batch -> batch.put("typed", "1", Map.of("n", Value.of("one")))));
  }

  @Test
  void aBatchBelongsToItsThreadAndIsTheOnlyOne() {
    try (Batch batch = device.store.batch()) {
      assertThatThrownBy(device.store::batch).isInstanceOf(IllegalStateException.class);
      batch.commit();
      assertThatThrownBy(() -> batch.put("cities", "1", HOBART))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void changesAreToldAfterTheCommit() {
    List<ChangeSet> told = new ArrayList<>();
    device.store.onChange(changes -> {
      assertThat(device.store.get("cities", "1")).isPresent();
      told.add(changes);
    });
    device.put("1", HOBART);
    device.write(batch -> {
      batch.patch("cities", "2", Map.of("name", Value.of("x")));
      batch.remove("cities", "2");
    });
    try (Batch batch = device.store.batch()) {
      batch.put("cities", "3", HOBART);
    }
    assertThat(told)
        .containsExactly(
            new ChangeSet(
                List.of(new Change("cities", "1", Kind.PUT, Origin.LOCAL)),
                java.util.Set.of("cities"),
                false),
            new ChangeSet(
                List.of(
                    new Change("cities", "2", Kind.PATCH, Origin.LOCAL),
                    new Change("cities", "2", Kind.REMOVE, Origin.LOCAL)),
                java.util.Set.of("cities"),
                false));
  }

  @Test
  void receivedChangesAreToldAsPeopleSeeThem() {
    TestDevice other = folder.device("b");
    device.put("1", HOBART);
    device.put("2", HOBART);
    device.remove("2");
    List<Change> told = new ArrayList<>();
    other.store.onChange(changes -> told.addAll(changes.changes()));
    other.receive(device.pack());
    device.remove("1");
    other.receive(device.pack());
    assertThat(told)
        .contains(
            new Change("cities", "1", Kind.PUT, Origin.REMOTE),
            new Change("cities", "1", Kind.REMOVE, Origin.REMOTE));
    assertThat(told.get(told.size() - 1))
        .isEqualTo(new Change("cities", "1", Kind.REMOVE, Origin.REMOTE));
  }

  @Test
  void aDeclarationIsToldAndWhatIsNoWriteIsNot() {
    List<ChangeSet> told = new ArrayList<>();
    device.store.onChange(told::add);
    device.write(batch -> batch.putSetting("mine", new byte[1]));
    device.withCities();
    assertThat(told).isEmpty();
    device.write(batch -> batch.declare(new TableSchema("other", "id", List.of())));
    assertThat(told).containsExactly(new ChangeSet(List.of(), java.util.Set.of(), false));
  }

  @Test
  void tooManyChangesAreToldAsMany() {
    List<ChangeSet> told = new ArrayList<>();
    device.store.onChange(told::add);
    device.write(batch -> IntStream.rangeClosed(0, ChangeCollector.MAX_CHANGES)
        .forEach(i -> batch.put("cities", "k" + i, Map.of())));
    assertThat(told).containsExactly(new ChangeSet(List.of(), java.util.Set.of("cities"), true));
  }

  @Test
  void settingsAreFoundByHowTheirNamesBegin() {
    device.write(batch -> {
      batch.putSetting("place.1", new byte[1]);
      batch.putSetting("place.20", new byte[1]);
      batch.putSetting("place", new byte[1]);
      batch.putSetting("Place.3", new byte[1]);
      batch.putSetting("of place.4", new byte[1]);
    });

    assertThat(device.store.settingNames("place."))
        .containsExactlyInAnyOrder("place.1", "place.20");
  }

  @Test
  void settingsAreRememberedAndForgotten() {
    device.write(batch -> batch.putSetting("mine", new byte[] {1, 2}));
    device.reopen();
    assertThat(device.store.setting("mine").orElseThrow()).containsExactly(1, 2);
    device.write(batch -> batch.removeSetting("mine"));
    assertThat(device.store.setting("mine")).isEmpty();
    assertThatThrownBy(() -> device.write(batch -> batch.putSetting("store.clock", new byte[1])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theFileAndWhatSqliteKeepsBesideItAreForTheirOwnerOnly() throws IOException {
    device.put("1", HOBART);
    for (Path path :
        List.of(device.file, Path.of(device.file + "-wal"), Path.of(device.file + "-shm"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void timesGoOnAboveWhatWasGivenBeforeEvenWhenTheClockIsSetBack() {
    device.put("1", HOBART);
    HybridTime before = device.store.lastLocalTime();
    device.pack();
    device.reopen();
    device.millis -= 1_000_000;
    device.put("1", Map.of());
    assertThat(device.store.lastLocalTime()).isGreaterThan(before);
  }

  @Test
  void aClosedStoreSaysSo() {
    device.store.close();
    assertRefused(Code.CLOSED, device.store::batch);
    assertRefused(Code.CLOSED, () -> device.store.get("cities", "1"));
  }
}
