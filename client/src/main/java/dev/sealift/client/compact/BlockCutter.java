package dev.sealift.client.compact;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a compaction carries into blocks, each as heavy as it may be: files, policies, judgements and rows, each kind in its canonical order. A row that has no room goes on in the next block. Holds one block.
 */
public final class BlockCutter {
  private final StepRange range;
  private final int most;
  private final Consumer<Block> out;
  private BlockWeight weight = new BlockWeight();
  private List<CarriedPolicy> policies = new ArrayList<>();
  private List<CarriedJudgement> judgements = new ArrayList<>();
  private List<CarriedRow> rows = new ArrayList<>();
  private List<CarriedFile> files = new ArrayList<>();

  public BlockCutter(StepRange range, Consumer<Block> out) {
    this(range, BlockWeight.MAX, out);
  }

  /** @param most how heavy a block may be: for tests, to have many of them. Devices agree on the other constructor's */
  public BlockCutter(StepRange range, int most, Consumer<Block> out) {
    this.range = range;
    this.most = most;
    this.out = out;
  }

  public void add(CarriedPolicy policy) {
    weigh(policy, BlockWeight::add);
    policies.add(policy);
  }

  public void add(CarriedJudgement judgement) {
    weigh(judgement, BlockWeight::add);
    judgements.add(judgement);
  }

  public void add(CarriedFile file) {
    weigh(file, BlockWeight::add);
    files.add(file);
  }

  public void add(CarriedRow row) {
    CarriedRow left = row;
    while (left != null) {
      weigh(left, BlockWeight::begin);
      left = addFitting(left);
    }
  }

  /**
   * Adds what the block has room for, of a row that was weighed without what it holds.
   *
   * @return the rest, for which there is a new block; null if there is none
   */
  private @Nullable CarriedRow addFitting(CarriedRow row) {
    int registers = fitting(row.registers(), BlockWeight::addRegister);
    int parts = fitting(row.parts(), BlockWeight::addPart);
    int dropped = fitting(row.dropped(), BlockWeight::add);
    int losers = fitting(row.losers(), BlockWeight::add);
    int lines = fitting(row.lines(), BlockWeight::add);
    if (row.feed() != null) {
      weight.add(row.feed());
    }
    if (!isOver()) {
      rows.add(row);
      return null;
    }
    require(registers + parts + dropped + losers + lines > 0 || !isEmpty());
    rows.add(new CarriedRow(
        row.table(),
        row.key(),
        row.marker(),
        row.removal(),
        row.touch(),
        row.registers().subList(0, registers),
        row.parts().subList(0, parts),
        row.dropped().subList(0, dropped),
        row.losers().subList(0, losers),
        row.lines().subList(0, lines),
        null));
    cut();
    return new CarriedRow(
        row.table(),
        row.key(),
        null,
        null,
        null,
        behind(row.registers(), registers),
        behind(row.parts(), parts),
        behind(row.dropped(), dropped),
        behind(row.losers(), losers),
        behind(row.lines(), lines),
        row.feed());
  }

  /** How many there is room for: none behind something that had none. */
  private <T> int fitting(List<T> items, BiConsumer<BlockWeight, T> weigh) {
    for (int i = 0; i < items.size(); i++) {
      weigh.accept(weight, items.get(i));
      if (isOver()) {
        return i;
      }
    }
    return items.size();
  }

  private static <T> List<T> behind(List<T> items, int from) {
    return items.subList(from, items.size());
  }

  private boolean isOver() {
    return weight.total() > most;
  }

  private boolean isEmpty() {
    return files.isEmpty() && policies.isEmpty() && judgements.isEmpty() && rows.isEmpty();
  }

  private static void require(boolean hasRoom) {
    if (!hasRoom) {
      throw new IllegalStateException("what is within its limits fits into a block");
    }
  }

  /** Makes room, where there is none, by a new block. */
  private <T> void weigh(T item, BiConsumer<BlockWeight, T> weigh) {
    weigh.accept(weight, item);
    if (isOver()) {
      cut();
      weigh.accept(weight, item);
      require(!isOver());
    }
  }

  private void cut() {
    out.accept(new Block(range, policies, judgements, rows, files));
    weight = new BlockWeight();
    policies = new ArrayList<>();
    judgements = new ArrayList<>();
    rows = new ArrayList<>();
    files = new ArrayList<>();
  }

  /** Gives out the last block; there is one always, for a range has a file. */
  public void finish() {
    cut();
  }
}
