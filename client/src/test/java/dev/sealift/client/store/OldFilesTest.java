package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps over files that are older than the cut-off: these come without their ids. */
class OldFilesTest {
  private static final long CUT_OFF = TestDevice.RULES.cutOffMillis();

  /** The log: four old files by the author, the last of another device's chain, and three young ones. */
  private static final int OLD = 5;

  private static final FileId ANY = FileId.of(TestDevice.hash("any"));

  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice author;
  private TestDevice silent;
  private Step step;
  private int refused;

  @BeforeEach
  void write() {
    author = folder.device("author").withCities();
    mesh.sync(author, 1_000);
    writeEach(author, "a", 3);
    silent = folder.device("silent");
    mesh.get(silent);
    writeEach(silent, "s", 1);
    mesh.get(author);
    mesh.pause(CUT_OFF);
    author.millis += 1_000; // so that it is not late
    writeEach(author, "y", 3);
    step = Steps.make(author, 1);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  /** In a file each. */
  private void writeEach(TestDevice device, String key, int files) {
    for (int i = 0; i < files; i++) {
      device.patch(key + i, Map.of("name", Value.of(key)));
      mesh.sync(device, 1_000);
    }
  }

  private TestDevice taker(String name) {
    TestDevice taker = folder.device(name);
    taker.millis += 1_000;
    Steps.take(taker, step);
    return taker;
  }

  private static List<CarriedFile> files(Step step) {
    return step.blocks().stream().flatMap(block -> block.files().stream()).toList();
  }

  private static List<Boolean> named(List<CarriedFile> files) {
    return files.stream().map(file -> file.file() != null).toList();
  }

  @Test
  void idsAreCarriedOfYoungFilesAndOfThoseThatChainsEndWith() {
    assertThat(named(files(step)))
        .containsExactly(false, false, false, false, true, true, true, true);
    assertThat(files(step).stream().map(CarriedFile::edge))
        .containsOnlyOnce(Bytes.of(Steps.edge(OLD + 1)))
        .filteredOn(Objects::nonNull)
        .hasSize(1);
  }

  @Test
  void whoCameByThemKnowsNoMoreAndMakesTheSameOfTheLog() {
    TestDevice taker = taker("taker");
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
    assertThat(taker.store.fileAt(1)).isEmpty();
    assertThat(taker.store.rootAt(OLD)).isEmpty();
    assertThat(taker.store.rootAt(OLD + 1)).isEqualTo(author.store.rootAt(OLD + 1));
    assertThat(taker.store.chainHead(silent.id)).isEqualTo(author.store.chainHead(silent.id));
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
    assertThat(taker.store.hasEndsAt(OLD)).isFalse();
    assertThat(taker.store.hasEndsAt(OLD + 1)).isTrue();
  }

  @Test
  void whatIsYoungThenGetsOldAndBothMakeTheSameOfThat() {
    TestDevice taker = taker("taker");
    mesh.pause(CUT_OFF / 2);
    writeEach(author, "z", 2);
    mesh.get(taker);
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
    mesh.pause(CUT_OFF / 2);
    writeEach(author, "zz", 1);
    mesh.get(taker);
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
    assertThat(named(files(Steps.make(taker, 1))).subList(OLD, OLD + 3)).containsOnly(false);
  }

  /** A mesh that was restored to where the file that a chain ends with came without its id. */
  @Test
  void aStepGoesOnFromChainsWhoseEndsAreNotKnownByTheirIds() {
    TestDevice taker = taker("taker");
    taker.rewind(OLD - 2);
    assertThat(taker.store.hasEndsAt(OLD - 2)).isFalse();
    Steps.take(taker, step);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
    assertThat(Steps.bytes(taker, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
  }

  /** Its receipts were lost, or others have put what it handed over; and then it was away for long. */
  @Test
  void ownFilesWithoutIdsAreInTheLogWhereOneBehindThemIs() {
    TestDevice away = folder.device("away");
    mesh.get(away);
    List<TestDevice.Sent> sent = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      away.patch("a" + i, Map.of("name", Value.of("away " + i)));
      sent.add(away.pack());
    }
    away.patch("a0", Map.of("country", Value.of("waiting")));
    mesh.log.addAll(sent);
    mesh.get(author);
    mesh.pause(CUT_OFF);
    author.millis += 1_000;
    writeEach(author, "w", 1);
    Step over = Steps.make(author, 1);
    assertThat(named(files(over)).subList(8, 12)).containsExactly(false, false, true, true);
    assertThat(away.store.outboxCount()).isEqualTo(3);
    Steps.take(away, over);
    assertThat(away.store.outboxCount()).isZero();
    assertThat(away.store.pendingCount()).isEqualTo(1);
    away.millis += 2_000;
    mesh.sync(away, 1_000);
    mesh.get(author);
    assertThat(away.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
    assertThat(Steps.bytes(away, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
  }

  /** A home that was put back once, and then took in the log anew: the file of another copy, and not its own, is the one that the chain ends with in the step. */
  @Test
  void ownFilesWithoutIdsAreInTheLogWhereOneBehindThemComesLater() {
    TestDevice away = folder.device("away");
    mesh.get(away);
    away.write(batch -> {
      batch.undoable(1);
      batch.patch("cities", "a0", Map.of("name", Value.of("old")));
    });
    mesh.sync(away, 1_000);
    TestDevice copy = folder.copy(away, "away");
    copy.patch("a0", Map.of("country", Value.of("by the copy")));
    mesh.sync(copy, 1_000);
    mesh.pause(CUT_OFF);
    mesh.get(author);
    author.millis += 1_000;
    writeEach(author, "w", 1);
    Step over = Steps.make(author, 1);
    assertThat(named(files(over)).subList(8, 11)).containsExactly(false, true, true);
    mesh.get(away);
    away.counter(2);
    away.millis += 2_000;
    away.patch("a1", Map.of("name", Value.of("new")));
    mesh.sync(away, 1_000);
    mesh.get(author);

    away.beginAnew();
    Steps.take(away, over);
    assertThat(away.store.outboxCount()).isEqualTo(2);
    mesh.get(away);

    assertThat(away.store.outboxCount()).isZero();
    assertThat(away.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
    assertThat(Steps.bytes(away, 1)).containsExactlyElementsOf(Steps.bytes(author, 1));
    away.write(batch -> assertThat(batch.undo().undone()).as("it is its own").hasSize(1));
  }

  @Test
  void whoComparesDoesNotNeedIdsThatAreNotCarried() {
    TestDevice taker = taker("taker");
    writeEach(author, "z", 2);
    mesh.get(taker);
    Step later = Steps.make(author, 1);
    writeEach(silent, "t", 1); // its chain ends elsewhere now
    mesh.get(taker);
    assertThat(Steps.compare(taker, later.range(), later.blocks())).isEmpty();
    assertThat(Steps.compare(
            taker,
            later.range(),
            withFiles(later, file -> file.sequence() == OLD ? file.with(ANY, null) : file)))
        .contains(Difference.of(Difference.Kind.FILES));
  }

  @Test
  void aFileOfThisDeviceWaitsOnWhereAnOldOneStandsInItsPlaceThatMayBeAnother() {
    TestMesh another = new TestMesh();
    TestDevice holder = folder.device("holder").withCities();
    another.sync(holder, 1_000);
    TestDevice unaware = folder.device("unaware");
    another.get(unaware);
    TestDevice copy = folder.copy(unaware, "unaware");
    unaware.patch("k", Map.of("name", Value.of("here")));
    unaware.pack();
    for (int i = 0; i < 2; i++) {
      copy.patch("k", Map.of("country", Value.of(i)));
      another.sync(copy, 1_000);
    }
    another.get(holder);
    another.pause(CUT_OFF);
    holder.millis += 1_000;
    holder.patch("h", Map.of("name", Value.of("h")));
    another.sync(holder, 1_000);
    Step over = Steps.make(holder, 1);
    assertThat(named(files(over))).containsExactly(false, false, true, true);
    Steps.take(unaware, over);
    assertThat(unaware.store.outboxCount()).isEqualTo(1);
    assertThat(unaware.store.outbox().get(0).counter()).isEqualTo(1);
    assertThat(unaware.get("k"))
        .containsEntry("name", Value.of("here"))
        .containsEntry("country", Value.of(1));
  }

  @Test
  void dotsOfOldFilesAreKnownByTheirPlaces() {
    TestDevice taker = taker("taker");
    assertThat(taker.store.chainAt(author.id, 2).orElseThrow().mayBe(ANY)).isTrue();
    assertThat(taker.store.chainAt(author.id, 5).orElseThrow().mayBe(ANY)).isFalse();
    assertThat(taker.store.chainAt(silent.id, 1).orElseThrow().mayBe(ANY)).isFalse();
  }

  @Test
  void idsThatNobodyElseWouldCarryAreRefused() {
    requireRefused(file -> file.sequence() == 1 ? file.with(ANY, null) : file);
    requireRefused(file -> file.sequence() == OLD ? file.with(null, null) : file);
    requireRefused(file -> file.sequence() == OLD + 2 ? file.with(null, null) : file);
    requireRefused(file -> file.file() == null ? file : file.with(file.file(), null));
    requireRefused(file -> file.sequence() > OLD
        ? file.with(file.file(), null)
        : file.sequence() == OLD ? file.with(file.file(), edge(OLD)) : file);
    requireRefused(file -> switch ((int) file.sequence()) {
      case OLD + 1 -> file.with(null, null);
      case OLD + 2 -> file.with(file.file(), edge(OLD + 2));
      default -> file;
    });
    requireRefused(file -> file.edge() == null ? file : file.with(file.file(), garbage(file)));
  }

  private static Bytes edge(long sequence) {
    return Bytes.of(Steps.edge(sequence));
  }

  private static Bytes garbage(CarriedFile file) {
    return Bytes.of(new byte[Long.bitCount(file.sequence() - 1) * Hash.BYTES]);
  }

  private void requireRefused(UnaryOperator<CarriedFile> altered) {
    refused++;
    TestDevice taker = folder.device("refusing" + refused);
    Installing installing = Steps.install(taker, step);
    List<Block> blocks = withFiles(step, altered);
    assertThatThrownBy(() -> {
          for (Block block : blocks) {
            installing.check(block);
          }
          installing.checked();
        })
        .isInstanceOf(FormatException.class);
    assertThat(taker.store.position()).isZero();
  }

  private static List<Block> withFiles(Step step, UnaryOperator<CarriedFile> altered) {
    return Steps.recut(step, altered, row -> row, List.of(), List.of());
  }

  @Test
  void whatAStepLeftAmongOldFilesOnlyAFullOneMends() {
    TestDevice taker = folder.device("taker");
    List<RemoteFile> all = mesh.files();
    taker.receive(mesh.log.get(0), all.get(0));
    TestDevice early = folder.device("early");
    for (int at = 0; at < OLD; at++) {
      early.receive(mesh.log.get(at), all.get(at));
    }
    Step left = Steps.make(early, 2);
    Steps.takeSome(taker, left, left.blocks().size());
    assertThat(taker.store.unfinishedStep()).contains((long) OLD);
    Step more = Steps.make(author, 2);
    assertThat(more.range()).isEqualTo(new StepRange(2, mesh.log.size()));
    assertThatThrownBy(() -> Steps.take(taker, more)).hasRootCauseInstanceOf(FormatException.class);
    assertThat(taker.store.needsFullStep()).isTrue();
    Steps.take(taker, step);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }
}
