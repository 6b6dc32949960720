package dev.sealift.client.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.merge.CellKind;
import dev.sealift.protocol.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is cut as everybody cuts it is taken, and nothing else: there is one way for each thing that is carried. */
class BlockOrderProperties {
  private static final int FEW_BYTES = 200;

  /** Heavier than any single thing, so that rows go on in the next block now and then. */
  private static final int LIGHT = 5_000;

  private static List<Block> cut(Random random, StepRange range) {
    Blocks blocks = new Blocks(random, FEW_BYTES);
    Block rest = blocks.block(0);
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(range, LIGHT, cut::add);
    for (long at = range.first(); at <= range.base(); at++) {
      cutter.add(blocks.file(at));
    }
    rest.policies().forEach(cutter::add);
    rest.judgements().forEach(cutter::add);
    blocks.rows(40).stream().filter(row -> !row.isEmpty()).forEach(cutter::add);
    cutter.finish();
    return cut;
  }

  private static void follow(StepRange range, List<Block> blocks) throws FormatException {
    BlockOrder order = new BlockOrder(range, LIGHT);
    for (Block block : blocks) {
      order.follow(block);
    }
    order.end();
  }

  private static void requireRefused(StepRange range, List<Block> blocks) {
    assertThatThrownBy(() -> follow(range, blocks)).isInstanceOf(FormatException.class);
  }

  @Property(tries = 100)
  void whatIsCutIsTaken(@ForAll Random random) throws Exception {
    StepRange range = new StepRange(3, 3 + random.nextInt(60));
    follow(range, cut(random, range));
  }

  @Property(tries = 100)
  void whatIsCutAtAnotherPlaceIsNot(@ForAll Random random) {
    StepRange range = new StepRange(3, 3 + random.nextInt(60));
    List<Block> blocks = cut(random, range);
    int at = random.nextInt(blocks.size());
    Block block = blocks.get(at);
    if (!block.rows().isEmpty() && block.rows().size() > 1) {
      int part = 1 + random.nextInt(block.rows().size() - 1);
      Block first = with(block, block.rows().subList(0, part));
      Block rest = new Block(
          range, List.of(), List.of(), block.rows().subList(part, block.rows().size()), List.of());
      requireRefused(range, replaced(blocks, at, List.of(first, rest)));
    }
    requireRefused(range, replaced(blocks, at, List.of(block, block)));
    List<Block> without = replaced(blocks, at, List.of());
    if (!block.files().isEmpty()) {
      requireRefused(range, without);
    }
  }

  private static Block with(Block block, List<CarriedRow> rows) {
    return new Block(block.range(), block.policies(), block.judgements(), rows, block.files());
  }

  private static List<Block> replaced(List<Block> blocks, int at, List<Block> others) {
    List<Block> all = new ArrayList<>(blocks.subList(0, at));
    all.addAll(others);
    all.addAll(blocks.subList(at + 1, blocks.size()));
    return all;
  }

  @Property(tries = 100)
  void aBlockIsNotTakenBeforeAnother(@ForAll Random random) {
    StepRange range = new StepRange(3, 3 + random.nextInt(60));
    List<Block> blocks = cut(random, range);
    if (blocks.size() > 1) {
      int at = random.nextInt(blocks.size() - 1);
      List<Block> swapped = replaced(blocks, at, List.of(blocks.get(at + 1), blocks.get(at)));
      swapped.remove(at + 2);
      requireRefused(range, swapped);
    }
  }

  // Pieces of a row

  private static final StepRange ONE = new StepRange(1, 1);

  private static CarriedRow large() {
    Blocks blocks = new Blocks(new Random(7), FEW_BYTES);
    Origin origin = blocks.origin();
    CellName cell = new CellName("tags", CellKind.SET);
    List<Dropped> dropped = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      dropped.add(new Dropped(cell, new Origin(0, i, origin.device(), 1)));
    }
    return new CarriedRow(
        "t", "k", origin, null, origin, List.of(), List.of(), dropped, List.of(), List.of(), null);
  }

  private static List<Block> pieces() {
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(ONE, LIGHT, cut::add);
    cutter.add(new Blocks(new Random(1), FEW_BYTES).file(1));
    cutter.add(large());
    cutter.finish();
    return cut;
  }

  private static void requireRefusedWith(int at, UnaryOperator<CarriedRow> altered) {
    List<Block> blocks = pieces();
    Block block = blocks.get(at);
    requireRefused(
        ONE,
        replaced(
            blocks, at, List.of(with(block, List.of(altered.apply(block.rows().get(0)))))));
  }

  private static CarriedRow with(
      CarriedRow row, Origin marker, Origin touch, List<Dropped> dropped) {
    return new CarriedRow(
        row.table(),
        row.key(),
        marker,
        null,
        touch,
        row.registers(),
        row.parts(),
        dropped,
        row.losers(),
        row.lines(),
        row.feed());
  }

  @Example
  void piecesOfARowFollowEachOther() throws Exception {
    List<Block> blocks = pieces();
    assertThat(blocks).hasSizeGreaterThan(2);
    follow(ONE, blocks);
    Origin origin = large().marker();
    requireRefusedWith(1, row -> with(row, origin, null, row.dropped()));
    requireRefusedWith(1, row -> with(row, null, origin, row.dropped()));
    requireRefusedWith(0, row -> with(row, row.marker(), null, row.dropped()));
    List<Dropped> first = blocks.get(0).rows().get(0).dropped();
    requireRefusedWith(1, row -> {
      List<Dropped> again = new ArrayList<>(row.dropped());
      again.set(0, first.get(first.size() - 1));
      return with(row, null, null, again);
    });
  }

  @Example
  void aStepFromTheBeginningHasNothingOfARowThatIsNotThere() {
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(ONE, LIGHT, cut::add);
    cutter.add(new Blocks(new Random(1), FEW_BYTES).file(1));
    cutter.add(CarriedRow.empty("t", "k"));
    cutter.finish();
    requireRefused(ONE, cut);
  }
}
