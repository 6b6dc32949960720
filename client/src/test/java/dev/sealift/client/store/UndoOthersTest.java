package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.UndoResult.Left;
import dev.sealift.client.store.UndoResult.Reason;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody else had put into a cell that holds several values, and a change that is taken back gives back: it stays when older changes are taken back as well. */
class UndoOthersTest {
  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice a;
  private TestDevice b;

  @BeforeEach
  void declare() {
    a = folder.device("a").withCompoundCities();
    b = folder.device("b");
    sync();
    b.millis += 500; // later than the other one's at the same moment
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void sync() {
    for (int round = 0; round < 2; round++) {
      List.of(a, b).forEach(device -> mesh.sync(device, Long.MAX_VALUE));
    }
  }

  private void change(TestDevice device, Consumer<Batch> work) {
    List.of(a, b).forEach(each -> each.millis += 1_000);
    device.write(batch -> {
      batch.undoable(100);
      work.accept(batch);
    });
  }

  private static void assign(Batch batch, int mood) {
    batch.assign("cities", "k", "mood", Value.of(mood));
  }

  private static UndoResult undo(TestDevice device) {
    List<UndoResult> result = new ArrayList<>();
    device.write(batch -> result.add(batch.undo()));
    return result.get(0);
  }

  @Test
  void aValueThatSomebodyElseAssignedStays() {
    change(a, batch -> assign(batch, 1));
    sync();
    change(b, batch -> assign(batch, 2));
    sync();
    change(a, batch -> assign(batch, 3));
    undo(a);
    assertThat(undo(a).left())
        .containsExactly(
            new Left("cities", "k", "", Reason.WRITTEN_SINCE),
            new Left("cities", "k", "mood", Reason.WRITTEN_SINCE));
    assertThat(a.store.values("cities", "k", "mood")).containsExactly(Value.of(2));
  }

  @Test
  void aValueThatSomebodyElseAssignedAtTheSameTimeStaysIfItIsTheOneThatWins() {
    change(a, batch -> assign(batch, 1));
    change(b, batch -> assign(batch, 2));
    sync();
    assertThat(a.store.values("cities", "k", "mood")).containsExactly(Value.of(2), Value.of(1));
    change(a, batch -> assign(batch, 3));
    undo(a);
    undo(a);
    assertThat(a.store.values("cities", "k", "mood")).containsExactly(Value.of(2));
  }

  @Test
  void aValueOfASetThatSomebodyElseHasAddedAsWellStays() {
    change(a, batch -> batch.patch("cities", "k", Map.of("name", Value.of("Hobart"))));
    change(a, batch -> batch.add("cities", "k", "tags", Value.of(1)));
    mesh.sync(a, Long.MAX_VALUE);
    change(b, batch -> batch.add("cities", "k", "tags", Value.of(1)));
    sync();
    change(a, batch -> batch.discard("cities", "k", "tags", Value.of(1)));
    undo(a);
    assertThat(undo(a).left())
        .containsExactly(new Left("cities", "k", "tags", Reason.WRITTEN_SINCE));
    assertThat(a.store.values("cities", "k", "tags")).containsExactly(Value.of(1));
    assertThat(undo(a).left()).contains(new Left("cities", "k", "", Reason.WRITTEN_SINCE));
    assertThat(a.store.get("cities", "k")).isPresent();
  }
}
