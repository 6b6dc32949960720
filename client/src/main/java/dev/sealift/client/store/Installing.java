package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockOrder;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.Mentions;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.rule.RowName;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes a store from where it is to the base of a step, by the blocks of its compaction: all of them are checked, one after the other ({@link #check}, {@link #checked}), and nothing that the log or a row has changes by that; then each is
 * taken in ({@link #take}), and {@link #finish}.
 *
 * <p>Each block is a transaction, so what is written at a time is bounded. What they bring of the log is staged as they are checked. From the first row on to the end the store takes no file of the
 * log and no write of this device ({@link SpaceStore#unfinishedStep}). In the end the log grows by all files in one transaction. Cut off at any moment it may be begun again with the first block, and comes to the same. This
 * device's own writes, and others' files that have no place, show on top at any moment. What people see change, watches are told.
 *
 * <p>Whether to believe the blocks is for the caller to know: that their author was a member, that others have attested them. What cannot be of any log, or is not what everybody makes of it, is refused before anything of the step is used. After an
 * exception it is to be begun again. For one thread at a time.
 */
public final class Installing {
  /** Rows that are wiped in one transaction. */
  private static final int WIPED_ROWS = 512;

  private final SpaceStore store;
  private final StepRange range;
  private final Hash root;
  private final BlockOrder order;
  private final StepFiles files;
  private final StepBounds bounds;
  private final RowPieces pieces = new RowPieces();
  private final Optional<StepMark.Mark> left;
  private boolean isPastLeft;
  private Optional<Hash> rootAtLeft = Optional.empty();
  private RowName last = new RowName("", "");
  private Phase phase = Phase.CHECKING;
  private boolean ahead;

  Installing(
      SpaceStore store,
      StepRange range,
      Hash root,
      StepRoots roots,
      Predicate<DeviceId> isMember,
      BlockOrder order) {
    this.store = store;
    this.range = range;
    this.root = root;
    this.order = order;
    files = new StepFiles(store, range, roots);
    bounds = new StepBounds(store.rules(), isMember);
    left = store.stepMark();
    try (Batch batch = store.batchUnsynced()) {
      batch.beginStep().step().begin(this, range);
      batch.endStep();
      batch.commit();
    }
  }

  private enum Phase {
    CHECKING,
    TAKING
  }

  /** A piece of it, in a transaction. */
  private interface Work<E extends Exception> {
    void on(Writer writer) throws E;
  }

  private <E extends Exception> void inBatch(Work<E> work) throws E {
    try (Batch batch = store.batchUnsynced()) {
      Writer writer = batch.beginStep();
      writer.step().requireCurrent(this);
      work.on(writer);
      batch.endStep();
      batch.commit();
    }
  }

  /**
   * Looks at the next block, and stages what it brings of the log.
   *
   * @throws FormatException when it does not follow the one before, or no log can have what it says; or when all files have come and are not those of the root
   */
  public void check(Block block) throws FormatException {
    requirePhase(Phase.CHECKING);
    order.follow(block);
    List<StepFiles.Staged> behind = files.follow(block.files());
    bounds.require(new Mentions(block), files.lastMillis());
    requireRoot(block, behind);
    pieces.follow(block.rows());
    this.<FormatException>inBatch(writer -> {
      writer.step().stage(behind);
      writer.step().stage(block.policies(), block.judgements());
    });
  }

  /**
   * All blocks were looked at: each may be taken in.
   *
   * @throws FormatException when one is missing
   */
  public void checked() throws FormatException {
    requirePhase(Phase.CHECKING);
    order.end();
    pieces.end();
    phase = Phase.TAKING;
  }

  /**
   * Takes in the next block. All of them come once more in the same order.
   *
   * @throws StoreException {@code TIME_AHEAD} when it has to wait
   */
  public void take(Block block) throws FormatException {
    requirePhase(Phase.TAKING);
    if (!block.rows().isEmpty()) {
      take(block.rows(), pieces.follow(block.rows()), new Mentions(block).newest());
    }
  }

  private void requirePhase(Phase due) {
    if (phase != due) {
      throw new IllegalStateException("blocks are checked first, and then taken in");
    }
  }

  // The log

  /** Before anything is done by what the log is said to be. */
  private void requireRoot(Block block, List<StepFiles.Staged> behind) throws FormatException {
    for (StepFiles.Staged staged : behind) {
      if (left.filter(mark -> mark.base() == staged.file().sequence()).isPresent()) {
        isPastLeft = true;
        rootAtLeft = Optional.ofNullable(staged.root());
      }
    }
    if (!block.files().isEmpty() && order.hasFiles()) {
      if (!files.root().equals(Optional.of(root))) {
        throw new FormatException("a step's files are not those of its root");
      }
      files.end();
      requireLogOfWhatWasLeft();
    }
  }

  /** What a step left that was cut off is mended by a step through the same log. */
  private void requireLogOfWhatWasLeft() throws FormatException {
    boolean another = isPastLeft
        && !rootAtLeft.equals(left.map(StepMark.Mark::root)); // or not known to be the same
    if (another && !left.orElseThrow().onlyFull()) {
      inBatch(writer -> writer.mark().requireFull(left.orElseThrow()));
      if (!range.isFull()) {
        throw new FormatException(
            "rows are ahead of another log: only a step from the beginning can be taken");
      }
    }
  }

  // What a step from the beginning does not carry

  private void wipe(@Nullable RowName to, Set<RowName> carried) {
    RowName from = last;
    boolean more = range.isFull();
    while (more) {
      RowName after = from;
      List<RowName> some = new ArrayList<>();
      inBatch(writer -> {
        some.addAll(writer.wiping().between(after, to, carried, WIPED_ROWS));
        some.forEach(
            name -> writer.stepRows().wipe(writer.catalog().require(name.table()), name.key()));
      });
      more = some.size() == WIPED_ROWS;
      from = some.isEmpty() ? from : some.get(some.size() - 1);
    }
  }

  // What it carries

  private void take(List<CarriedRow> rows, List<CarriedRow> whole, HybridTime newest) {
    inBatch(writer -> writer.time().requireNotAhead(newest));
    goAhead();
    boolean goesOn = last.equals(name(rows.get(0)));
    Set<RowName> carried = new HashSet<>();
    rows.forEach(row -> carried.add(name(row)));
    RowName to = name(rows.get(rows.size() - 1));
    wipe(to, carried);
    last = to;
    inBatch(writer -> {
      writer.time().observe(newest);
      for (int i = 0; i < rows.size(); i++) {
        writer.stepRows().putBeside(rows.get(i), i > 0 || !goesOn);
      }
      whole.forEach(writer.stepRows()::put);
      writer.stepRows().flush();
    });
  }

  private static RowName name(CarriedRow row) {
    return new RowName(row.table(), row.key());
  }

  /** From now on rows are ahead of the log. */
  private void goAhead() {
    if (!ahead) {
      inBatch(writer -> writer.mark().begin(range, root));
      ahead = true;
    }
  }

  // Its end

  /** As {@link #finish(Consumer)}, with nothing else. */
  void finish() {
    finish(batch -> {});
  }

  /**
   * All blocks were taken in: the store is at the base.
   *
   * @param with what else is to be kept, in the transaction in which the position moves
   */
  public void finish(Consumer<Batch> with) {
    requirePhase(Phase.TAKING);
    goAhead();
    wipe(null, Set.of());
    inBatch(writer -> {
      pieces.end().ifPresent(writer.stepRows()::put);
      writer.stepRows().flush();
    });
    try (Batch batch = store.batchUnsynced()) {
      Writer writer = batch.beginStep();
      writer.step().requireCurrent(this);
      writer.time().observe(files.newest());
      writer.append(range);
      batch.endStep();
      with.accept(batch);
      batch.commit();
    }
    Optional<Asides.Kept> after = Optional.of(Asides.Kept.FIRST);
    while (after.isPresent()) {
      List<Asides.Kept> next = new ArrayList<>();
      Asides.Kept from = after.get();
      inBatch(writer -> writer.step().settle(from).ifPresent(next::add));
      after = next.stream().findFirst();
    }
    inBatch(Writer::endStep);
  }
}
