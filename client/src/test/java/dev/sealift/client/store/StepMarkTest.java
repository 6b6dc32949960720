package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.Block;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes on, and what does not, while rows are partly ahead of the log; and what mends that. */
class StepMarkTest {
  private static final TableSchema CHAT = new TableSchema(
          "chat", "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
      .keeping(Keep.FEED);

  private final TestFolder folder = new TestFolder();
  private final RestoredMesh mesh = new RestoredMesh(TestDevice.RULES);
  private TestDevice author;
  private TestDevice taker;

  @BeforeEach
  void writeSomething() {
    author = folder.device("author").withCompoundCities();
    taker = folder.device("taker");
    for (int i = 0; i < 30; i++) {
      put("k" + i, "n" + i);
      if (i == 9) {
        mesh.get(taker);
      }
    }
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void put(String key, String name) {
    author.put(key, Map.of("name", Value.of(name)));
    mesh.sync(author, 1_000);
  }

  private Step begun() {
    Step step = Steps.make(author, 1);
    Steps.takeSome(taker, step, step.blocks().size() - 1);
    assertThat(taker.store.unfinishedStep()).contains(mesh.size());
    return step;
  }

  private void requireAlike() {
    assertThat(taker.store.unfinishedStep()).isEmpty();
    TestDevice reader = mesh.reader(folder, "reader", mesh.size());
    reader.remember(mesh.sent());
    taker.remember(mesh.sent());
    assertThat(taker.store.mergeDigest()).isEqualTo(reader.store.mergeDigest());
    assertThat(taker.store.visibleDigest()).isEqualTo(reader.store.visibleDigest());
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(reader, 1));
  }

  // Writing

  private void requireRefused(Consumer<Batch> write) {
    assertThatThrownBy(() -> taker.write(write))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.STEP_UNFINISHED));
  }

  @Test
  void nothingIsWrittenUntilTheEndAndReadingGoesOn() {
    taker.write(batch -> {
      batch.undoable(10);
      batch.patch("cities", "k1", Map.of("country", Value.of("mine")));
    });
    long pending = taker.store.pendingCount();
    Step step = begun();
    for (boolean opened : new boolean[] {false, true}) {
      requireRefused(batch -> batch.put("cities", "x", Map.of()));
      requireRefused(batch -> batch.mark("cities", "x"));
      requireRefused(batch -> batch.patch("cities", "k1", Map.of("name", Value.of("y"))));
      requireRefused(batch -> batch.add("cities", "k1", "tags", Value.of(1)));
      requireRefused(batch -> batch.remove("cities", "k1"));
      requireRefused(Batch::undo);
      requireRefused(Batch::redo);
      requireRefused(Batch::beginTransaction);
      requireRefused(batch -> batch.amend(TestDevice.CITIES));
      requireRefused(batch -> batch.amendVersion(3));
      taker.write(batch -> assertThat(batch.answerRules(taker.millis)).isFalse());
      assertThat(taker.store.untilRulesMillis(taker.millis)).isEqualTo(Long.MAX_VALUE);
      assertThat(taker.get("k1")).containsEntry("country", Value.of("mine"));
      taker.reopen();
    }
    assertThat(taker.store.pendingCount()).isEqualTo(pending);
    Steps.take(taker, step);
    taker.put("x", Map.of("name", Value.of("y")));
    taker.write(batch -> assertThat(batch.undo()).isNotNull());
    mesh.sync(taker, 1_000);
    requireAlike();
  }

  @Test
  void whatIsInTheInboxWaitsToo() {
    TestDevice other = folder.device("other");
    mesh.get(other);
    other.patch("k1", Map.of("name", Value.of("theirs")));
    author.patch("k1", Map.of("name", Value.of("ours")));
    mesh.sync(other, 1_000);
    mesh.sync(author, 1_000);
    mesh.get(taker);
    LostValue lost = taker.store.inbox(1).get(0);
    put("k2", "later");
    begun();
    requireRefused(batch -> batch.dismiss(lost));
    requireRefused(batch -> batch.revive(lost));
  }

  @Test
  void filesAreNotTakenOverUntilTheEnd() {
    Step step = begun();
    author.put("k1", Map.of("name", Value.of("handed over")));
    Sent sent = author.pack();
    DotRef dot = new DotRef(sent.author(), sent.counter(), sent.id());
    HandedFile file =
        new HandedFile(dot, sent.header(), Sent.payload(), sent.newest(), sent.runs());
    requireRefused(batch -> batch.takeOver(file));
    Steps.take(taker, step);
    taker.takeOver(sent);
    assertThat(taker.get("k1")).containsEntry("name", Value.of("handed over"));
  }

  /** What was written before has seen what it has. */
  @Test
  void whatWasWrittenBeforeIsPackedAllTheSame() {
    taker.patch("k1", Map.of("country", Value.of("mine")));
    taker.part("k1", 2, 1);
    long position = taker.store.position();
    Step step = begun();
    Sent sent = taker.pack();
    assertThat(sent.runs()).allMatch(run -> run.seenSequence() == position);
    Steps.take(taker, step);
    assertThat(taker.waiting()).hasSize(1);
    mesh.sync(taker, 1_000);
    requireAlike();
    assertThat(taker.get("k1")).containsEntry("country", Value.of("mine"));
  }

  @Test
  void whileAStepIsLookedAtWritingGoesOn() throws FormatException {
    Step step = Steps.make(author, 1);
    assertThat(step.blocks().get(0).rows()).isEmpty();
    Installing installing = Steps.install(taker, step);
    for (Block block : step.blocks()) {
      installing.check(block);
      taker.put("meanwhile", Map.of("name", Value.of("x")));
    }
    installing.checked();
    assertThat(taker.store.unfinishedStep()).isEmpty();
    for (Block block : step.blocks()) {
      installing.take(block);
    }
    installing.finish();
    mesh.sync(taker, 1_000);
    requireAlike();
  }

  @Test
  void whatTheAppDeclaresMeanwhileIsToldAfterwards() {
    Step step = begun();
    taker.write(batch -> batch.declare(CHAT));
    taker.write(batch -> batch.requireVersion(2));
    taker.write(batch -> batch.dropTable("old"));
    assertThat(taker.store.pendingCount()).isZero();
    Steps.take(taker, step);
    assertThat(taker.store.pendingCount()).isPositive();
    taker.write(batch -> batch.append("chat", Map.of("text", Value.of("hello")), "00"));
    mesh.sync(taker, 1_000);
    mesh.get(author);
    assertThat(author.store.page("chat", "", 10)).hasSize(1);
    requireAlike();
  }

  // Restored meshes

  @Test
  void aLogThatWentBackBelowItAsksForAStepFromTheBeginning() {
    TestDevice gone = folder.device("gone");
    mesh.get(gone);
    gone.put("only", Map.of("name", Value.of("in what was lost")));
    mesh.sync(gone, 1_000);
    Step lost = Steps.make(gone, 1);
    Steps.takeSome(taker, lost, lost.blocks().size());
    assertThat(taker.get("only")).isNotEmpty();
    mesh.restore(15);
    put("k3", "another log");
    mesh.adopt(taker);
    assertThat(taker.store.needsFullStep()).isTrue();
    assertThat(taker.store.position()).isEqualTo(10);
    TestDevice maker = maker(mesh.size());
    assertThatThrownBy(() -> Steps.install(taker, Steps.make(maker, 5)))
        .isInstanceOf(IllegalArgumentException.class);
    Step full = Steps.make(maker, 1);
    Steps.takeSome(taker, full, full.blocks().size() - 1);
    taker.reopen();
    assertThat(taker.store.needsFullStep()).isTrue();
    Steps.take(taker, full);
    assertThat(taker.get("only")).isEmpty();
    requireAlike();
  }

  /** Until the log has all that either of them holds. */
  private void exchange() {
    for (int round = 0; round < 3; round++) {
      for (TestDevice device : List.of(taker, author)) {
        mesh.get(device);
        mesh.putDisplaced(device, 20, new Random(round));
        mesh.sync(device, 1_000);
      }
    }
    mesh.get(taker);
  }

  private TestDevice maker(long size) {
    TestDevice maker = mesh.reader(folder, "maker" + size, size);
    maker.remember(mesh.sent());
    return maker;
  }

  @Test
  void aLogThatWentBackToBehindItIsTheSame() {
    put("k3", "before");
    Step step = Steps.make(maker(20), 1);
    Steps.takeSome(taker, step, step.blocks().size() - 1);
    mesh.restore(25);
    mesh.adopt(taker);
    assertThat(taker.store.needsFullStep()).isFalse();
    Steps.take(taker, step);
    mesh.get(taker);
    requireAlike();
  }

  @Test
  void aStepThroughAnotherLogThanTheOneLeftDoesNotMendIt() {
    Step step = Steps.make(maker(20), 1);
    Hash another = TestDevice.hash("another log");
    Installing installing = taker.store.install(
        step.range(),
        another,
        new Steps.Roots() {
          @Override
          public Hash with(long sequence, FileId file, long serverTimeMillis, long base) {
            return sequence == step.range().base()
                ? another
                : super.with(sequence, file, serverTimeMillis, base);
          }
        },
        device -> true,
        Steps.LIGHT);
    takeSome(installing, step, step.blocks().size() - 1);
    assertThat(taker.store.needsFullStep()).isFalse();
    Step more = Steps.make(maker(30), 5);
    assertThatThrownBy(() -> {
          Installing mending = Steps.install(taker, more);
          takeSome(mending, more, more.blocks().size());
        })
        .hasRootCauseInstanceOf(FormatException.class);
    assertThat(taker.store.needsFullStep()).isTrue();
    Steps.take(taker, Steps.make(maker(30), 1));
    mesh.get(taker);
    requireAlike();
  }

  private static void takeSome(Installing installing, Step step, int some) {
    Steps.check(installing, step.blocks());
    step.blocks().subList(0, some).forEach(block -> Steps.takeOne(installing, block));
  }

  @Test
  void whoLacksFilesThatWouldBeFoldedAgainAsksForAStepFromTheBeginning() {
    Steps.take(taker, Steps.make(author, 1));
    taker.part("k1", 2, 1);
    taker.patch("k2", Map.of("country", Value.of("mine")));
    mesh.sync(taker, 1_000);
    put("k3", "by another");
    author.part("k1", 2, 2);
    mesh.sync(author, 1_000);
    mesh.get(taker);
    taker.patch("k3", Map.of("country", Value.of("pending")));
    mesh.restore(20);
    mesh.adopt(taker);
    assertThat(taker.store.needsFullStep()).isTrue();
    assertThat(taker.store.values("cities", "k1", "tags")).hasSize(2);
    assertThat(taker.get("k3")).containsEntry("country", Value.of("pending"));
    mesh.sync(author, 1_000);
    mesh.get(author);
    Steps.take(taker, Steps.make(maker(20), 1));
    assertThat(taker.get("k2")).containsEntry("country", Value.of("mine"));
    assertThat(taker.store.values("cities", "k1", "tags")).hasSize(2);
    exchange();
    assertThat(taker.get("k3")).containsEntry("country", Value.of("pending"));
    requireAlike();
  }

  /** There is no step for it any more, and the files are all there. */
  @Test
  void whoBeginsAnewKeepsWhatItWroteAndTakesInTheRest() {
    author.remove("k4");
    author.part("k1", 2, 3);
    mesh.sync(author, 1_000);
    Steps.take(taker, Steps.make(author, 1));
    taker.part("k1", 2, 1);
    taker.patch("k2", Map.of("country", Value.of("mine")));
    mesh.sync(taker, 1_000);
    put("only", "in what is lost");
    mesh.get(taker);
    taker.patch("k3", Map.of("country", Value.of("pending")));
    taker.patch("k15", Map.of("name", Value.of("after the other's")));
    mesh.restore(20);
    mesh.adopt(taker);
    assertThat(taker.store.needsFullStep()).isTrue();
    taker.beginAnew();
    assertThat(taker.store.position()).isZero();
    assertThat(taker.get("k2")).containsEntry("country", Value.of("mine"));
    assertThat(taker.get("k3")).containsEntry("country", Value.of("pending"));
    assertThat(taker.get("k5")).as("a file that is held").isNotEmpty();
    assertThat(taker.get("k16")).as("from the step").isEmpty();
    taker.reopen();
    assertThat(taker.store.unfinishedStep()).isEmpty();
    mesh.get(taker);
    exchange();
    assertThat(taker.get("only")).isNotEmpty();
    assertThat(taker.get("k4")).isEmpty();
    assertThat(taker.get("k15")).containsEntry("name", Value.of("after the other's"));
    assertThat(author.store.inbox(10)).as("it had seen what it replaced").isEmpty();
    requireAlike();
  }

  @Test
  void whoBeginsAnewInTheMiddleOfAStepIsANewcomer() {
    begun();
    taker.beginAnew();
    assertThat(taker.store.unfinishedStep()).isEmpty();
    mesh.get(taker);
    requireAlike();
  }

  /** A step that another one left is begun again as well, and what it would do then is done by nobody. */
  @Test
  void whoGoesOnWithAStepWhileAnotherWasBegunIsRefused() throws FormatException {
    Step step = Steps.make(author, 1);
    Installing first = Steps.install(taker, step);
    first.check(step.blocks().get(0));
    Steps.install(taker, step);
    assertThatThrownBy(() -> first.check(step.blocks().get(1)))
        .isInstanceOf(IllegalStateException.class);
  }
}
