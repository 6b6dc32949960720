package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a step does that is cut off, or is none. */
class StepTest {
  private static final int ROWS = 40;

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice author;

  @BeforeEach
  void writeSomething() {
    author = folder.device("author").withCompoundCities();
    mesh.sync(author, 1_000);
    for (int i = 0; i < ROWS; i++) {
      author.put("k" + i, Map.of("name", Value.of("n" + i)));
    }
    mesh.sync(author, 1_000);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  @Test
  void untilItIsTakenToItsEndTheLogIsNotApplied() {
    TestDevice taker = folder.device("taker");
    Step step = Steps.make(author, 1);
    assertThat(step.blocks().size()).isGreaterThan(2);
    Steps.takeSome(taker, step, 2);
    taker.reopen();
    assertThat(taker.store.unfinishedStep()).contains(step.range().base());
    assertThatThrownBy(() -> taker.receive(mesh.log.get(0), mesh.files().get(0)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(taker.store.position()).isZero();
    Steps.take(taker, step);
    assertThat(taker.store.unfinishedStep()).isEmpty();
    author.put("k0", Map.of("name", Value.of("later")));
    mesh.sync(author, 1_000);
    mesh.get(taker);
    assertThat(taker.get("k0")).containsEntry("name", Value.of("later"));
  }

  @Test
  void oneThatWasCutOffIsOvertakenByOneThatLeadsAsFarOrIsFromTheBeginning() {
    long half = mesh.log.size();
    Step full = Steps.make(author, 1);
    author.put("k1", Map.of("name", Value.of("changed")));
    mesh.sync(author, 1_000);
    Step more = Steps.make(author, half + 1);
    TestDevice taker = folder.device("taker");
    Steps.take(taker, full);
    Steps.takeSome(taker, more, 1);
    assertThatThrownBy(() -> Steps.take(taker, new Step(new StepRange(half, half), List.of())))
        .isInstanceOf(IllegalArgumentException.class);
    author.put("k2", Map.of("name", Value.of("changed too")));
    mesh.sync(author, 1_000);
    Steps.take(taker, Steps.make(author, half + 1));
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
    assertThat(taker.store.visibleDigest()).isEqualTo(author.store.visibleDigest());
  }

  @Test
  void oneThatBeginsBehindWhereTheStoreIsCannotBeTaken() {
    long half = mesh.log.size();
    author.put("k1", Map.of("name", Value.of("changed")));
    mesh.sync(author, 1_000);
    Step more = Steps.make(author, half + 1);
    TestDevice taker = folder.device("taker");
    assertThatThrownBy(() -> Steps.take(taker, more)).isInstanceOf(IllegalArgumentException.class);
    assertThat(taker.store.unfinishedStep()).isEmpty();
  }

  @Test
  void blocksThatDoNotFollowOneAnotherAreRefused() {
    Step step = Steps.make(author, 1);
    List<Block> blocks = step.blocks();
    requireRefused(step, List.of(blocks.get(1), blocks.get(0)));
    requireRefused(step, List.of(blocks.get(0), blocks.get(0)));
    requireRefused(step, List.of(blocks.get(blocks.size() - 1), blocks.get(0)));
    Block first = blocks.get(0);
    requireRefused(
        step,
        List.of(new Block(
            new StepRange(1, step.range().base() - 1),
            List.of(),
            List.of(),
            first.rows(),
            List.of())));
    assertThat(first.files()).hasSizeGreaterThan(1);
    requireRefused(step, withFiles(first, first.files().subList(1, first.files().size())));
    requireRefused(step, withFiles(first, List.of()));
  }

  private static List<Block> withFiles(Block block, List<CarriedFile> files) {
    return List.of(
        new Block(block.range(), block.policies(), block.judgements(), block.rows(), files));
  }

  @Test
  void aStoreThatIsPartlyAheadOfTheLogMakesNone() {
    TestDevice taker = folder.device("taker");
    mesh.get(taker);
    Steps.takeSome(taker, Steps.make(author, 1), 1);
    assertThatThrownBy(() -> Steps.make(taker, 1)).isInstanceOf(IllegalStateException.class);
  }

  private int refused;

  private void requireRefused(Step step, List<Block> blocks) {
    refused++;
    TestDevice taker = folder.device("refusing" + refused);
    Installing installing = Steps.install(taker, step);
    assertThatThrownBy(() -> {
          for (Block block : blocks) {
            installing.check(block);
          }
          installing.checked();
        })
        .isInstanceOf(FormatException.class);
  }

  @Test
  void ofAStepFromTheBeginningNothingElseIsLeftAndWatchesAreTold() {
    TestDevice taker = folder.device("taker");
    mesh.get(taker);
    taker.put("mine", Map.of("name", Value.of("not sent")));
    List<Change> told = new ArrayList<>();
    taker.store.onChange(changes -> told.addAll(changes.changes()));
    Step step = Steps.make(author, 1);
    Steps.take(taker, step, Steps.recut(step, row -> !row.key().equals("k7")));
    assertThat(taker.get("k7")).isEmpty();
    assertThat(taker.get("k8")).containsEntry("name", Value.of("n8"));
    assertThat(taker.get("mine")).containsEntry("name", Value.of("not sent"));
    assertThat(told).extracting(Change::key).containsExactly("k7");
    assertThat(told).extracting(Change::kind).containsExactly(Change.Kind.REMOVE);
  }

  @Test
  void aRowThatIsLargerThanABlockGoesOnInTheNext() {
    for (int i = 0; i < 200; i++) {
      author.part("k3", 6, i);
    }
    mesh.sync(author, 100_000);
    Step step = Steps.make(author, 1);
    long pieces = step.blocks().stream()
        .flatMap(block -> block.rows().stream())
        .filter(row -> row.key().equals("k3"))
        .count();
    assertThat(pieces).isGreaterThan(2);
    TestDevice taker = folder.device("taker");
    Steps.take(taker, step);
    assertThat(taker.store.values("cities", "k3", "text"))
        .isEqualTo(author.store.values("cities", "k3", "text"))
        .hasSize(200);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }

  @Test
  void whatIsStampedFurtherAheadThanTheSpaceAllowsHasToWait() {
    Step step = Steps.make(author, 1);
    TestDevice taker = folder.device("taker");
    taker.millis -= 2 * TestDevice.CLOCK_BOUND_MILLIS;
    Installing installing = Steps.install(taker, step);
    Steps.check(installing, step.blocks());
    assertThatThrownBy(() -> {
          for (Block block : step.blocks()) {
            installing.take(block);
          }
        })
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.code()).isEqualTo(StoreException.Code.TIME_AHEAD));
    assertThat(taker.store.hasTable("cities")).isFalse();
    assertThat(taker.store.unfinishedStep()).isEmpty();
  }

  @Test
  void whatIsWrittenAfterAStepIsAboveAllThatItBroughtHoweverFarTheClockIsBehind() {
    TestDevice taker = folder.device("taker");
    taker.millis -= TestDevice.CLOCK_BOUND_MILLIS / 2;
    Steps.takeSome(taker, Steps.make(author, 1), 3);
    taker.reopen();
    Steps.take(taker, Steps.make(author, 1));
    taker.patch("k0", Map.of("name", Value.of("after")));
    mesh.sync(taker, 1_000);
    mesh.get(author);
    assertThat(author.get("k0")).containsEntry("name", Value.of("after"));
    assertThat(author.store.inbox(10)).isEmpty();
  }

  @Test
  void whatAWindowHadLetGoBeforeItEndedIsGoneAlsoOfRowsThatAreNotCarried() {
    RestoredMesh timed = new RestoredMesh(TestDevice.RULES);
    TestDevice keeping = folder.device("keeping");
    keeping.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.WINDOW)));
    timed.sync(keeping, 1_000);
    keeping.put("old", Map.of("name", Value.of("first")));
    keeping.put("old", Map.of("name", Value.of("second")));
    timed.sync(keeping, 1_000);
    long size = timed.size();
    TestDevice taker = timed.reader(folder, "taker", size);
    List<HistoryItem> before = Histories.all(taker, "old", 50);
    long window = TestDevice.RULES.reviewWindowMillis() + 1_000;
    timed.pass(window);
    keeping.millis += window;
    taker.millis += window;
    keeping.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.ALL)));
    timed.sync(keeping, 1_000);
    Steps.take(taker, Steps.make(keeping, size + 1));
    assertThat(Histories.all(taker, "old", 50))
        .isEqualTo(Histories.all(keeping, "old", 50))
        .isNotEqualTo(before);
  }

  @Test
  void whoLacksFilesOfTheRangeCanMakeOneFromTheBeginningAlone() {
    TestDevice taker = folder.device("taker");
    Steps.take(taker, Steps.make(author, 1));
    assertThat(taker.store.canCarry(1)).isTrue();
    assertThat(taker.store.canCarry(2)).isFalse();
    assertThatThrownBy(() -> Steps.make(taker, 2)).isInstanceOf(IllegalStateException.class);
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
  }

  // Policies and judgements

  private void sayMore() {
    author.write(batch -> batch.declare(TestDevice.CITIES.keeping(Keep.WINDOW)));
    author.write(batch -> {
      batch.beginTransaction();
      batch.read("cities", "k1");
      batch.patch("cities", "k1", Map.of("name", Value.of("read")));
    });
    mesh.sync(author, 1_000);
    Step step = Steps.make(author, 1);
    assertThat(step.blocks()).anyMatch(block -> !block.policies().isEmpty());
    assertThat(step.blocks()).anyMatch(block -> !block.judgements().isEmpty());
  }

  @Test
  void aStepFromTheBeginningLeavesNoOtherPoliciesAndJudgements() throws FormatException {
    sayMore();
    TestDevice taker = folder.device("taker");
    mesh.get(taker);
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
    Step step = Steps.make(author, 1);
    List<Block> without = Steps.withoutSayings(step);
    Installing cutOff = Steps.install(taker, step);
    Steps.check(cutOff, step.blocks());
    for (Block block : step.blocks()) {
      cutOff.take(block);
    }
    Steps.take(taker, step, without);
    assertThat(taker.store.keep("cities")).isEqualTo(Keep.WINDOW); // as it is declared
    assertThat(Steps.make(taker, 1).blocks())
        .allMatch(block -> block.policies().isEmpty() && block.judgements().isEmpty());
  }

  @Test
  void whatOneFromTheBeginningWouldReplaceIsThereAsLongAsItIsNotTakenToItsEnd() {
    sayMore();
    TestDevice taker = folder.device("taker");
    mesh.get(taker);
    long half = mesh.log.size();
    author.put("k1", Map.of("name", Value.of("changed")));
    mesh.sync(author, 1_000);
    Step full = Steps.make(author, 1);
    Steps.takeSome(taker, full, full.blocks().size());
    Steps.take(taker, Steps.make(author, half + 1));
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
  }

  // The largest rows

  /** Registers that come to more than any message, and a cell that is full. */
  @Test
  void howeverLargeARowIsItIsCarriedAndTaken() throws FormatException {
    Step step = Steps.make(author, 1);
    TestDevice first = folder.device("first");
    Installing installing = installAnyWeight(first, step.range());
    cut(step, largeRow(0), block -> Steps.checkOne(installing, block));
    installing.checked();
    cut(step, largeRow(0), block -> Steps.takeOne(installing, block));
    installing.finish();
    assertThat(first.store.values("large", "large", "text")).hasSize(11);
    TestDevice second = folder.device("second");
    Installing again = installAnyWeight(second, step.range());
    first.store.carry(1, first::open, Steps::edge, block -> Steps.checkOne(again, block));
    again.checked();
    first.store.carry(1, first::open, Steps::edge, block -> Steps.takeOne(again, block));
    again.finish();
    assertThat(second.store.mergeDigest()).isEqualTo(first.store.mergeDigest());
    Installing refusing = installAnyWeight(folder.device("third"), step.range());
    assertThatThrownBy(() -> cut(step, largeRow(1), block -> Steps.checkOne(refusing, block)))
        .hasRootCauseInstanceOf(FormatException.class);
  }

  private static final int LARGE_COLUMNS = 90;

  private static Installing installAnyWeight(TestDevice taker, StepRange range) {
    return taker.store.install(
        range, TestDevice.hash("root" + range.base()), new Steps.Roots(), device -> true);
  }

  private static void cut(Step step, CarriedRow row, Consumer<Block> out) {
    BlockCutter cutter = new BlockCutter(step.range(), out);
    step.blocks().forEach(block -> block.files().forEach(cutter::add));
    cutter.add(row);
    cutter.finish();
  }

  private CarriedRow largeRow(int more) {
    Origin origin = new Origin(0, HybridTime.of(TestDevice.START_MILLIS, 0).bits(), author.id, 1);
    Value largest = largest();
    List<Held> registers = new ArrayList<>();
    for (int i = 0; i < LARGE_COLUMNS; i++) {
      registers.add(new Held(new CellName("c" + i, null), origin, largest));
    }
    CellName text = new CellName("text", CellKind.UPDATES);
    List<Held> parts = new ArrayList<>();
    long left = CompoundCell.MAX_BYTES;
    for (int i = 1; left > largest.canonicalLength(); i++) {
      parts.add(new Held(text, new Origin(0, i, author.id, 1), largest));
      left -= largest.canonicalLength();
    }
    long beside = largest.canonicalLength() - ValueLimits.MAX_VALUE_BYTES;
    Value rest = Value.of(new byte[(int) (left - beside) + more]);
    parts.add(new Held(text, new Origin(0, 1_000, author.id, 1), rest));
    return new CarriedRow(
        "large", "large", origin, null, origin, registers, parts, List.of(), List.of(), List.of(),
        null);
  }

  private static Value largest() {
    return Value.of(new byte[ValueLimits.MAX_VALUE_BYTES]);
  }
}
