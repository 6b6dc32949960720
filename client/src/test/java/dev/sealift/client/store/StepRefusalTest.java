package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no log can have is refused before it is used: neither the log nor a row changes by it. */
class StepRefusalTest {
  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private TestDevice author;
  private Step step;
  private int takers;

  @BeforeEach
  void writeSomething() {
    author = folder.device("author").withCompoundCities();
    for (int i = 0; i < 40; i++) {
      author.put("k" + i, Map.of("name", Value.of("n" + i)));
      author.part("k" + i, 2, i);
      mesh.sync(author, 1_000);
    }
    step = Steps.make(author, 1);
    assertThat(mesh.log.size()).isEqualTo(40);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private TestDevice taker() {
    takers++;
    return folder.device("taker" + takers);
  }

  /** Nothing of it is taken in. */
  private void requireRefused(List<Block> blocks) {
    TestDevice taker = taker();
    Installing installing = Steps.install(taker, step);
    requireRefused(installing, blocks);
    assertThat(taker.store.position()).isZero();
    assertThat(taker.store.log(1, 10)).isEmpty();
    assertThat(taker.store.hasTable("cities")).isFalse();
    assertThat(taker.store.unfinishedStep()).isEmpty();
  }

  private static void requireRefused(Installing installing, List<Block> blocks) {
    assertThatThrownBy(() -> {
          for (Block block : blocks) {
            installing.check(block);
          }
          installing.checked();
        })
        .isInstanceOf(FormatException.class);
  }

  private List<Block> withFiles(UnaryOperator<CarriedFile> altered) {
    return Steps.recut(step, altered, row -> row, List.of(), List.of());
  }

  private List<Block> withRows(UnaryOperator<CarriedRow> altered) {
    return Steps.recut(step, file -> file, altered, List.of(), List.of());
  }

  @Test
  void asItWasMadeItIsTaken() {
    TestDevice taker = taker();
    Steps.take(taker, step, withRows(row -> row));
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }

  // The log

  @Test
  void filesOfAnotherRootChangeNothingAtAll() {
    TestDevice taker = taker();
    Installing installing = Steps.install(taker, step, Hash.of(new byte[1]), device -> true);
    requireRefused(installing, step.blocks());
    assertThat(taker.store.position()).isZero();
    assertThat(taker.store.hasTable("cities")).isFalse();
    assertThat(taker.store.unfinishedStep()).isEmpty();
    taker.withCities().put("mine", Map.of("name", Value.of("x")));
    Steps.take(taker, step);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }

  @Test
  void whatAnotherStepLeftIsMendedAfterOneOfAnotherRoot() {
    TestDevice taker = taker();
    Steps.takeSome(taker, step, step.blocks().size() - 1);
    assertThat(taker.store.unfinishedStep()).contains(step.range().base());
    requireRefused(Steps.install(taker, step, Hash.of(new byte[1]), device -> true), step.blocks());
    assertThat(taker.store.unfinishedStep()).contains(step.range().base());
    assertThat(taker.store.position()).isZero();
    Steps.take(taker, step);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }

  @Test
  void filesThatAreHeldAreComparedWithTheLog() {
    TestDevice taker = taker();
    taker.receive(mesh.log.get(0), mesh.files().get(0));
    List<Block> blocks =
        withFiles(file -> file.sequence() == 1 ? at(file, file.serverTimeMillis() - 1) : file);
    requireRefused(Steps.install(taker, step), blocks);
    assertThat(taker.store.position()).isEqualTo(1);
    assertThat(taker.store.unfinishedStep()).isEmpty();
  }

  private static CarriedFile at(CarriedFile file, long serverTimeMillis) {
    return with(file, file.counter(), serverTimeMillis, file.place());
  }

  private static CarriedFile with(
      CarriedFile file, long counter, long serverTimeMillis, long place) {
    return new CarriedFile(
        file.sequence(),
        file.author(),
        counter,
        file.file(),
        serverTimeMillis,
        file.base(),
        place,
        file.known(),
        file.newest(),
        file.edge());
  }

  @Test
  void timesAndChainsOfTheLogGoOnAndPlacesAreForWhereTheyCount() {
    requireRefused(
        withFiles(file -> file.sequence() == 2 ? at(file, file.serverTimeMillis() - 1) : file));
    requireRefused(
        withFiles(file -> file.sequence() == 2 ? with(file, 9, file.serverTimeMillis(), 0) : file));
    requireRefused(
        withFiles(file -> file.sequence() == 2 ? with(file, 2, file.serverTimeMillis(), 1) : file));
  }

  @Test
  void theFilesUpToTheBaseHaveToHaveComeAlsoWhereTheStoreIsThere() throws FormatException {
    TestDevice taker = taker();
    mesh.get(taker);
    assertThat(taker.store.position()).isEqualTo(step.range().base());
    Installing installing = Steps.install(taker, step);
    installing.check(step.blocks().get(0));
    assertThat(step.blocks().get(0).files().size())
        .isLessThan((int) step.range().base());
    assertThatThrownBy(installing::checked).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Steps.install(taker, step).checked())
        .isInstanceOf(FormatException.class);
    assertThat(taker.store.mergeDigest()).isEqualTo(author.store.mergeDigest());
  }

  @Test
  void policiesAndJudgementsStandInTheFilesThatTheyAreSaidTo() {
    long time = mesh.files().get(1).entry().serverTimeMillis();
    Hash hash = Hash.of(new byte[0]);
    DeviceId other = DeviceId.of(TestDevice.hash("other"));
    requireTaken(List.of(new CarriedPolicy("cities", 1, 2, time)), List.of());
    requireRefused(List.of(new CarriedPolicy("cities", 1, 2, time - 1)), List.of());
    requireTaken(List.of(), List.of(new CarriedJudgement(author.id, 5, hash, 2, false)));
    requireRefused(List.of(), List.of(new CarriedJudgement(other, 5, hash, 2, false)));
  }

