package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.rule.RowName;
import dev.sealift.protocol.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a store from where it is to the base of a step: by the blocks of its compaction, one after the other, then {@link #finish}.
 *
 * <p>Each block is a transaction, so what is written at a time is bounded. Rows come before the log's files, and the position moves with those. Cut off at any moment it may be begun again with the first block, and comes to the same;
 * until then rows are partly ahead of the log, and the store takes no file of the log. This device's own writes, and others' files that have no place, show on top at any moment. What people see change, watches are told.
 *
 * <p>Whether to believe the blocks is for the caller to know: that their author was a member, that others have attested them. What cannot be of any log is refused here. After an exception it is to be begun again. For one thread at a
 * time.
 */
public final class Installing {
  /** What a row may hold. It is in memory while it is taken in, as it is when it is merged. */
  private static final long MAX_ROW_BYTES = 64 << 20;

  /** What a value takes in memory beside its bytes, at the least. */
  private static final int HELD_BYTES = 64;

  /** Rows that are wiped in one transaction. */
  private static final int WIPED_ROWS = 512;

  private final SpaceStore store;
  private final StepRange range;
  private final StepRoots roots;

  /** A row of which more may follow. */
  private @Nullable CarriedRow open;

  private long openBytes;

  /** Whether the first row of the block is the last one of the block before. */
  private boolean goesOn;

  private RowName last = new RowName("", "");
  private boolean wiped;

  Installing(SpaceStore store, StepRange range, StepRoots roots) {
    this.store = store;
    this.range = range;
    this.roots = roots;
    inBatch(writer -> writer.step().begin(range));
  }

  private void inBatch(Consumer<Writer> work) {
    try (Batch batch = store.batchUnsynced()) {
      batch.step(work);
      batch.commit();
    }
  }

  /**
   * Takes in the next block.
   *
   * @throws FormatException when it does not follow what was taken in
   * @throws StoreException {@code TIME_AHEAD} when it has to wait
   */
  public void take(Block block) throws FormatException {
    requireFollowing(block);
    wipeUpTo(block);
    List<CarriedRow> whole = whole(block);
    inBatch(writer -> {
      writer.time().requireNotAhead(block.newest());
      writer.time().observe(block.newest());
      take(writer, block, whole);
    });
  }

  private void requireFollowing(Block block) throws FormatException {
    boolean rowsFollow = block.rows().isEmpty()
        || (!wiped
            && TouchedRows.ORDER.compare(last, name(block.rows().get(0)))
                <= (open == null ? -1 : 0));
    long next = store.position() + 1;
    for (CarriedFile file : block.files()) {
      rowsFollow &= file.sequence() <= next;
      next = Math.max(next, file.sequence() + 1);
    }
    if (!block.range().equals(range) || !rowsFollow || !areOfChains(block)) {
      throw new FormatException("a block of a step does not follow the one before");
    }
  }

  /** Whether no two files are at one place of a chain. */
  private boolean areOfChains(Block block) {
    Set<String> places = new HashSet<>();
    return block.files().stream()
        .filter(file -> file.sequence() > store.position())
        .allMatch(file -> places.add(file.author() + "/" + file.counter())
            && store.fileAt(file.author(), file.counter()).isEmpty());
  }

  private static RowName name(CarriedRow row) {
    return new RowName(row.table(), row.key());
  }

  // What a step from the beginning does not carry

  private void wipeUpTo(Block block) {
    if (!block.rows().isEmpty()) {
      Set<RowName> carried = new HashSet<>();
      block.rows().forEach(row -> carried.add(name(row)));
      RowName to = name(block.rows().get(block.rows().size() - 1));
      wipe(to, carried);
      last = to;
    }
    if (!block.files().isEmpty()) {
      wipeRest();
    }
  }

  private void wipeRest() {
    if (!wiped) {
      wipe(null, Set.of());
      wiped = true;
    }
  }

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

  private void take(Writer writer, Block block, List<CarriedRow> whole) {
    block
        .policies()
        .forEach(
            policy -> writer.step().take(policy, writer.rules().current().reviewWindowMillis()));
    block.judgements().forEach(writer.step()::take);
    for (int i = 0; i < block.rows().size(); i++) {
      writer.stepRows().putBeside(block.rows().get(i), i > 0 || !goesOn);
    }
    whole.forEach(writer.stepRows()::put);
    writer.stepRows().flush();
    block.files().forEach(file -> writer.take(file, roots));
  }

  /** The rows that end in a block; the last one may go on, if no files follow. */
  private List<CarriedRow> whole(Block block) throws FormatException {
    List<CarriedRow> whole = new ArrayList<>();
    goesOn = open != null && !block.rows().isEmpty() && open.isOf(block.rows().get(0));
    for (CarriedRow row : block.rows()) {
      if (open != null && open.isOf(row)) {
        extend(open, row);
      } else {
        end(whole);
        open = row;
        openBytes = bytes(row);
      }
    }
    if (!block.files().isEmpty()) {
      end(whole);
    }
    return whole;
  }

  private void end(List<CarriedRow> whole) {
    if (open != null) {
      whole.add(open);
      open = null;
    }
  }

  private void extend(CarriedRow before, CarriedRow more) throws FormatException {
    openBytes += bytes(more);
    if (openBytes > MAX_ROW_BYTES) {
      throw new FormatException("a row of a step is larger than anybody could hold");
    }
    open = new CarriedRow(
        before.table(),
        before.key(),
        before.marker(),
        before.removal(),
        before.touch(),
        both(before.registers(), more.registers()),
        both(before.parts(), more.parts()),
        both(before.dropped(), more.dropped()),
        before.losers(),
        before.lines(),
        before.feed());
  }

  private static <T> List<T> both(List<T> one, List<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  private static long bytes(CarriedRow row) {
    long bytes = 0;
    for (Held held : row.registers()) {
      bytes += HELD_BYTES + held.value().canonicalLength();
    }
    for (Held held : row.parts()) {
      bytes += HELD_BYTES + held.value().canonicalLength();
    }
    return bytes + (long) HELD_BYTES * row.dropped().size();
  }

  // Its end

  /**
   * All blocks were taken in: the store is at the base.
   *
   * @throws FormatException when something was missing
   */
  public void finish() throws FormatException {
    if (store.position() != range.base()) {
      throw new FormatException("a step lacks files of the log");
    }
    inBatch(writer -> writer.step().admitOwn(range));
    Optional<Asides.Kept> after = Optional.of(Asides.Kept.FIRST);
    while (after.isPresent()) {
      List<Asides.Kept> next = new ArrayList<>();
      Asides.Kept from = after.get();
      inBatch(writer -> writer.step().settle(from).ifPresent(next::add));
      after = next.stream().findFirst();
    }
    inBatch(writer -> writer
        .step()
        .end(writer.places().lastServerTimeMillis()
            - writer.rules().current().reviewWindowMillis()));
  }
}
