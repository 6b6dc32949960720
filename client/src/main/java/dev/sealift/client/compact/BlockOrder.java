package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.protocol.FormatException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether blocks that come one after the other are what everybody cuts of something: in its order, without a gap in the files, and each as full as it may be. What {@link BlockCutter} gives out, it takes. Holds the end of one block.
 */
public final class BlockOrder {
  private final StepRange range;
  private final int most;
  private @Nullable BlockWeight before;
  private long nextFile;
  private @Nullable CarriedPolicy policy;
  private @Nullable CarriedJudgement judgement;
  private @Nullable CarriedRow piece;

  /** Whether the row that is open has a touch, and anything at all. */
  private boolean touched;

  private boolean something;

  public BlockOrder(StepRange range) {
    this(range, BlockWeight.MAX);
  }

  /** @param most how heavy a block may be, as of {@link BlockCutter} */
  public BlockOrder(StepRange range, int most) {
    this.range = range;
    this.most = most;
    nextFile = range.first();
  }

  /** Whether all files of the range have come. */
  public boolean hasFiles() {
    return nextFile > range.base();
  }

  /** Whether a block begins with more of the row that the one before ended with. */
  public boolean goesOn(Block block) {
    return piece != null && !block.rows().isEmpty() && piece.isOf(block.rows().get(0));
  }

  /** @throws FormatException when it is not the next one; then none is any more */
  public void follow(Block block) throws FormatException {
    require(block.range().equals(range));
    boolean goesOn = goesOn(block);
    requireFull(block, goesOn);
    followFiles(block.files());
    require(hasFiles() || !hasMore(block));
    followPolicies(block.policies());
    followJudgements(block.judgements());
    for (int i = 0; i < block.rows().size(); i++) {
      followRow(block.rows().get(i), goesOn && i == 0);
    }
  }

  /** All blocks have come. */
  public void end() throws FormatException {
    require(hasFiles());
    endRow();
  }

  private static void require(boolean holds) throws FormatException {
    BlockReader.require(holds, "a block of a step is not the one that follows");
  }

  private static boolean hasMore(Block block) {
    return !block.policies().isEmpty()
        || !block.judgements().isEmpty()
        || !block.rows().isEmpty();
  }

  /** What the block begins with had no room in the one before. */
  private void requireFull(Block block, boolean goesOn) throws FormatException {
    require(hasMore(block) || !block.files().isEmpty());
    if (before != null) {
      addFirst(before, block, goesOn);
      require(before.total() > most);
    }
    before = BlockWeight.whole(block);
    require(before.total() <= most);
  }

  private static void addFirst(BlockWeight weight, Block block, boolean goesOn)
      throws FormatException {
    if (!block.files().isEmpty()) {
      weight.add(block.files().get(0));
    } else if (!block.policies().isEmpty()) {
      weight.add(block.policies().get(0));
    } else if (!block.judgements().isEmpty()) {
      weight.add(block.judgements().get(0));
    } else if (goesOn) {
      addFirst(weight, block.rows().get(0));
    } else {
      weight.begin(block.rows().get(0));
    }
  }

  private static void addFirst(BlockWeight weight, CarriedRow more) throws FormatException {
    if (!more.registers().isEmpty()) {
      weight.addRegister(more.registers().get(0));
    } else if (!more.parts().isEmpty()) {
      weight.addPart(more.parts().get(0));
    } else if (!more.dropped().isEmpty()) {
      weight.add(more.dropped().get(0));
    } else if (!more.losers().isEmpty()) {
      weight.add(more.losers().get(0));
    } else if (!more.lines().isEmpty()) {
      weight.add(more.lines().get(0));
    } else {
      require(more.feed() != null);
      weight.add(more.feed());
    }
  }

  private void followFiles(List<CarriedFile> files) throws FormatException {
    for (CarriedFile file : files) {
      require(file.sequence() == nextFile);
      nextFile++;
    }
  }

  private void followPolicies(List<CarriedPolicy> policies) throws FormatException {
    for (CarriedPolicy next : policies) {
      require(judgement == null && piece == null && ascends(CarriedPolicy.ORDER, policy, next));
      policy = next;
    }
  }

  private void followJudgements(List<CarriedJudgement> judgements) throws FormatException {
    for (CarriedJudgement next : judgements) {
      require(piece == null && ascends(CarriedJudgement.ORDER, judgement, next));
      judgement = next;
    }
  }

  private static <T> boolean ascends(Comparator<T> order, @Nullable T before, T next) {
    return before == null || order.compare(before, next) < 0;
  }

  // Rows

  private void followRow(CarriedRow next, boolean goesOn) throws FormatException {
    if (goesOn) {
      require(piece != null && isMoreOf(piece, next));
    } else {
      endRow();
      require(ascends(CarriedRow.ORDER, piece, next));
      touched = next.touch() != null;
      something = false;
    }
    something |= !next.isEmpty();
    require(touched || (next.parts().isEmpty() && next.dropped().isEmpty()));
    piece = next;
  }

  /** A full step has nothing of a row of which nothing is left. */
  private void endRow() throws FormatException {
    require(piece == null || something || !range.isFull());
  }

  private static boolean isMoreOf(CarriedRow before, CarriedRow more) {
    return more.marker() == null
        && more.removal() == null
        && more.touch() == null
        && before.feed() == null
        && goOn(lists(before), lists(more));
  }

  /** What a row holds, one kind after the other. */
  private static List<Items<?>> lists(CarriedRow row) {
    return List.of(
        new Items<>(row.registers(), Comparator.comparing(Held::cell)),
        new Items<>(row.parts(), Held.ORDER),
        new Items<>(row.dropped(), CarriedRow.Dropped.ORDER),
        new Items<>(row.losers(), CarriedRow.Loser.ORDER),
        new Items<>(row.lines(), CarriedRow.Line.ORDER));
  }

  private record Items<T>(List<T> items, Comparator<T> order) {
    /** Whether the others, of the same kind, stand behind these. */
    boolean areBefore(Items<?> others) {
      @SuppressWarnings("unchecked")
      List<T> same = (List<T>) others.items;
      return items.isEmpty()
          || same.isEmpty()
          || order.compare(items.get(items.size() - 1), same.get(0)) < 0;
    }
  }

  /** Where some of a kind has come, what is of the kinds before it cannot come any more. */
  private static boolean goOn(List<Items<?>> before, List<Items<?>> more) {
    boolean later = false;
    for (int i = before.size() - 1; i >= 0; i--) {
      if (later ? !more.get(i).items.isEmpty() : !before.get(i).areBefore(more.get(i))) {
        return false;
      }
      later |= !before.get(i).items.isEmpty();
    }
    return true;
  }
}
