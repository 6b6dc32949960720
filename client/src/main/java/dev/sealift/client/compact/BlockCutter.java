package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private @Nullable Piece piece;

  public BlockCutter(StepRange range, Consumer<Block> out) {
    this(range, BlockWeight.MAX, out);
  }

  /** @param most how heavy a block may be: for tests, to have many of them. Devices agree on the other constructor's */
  public BlockCutter(StepRange range, int most, Consumer<Block> out) {
    this.range = range;
    this.most = most;
    this.out = out;
  }

  /** What of a row stands in the block. */
  private static final class Piece {
    final CarriedRow head;
    final List<Held> registers = new ArrayList<>();
    final List<Held> parts = new ArrayList<>();
    final List<Dropped> dropped = new ArrayList<>();
    final List<Loser> losers = new ArrayList<>();
    final List<Line> lines = new ArrayList<>();
    CarriedRow.@Nullable FeedPlace feed;

    Piece(CarriedRow head) {
      this.head = head;
    }

    CarriedRow row() {
      return new CarriedRow(
          head.table(),
          head.key(),
          head.marker(),
          head.removal(),
          head.touch(),
          registers,
          parts,
          dropped,
          losers,
          lines,
          feed);
    }
  }

  public void add(CarriedPolicy policy) {
    weigh(() -> weight.add(policy));
    policies.add(policy);
  }

  public void add(CarriedJudgement judgement) {
    weigh(() -> weight.add(judgement));
    judgements.add(judgement);
  }

  public void add(CarriedFile file) {
    weigh(() -> weight.add(file));
    files.add(file);
  }

  public void add(CarriedRow row) {
    weigh(() -> weight.begin(row));
    Piece begun = new Piece(row);
    piece = begun;
    addAll(
        row.registers(),
        (piece, held) -> piece.registers.add(held),
        held -> weight.addRegister(held));
    addAll(row.parts(), (piece, held) -> piece.parts.add(held), held -> weight.addPart(held));
    addAll(row.dropped(), (piece, one) -> piece.dropped.add(one), one -> weight.add(one));
    addAll(row.losers(), (piece, loser) -> piece.losers.add(loser), loser -> weight.add(loser));
    addAll(row.lines(), (piece, line) -> piece.lines.add(line), line -> weight.add(line));
    if (row.feed() != null) {
      addAll(List.of(row.feed()), (piece, place) -> piece.feed = place, place -> weight.add(place));
    }
    rows.add(whole(row));
    piece = null;
  }

  /** The row itself where all of it is in this block, as nearly always. */
  private CarriedRow whole(CarriedRow row) {
    Piece last = Objects.requireNonNull(piece);
    return last.head == row ? row : last.row();
  }

  private <T> void addAll(List<T> items, BiConsumer<Piece, T> place, Consumer<T> weigh) {
    for (T item : items) {
      weigh(() -> weigh.accept(item));
      place.accept(Objects.requireNonNull(piece), item);
    }
  }

  /** Makes room, where there is none, by a new block; a row that is open goes on there. */
  private void weigh(Runnable item) {
    item.run();
    if (weight.total() > most) {
      Piece open = piece;
      if (open != null) {
        rows.add(open.row());
      }
      cut();
      if (open != null) {
        CarriedRow rest = CarriedRow.empty(open.head.table(), open.head.key());
        piece = new Piece(rest);
        weight.begin(rest);
      }
      item.run();
      if (weight.total() > most) {
        throw new IllegalStateException("what is within its limits fits into a block");
      }
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
