package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.sync.Await;
import dev.sealift.client.value.Value;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters, sets and the like, as an app meets them on two devices that were apart. */
class CompoundCellsTest {
  private static final Schema NOTES = Schema.of(Schema.table("notes", "id")
      .text("title")
      .counter("reads")
      .set("tags")
      .multiValue("state")
      .updates("text"));

  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;
  private Table ours;
  private Table theirs;

  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    a.declare(NOTES);
    ours = a.table("notes");
    ours.put("1", Row.of("title", "Shopping"));
    b = world.join("b", a.invite());
    world.agree(a, b);
    theirs = b.table("notes");
    a.disconnect();
    b.disconnect();
    world.writesLater("b");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void meet() {
    a.connect();
    Await.done(a.whenUpToDate());
    b.connect();
    Await.done(b.whenUpToDate());
    world.agree(a, b);
    assertThat(b.inbox()).isEqualTo(a.inbox());
    assertThat(b.mergeDigest()).isEqualTo(a.mergeDigest());
  }

  /** As an app would do it whose updates need only be together. */
  private static byte[] joined(List<byte[]> updates) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    updates.forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void whatBothDidApartIsThereWhenTheyMeet() {
    ours.increment("1", "reads", 2);
    theirs.increment("1", "reads", 3);
    assertThat(ours.add("1", "tags", "home")).isTrue();
    assertThat(ours.add("1", "tags", "home")).isFalse();
    assertThat(theirs.add("1", "tags", "work")).isTrue();
    ours.assign("1", "state", "open");
    theirs.assign("1", "state", "done");
    ours.append("1", "text", new byte[] {1});
    theirs.append("1", "text", new byte[] {2});

    meet();

    for (Table notes : List.of(ours, theirs)) {
      assertThat(notes.values("1", "reads")).containsExactly(Value.of(5));
      assertThat(notes.values("1", "tags")).containsExactly(Value.of("home"), Value.of("work"));
      assertThat(notes.values("1", "state")).containsExactly(Value.of("done"), Value.of("open"));
      assertThat(notes.values("1", "text"))
          .containsExactly(Value.of(new byte[] {1}), Value.of(new byte[] {2}));
      Row row = notes.get("1").orElseThrow();
      assertThat(row.integer("reads")).contains(5L);
      assertThat(row.text("tags")).contains("[\"home\",\"work\"]");
      assertThat(row.text("state")).contains("done");
      assertThat(row.integer("text")).contains(2L);
    }

    assertThat(theirs.discard("1", "tags", "work")).isTrue();
    ours.collapse("1", "text", CompoundCellsTest::joined);
    meet();

    assertThat(ours.values("1", "tags")).containsExactly(Value.of("home"));
    assertThat(theirs.values("1", "text")).containsExactly(Value.of(new byte[] {1, 2}));
  }

  @Test
  void whatWasAddedToARemovedRowIsInTheInboxAndComesBack() {
    ours.add("1", "tags", "home");
    ours.increment("1", "reads", 4);
    ours.append("1", "text", new byte[] {7});
    theirs.remove("1");
    meet();
    assertThat(ours.get("1")).isEmpty();
    assertThat(a.inbox())
        .extracting(InboxItem::reason)
        .containsOnly(LostReason.REMOVAL)
        .hasSize(3);
    a.disconnect();
    b.disconnect();
    world.writesLater("a");

    for (InboxItem item : a.inbox()) {
      a.revive(item);
    }
    meet();

    assertThat(theirs.values("1", "tags")).containsExactly(Value.of("home"));
    assertThat(theirs.values("1", "reads")).containsExactly(Value.of(4));
    assertThat(theirs.values("1", "text")).containsExactly(Value.of(new byte[] {7}));
    assertThat(b.inbox()).isEmpty();
  }

  @Test
  void severalOperationsAreOneWrite() {
    assertThatThrownBy(() -> a.write(writes -> {
          writes.increment("notes", "1", "reads", 1);
          writes.add("notes", "1", "tags", "home");
          writes.append("notes", "1", "title", new byte[1]);
        }))
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));

    assertThat(ours.values("1", "reads")).containsExactly(Value.of(0));
    assertThat(ours.values("1", "tags")).isEmpty();
  }

  @Test
  void onlyWhatACellIsForIsTaken() {
    assertThatThrownBy(() -> ours.put("1", Row.of("reads", 1)))
        .hasMessageContaining("operations of its own");
    assertThatThrownBy(() -> ours.add("1", "tags", new Object()))
        .hasMessageContaining("cannot be stored");
    assertThatThrownBy(() -> ours.values("1", "title")).hasMessageContaining("one value each");
    assertThat(ours.values("no such row", "tags")).isEmpty();
  }
}
