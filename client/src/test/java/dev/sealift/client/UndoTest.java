package dev.sealift.client;

import static dev.sealift.client.World.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.UndoResult;
import dev.sealift.client.store.UndoResult.Left;
import dev.sealift.client.store.UndoResult.Outcome;
import dev.sealift.client.store.UndoResult.Reason;
import dev.sealift.client.store.UndoResult.Undone;
import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Undo, history and feeds by the API. */
class UndoTest {
  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;
  private Table cities;

  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    cities = a.table("cities");
    cities.put("1", Row.of("name", "Hobart", "country", "AU"));
    b = world.join("b", a.invite());
    world.agree(a, b);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void severalWritesAreOneChangeAndUndoneTogether() {
    String before = a.digest();
    a.write(writes -> {
      writes.patch("cities", "1", Row.of("name", "nipaluna"));
      writes.put("cities", "2", Row.of("name", "Yaizu"));
    });
    String after = a.digest();
    UndoResult result = a.undo();
    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.undone())
        .containsExactlyInAnyOrder(
            new Undone("cities", "1", "name"), new Undone("cities", "2", ""));
    assertThat(result.left()).isEmpty();
    assertThat(a.digest()).isEqualTo(before);
    assertThat(a.redo().outcome()).isEqualTo(Outcome.DONE);
    assertThat(a.digest()).isEqualTo(after);
    world.agree(a, b);
  }

  /** Each undo has its redo, in order, also one that had nothing to write. */
  @Test
  void aChangeThatLeftNothingBehindIsRedoneInItsTurn() {
    cities.patch("1", Row.of("name", "nipaluna"));
    a.write(writes -> {
      writes.put("cities", "2", Row.of("name", "Yaizu"));
      writes.remove("cities", "2");
    });
    for (int i = 0; i < 2; i++) {
      assertThat(a.undo().outcome()).isEqualTo(Outcome.DONE);
      assertThat(name(a, "1")).isEqualTo("nipaluna");
      assertThat(a.undo().outcome()).isEqualTo(Outcome.DONE);
      assertThat(name(a, "1")).isEqualTo("Hobart");
      assertThat(a.redo().outcome()).isEqualTo(Outcome.DONE);
      assertThat(name(a, "1")).isEqualTo("nipaluna");
      assertThat(a.redo().outcome()).isEqualTo(Outcome.DONE);
      assertThat(name(a, "1")).isEqualTo("nipaluna");
    }
    assertThat(a.redo().outcome()).isEqualTo(Outcome.NOTHING);
  }

  @Test
  void whatSomebodyElseWroteSinceStaysAndIsReported() {
    cities.patch("1", Row.of("name", "Hobart Town", "country", "VDL"));
    world.agree(a, b);
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    world.agree(a, b);
    UndoResult result = a.undo();
    assertThat(result.undone()).containsExactly(new Undone("cities", "1", "country"));
    assertThat(result.left())
        .containsExactly(new Left("cities", "1", "name", Reason.WRITTEN_SINCE));
    assertThat(cities.get("1"))
        .contains(Row.of("name", "nipaluna", "country", "AU", "population", null));
    world.agree(a, b);
  }

  @Test
  void aRowThatSomebodyElseHasWrittenToIsNotRemoved() {
    cities.put("2", Row.of("name", "Yaizu"));
    world.agree(a, b);
    b.table("cities").patch("2", Row.of("country", "JP"));
    world.agree(a, b);
    assertThat(a.undo().left())
        .containsExactly(
            new Left("cities", "2", "", Reason.WRITTEN_SINCE),
            new Left("cities", "2", "country", Reason.WRITTEN_SINCE));
    assertThat(cities.get("2")).contains(Row.of("name", null, "country", "JP", "population", null));
  }

  /** What the later change gives back is somebody else's, though this device writes it. */
  @Test
  void aRowWithWhatSomebodyElseWroteSinceIsNotRemovedWhenThatWasGivenBack() {
    cities.put("2", Row.of("name", "Yaizu"));
    world.agree(a, b);
    b.table("cities").put("2", Row.of("name", "Shizuoka"));
    world.agree(a, b);
    cities.put("2", Row.of("name", "Kyoto"));
    a.undo();
    assertThat(name(a, "2")).isEqualTo("Shizuoka");
    a.redo();
    a.undo();
    assertThat(a.undo().left())
        .containsExactlyInAnyOrder(
            new Left("cities", "2", "", Reason.WRITTEN_SINCE),
            new Left("cities", "2", "country", Reason.WRITTEN_SINCE),
            new Left("cities", "2", "name", Reason.WRITTEN_SINCE),
            new Left("cities", "2", "population", Reason.WRITTEN_SINCE));
    assertThat(name(a, "2")).isEqualTo("Shizuoka");
  }

  @Test
  void aRowThatComesBackWithWhatOthersHadInItGoesAgain() {
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    world.agree(a, b);
    cities.remove("1");
    cities.patch("1", Row.of("country", "TAS"));
    cities.patch("1", Row.of("name", "Hobart Town"));
    a.undo();
    assertThat(name(a, "1")).isEqualTo("nipaluna");
    assertThat(a.undo().left()).isEmpty();
    assertThat(cities.get("1")).isEmpty();
  }

  @Test
  void aRowThatSomebodyElseHasRemovedStaysAway() {
    cities.patch("1", Row.of("name", "Hobart Town"));
    world.agree(a, b);
    b.table("cities").remove("1");
    world.agree(a, b);
    assertThat(a.undo().left()).containsExactly(new Left("cities", "1", "", Reason.REMOVED_SINCE));
    assertThat(cities.get("1")).isEmpty();
  }

  @Test
  void aRemovedRowComesBackWholeAlsoWhenTheHomeWasClosedMeanwhile() {
    String before = a.digest();
    cities.remove("1");
    Await.done(a.whenDurable());
    world.close("a");
    a = world.home("a").space("household");
    a.undo();
    assertThat(a.digest()).isEqualTo(before);
  }

  @Test
  void noChangeAndTooLargeAChangeAreSaid() {
    a.undo(); // the row of the beginning
    assertThat(a.undo().outcome()).isEqualTo(Outcome.NOTHING);
    Map<String, Row> rows = new java.util.TreeMap<>();
    IntStream.range(0, 300).forEach(i -> rows.put("r" + i, Row.of("name", "n" + i)));
    cities.putAll(rows.entrySet().iterator());
    assertThat(a.undo().outcome()).isEqualTo(Outcome.TOO_LARGE);
    assertThat(cities.count()).isEqualTo(300);
    cities.patch("r1", Row.of("name", "x"));
    assertThat(a.undo().outcome()).isEqualTo(Outcome.DONE);
    assertThat(name(a, "r1")).isEqualTo("n1");
    assertThat(a.undo().outcome()).isEqualTo(Outcome.NOTHING);
  }

  @Test
  void whatWasWrittenOnceIsRestored() {
    a.declare(Schema.of(Schema.table("notes", "id").text("text").keepAll()));
    Table notes = a.table("notes");
    notes.put("n", Row.of("text", "one"));
    notes.put("n", Row.of("text", "two"));
    List<HistoryItem> history = notes.history("n", "text");
    assertThat(history).hasSize(2);
    a.restore(history.get(1));
    assertThat(notes.get("n")).contains(Row.of("text", "one"));
    world.agree(a, b);
    assertThat(b.table("notes").history("n")).isEqualTo(notes.history("n")).hasSize(3);
  }

  @Test
  void aFeedIsAppendedToAndReadByOffset() {
    a.declare(Schema.of(Schema.table("chat", "id").text("text").feed()));
    world.agree(a, b);
    List<FeedEntry> told = Collections.synchronizedList(new ArrayList<>());
    Feed chat = a.feed("chat");
    try (Watch watch = chat.watch(1, Runnable::run, told::addAll)) {
      String key = chat.append(Row.of("text", "hello"));
      assertThat(chat.waiting("", 10)).extracting(FeedEntry::key).containsExactly(key);
      world.agree(a, b);
      b.feed("chat").append(Row.of("text", "hi"));
      world.agree(a, b);
      Await.until("both entries are told", () -> told.size() == 2);
    }
    assertThat(told).isEqualTo(chat.read(1, 10)).isEqualTo(b.feed("chat").read(1, 10));
    assertThat(told).extracting(FeedEntry::offset).containsExactly(1L, 2L);
    assertThat(told.get(1).author()).isEqualTo(b.status().device());
    assertThat(chat.last()).isEqualTo(2);
    assertThat(chat.read(2, 10)).hasSize(1);
  }

  @Test
  void theRowsOfAFeedAreNotChanged() {
    a.declare(Schema.of(Schema.table("chat", "id").text("text").feed()));
    String key = a.feed("chat").append(Row.of("text", "hello"));
    Table table = a.table("chat");
    assertRefused(() -> table.put(key, Row.of("text", "other")));
    assertRefused(() -> table.patch(key, Row.of("text", "other")));
    assertRefused(() -> table.remove(key));
    assertRefused(() -> table.putAll(Map.of(key, Row.of("text", "x")).entrySet().iterator()));
    assertRefused(() -> a.feed("cities"));
    assertThat(table.get(key)).contains(Row.of("text", "hello"));
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
  }
}