  private void requireTaken(List<CarriedPolicy> policies, List<CarriedJudgement> judgements) {
    Steps.take(taker(), step, Steps.recut(step, file -> file, row -> row, policies, judgements));
  }

  private void requireRefused(List<CarriedPolicy> policies, List<CarriedJudgement> judgements) {
    requireRefused(Steps.recut(step, file -> file, row -> row, policies, judgements));
  }

  // Rows

  private static UnaryOperator<CarriedRow> ofOne(UnaryOperator<CarriedRow> altered) {
    return row -> row.key().equals("k7") ? altered.apply(row) : row;
  }

  private static CarriedRow with(CarriedRow row, Origin marker, Origin touch, List<Held> parts) {
    return with(row, marker, touch, parts, row.losers());
  }

  private static CarriedRow with(
      CarriedRow row, Origin marker, Origin touch, List<Held> parts, List<Loser> losers) {
    return new CarriedRow(
        row.table(),
        row.key(),
        marker,
        row.removal(),
        touch,
        row.registers(),
        parts,
        row.dropped(),
        losers,
        row.lines(),
        row.feed());
  }

  @Test
  void partsOfACellAreOfARowThatWasTouched() {
    requireRefused(withRows(ofOne(row -> with(row, row.marker(), null, row.parts()))));
  }

  @Test
  void devicesWereInTheSpace() {
    requireRefused(Steps.install(taker(), step, device -> false), step.blocks());
    DeviceId stranger = DeviceId.of(TestDevice.hash("stranger"));
    UnaryOperator<CarriedRow> altered = ofOne(row -> {
      Origin marker = row.marker();
      return with(
          row,
          new Origin(marker.place(), marker.time(), stranger, marker.sequence()),
          row.touch(),
          row.parts());
    });
    requireRefused(Steps.install(taker(), step, author.id::equals), withRows(altered));
  }

  @Test
  void whereRanksGoByTimeNothingHasAPlace() {
    requireRefused(withRows(
        ofOne(row -> with(row, placed(row.marker(), 1), row.touch(), row.parts()))));
  }

  private static Origin placed(Origin origin, long place) {
    return new Origin(place, origin.time(), origin.device(), origin.sequence());
  }

  @Test
  void nothingStandsAboveTheTimeOfTheBase() {
    try (TestFolder byArrival = new TestFolder(TestDevice.BY_ARRIVAL)) {
      TestMesh placing = new TestMesh(TestDevice.BY_ARRIVAL);
      TestDevice maker = byArrival.device("maker").withCities();
      maker.put("k7", Map.of("name", Value.of("x")));
      placing.sync(maker, 1_000);
      step = Steps.make(maker, 1);
      long last = maker.store.log(step.range().base(), 1).get(0).serverTimeMillis();
      Steps.take(byArrival.device("fine"), step, placedAt(last));
      requireRefused(Steps.install(byArrival.device("taker"), step), placedAt(last + 1));
    }
  }

  private List<Block> placedAt(long place) {
    return withRows(ofOne(row -> with(row, placed(row.marker(), place), row.touch(), row.parts())));
  }

  @Test
  void eventsAreNotFurtherAheadOfTheBaseThanTheMeshTakesThem() {
    long base = author.store.log(step.range().base(), 1).get(0).serverTimeMillis();
    long most = base + TestDevice.CLOCK_BOUND_MILLIS;
    TestDevice taker = taker();
    taker.millis = most;
    Steps.take(taker, step, markedAt(most));
    TestDevice other = taker();
    other.millis = most;
    requireRefused(Steps.install(other, step), markedAt(most + 1));
  }

  private List<Block> markedAt(long millis) {
    return withRows(ofOne(row -> {
      Origin marker = row.marker();
      long time = HybridTime.of(millis, 0).bits();
      return with(
          row, new Origin(0, time, marker.device(), marker.sequence()), row.touch(), row.parts());
    }));
  }

  @Test
  void nothingIsLostSinceAfterTheBase() {
    long base = author.store.log(step.range().base(), 1).get(0).serverTimeMillis();
    requireRefused(withRows(ofOne(row -> {
      Loser loser = new Loser(
          new CellName("name", null), 5, author.id, 1, Value.NULL, 6, author.id, base + 1, 0);
      return with(row, row.marker(), row.touch(), row.parts(), List.of(loser));
    })));
  }

  // How large a row may be

  @Test
  void aCellHasNoMorePartsThanMergingLetsItHave() {
    Steps.take(taker(), step, withParts(CompoundCell.MAX_PARTS));
    requireRefused(withParts(CompoundCell.MAX_PARTS + 1));
  }

  private List<Block> withParts(int count) {
    CellName tags = new CellName("tags", CellKind.SET);
    return withRows(ofOne(row -> {
      List<Held> parts = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        parts.add(new Held(tags, new Origin(0, i, author.id, 1), Value.of(i)));
      }
      return with(row, row.marker(), row.touch(), parts);
    }));
  }

  @Test
  void blocksOfAnotherRangeAreRefused() {
    Block first = step.blocks().get(0);
    requireRefused(List.of(new Block(
        new StepRange(1, step.range().base() - 1),
        List.of(),
        List.of(),
        first.rows(),
        first.files().subList(0, 1))));
  }
}
