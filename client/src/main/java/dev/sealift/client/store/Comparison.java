package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockOrder;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Mentions;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.CarriedRows.TouchedNames;
import dev.sealift.client.store.Difference.Kind;
import dev.sealift.client.store.RowComparison.Since;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a compaction is what the log up to its base makes, as a device can tell that has gone on since: both are gone through in one order, what is carried and what the device would carry itself of the same range now.
 *
 * <ul>
 *   <li>Files, policies and judgements have to be the same, one by one.
 *   <li>So has each row that no event behind the base is about: nearly all of them.
 *   <li>Of the others, what the device has from up to the base has to be there, and what it has not must have gone by an event behind the base ({@link RowComparison}). Which rows these are is read from the files behind the base.
 * </ul>
 *
 * What is over by now, losers and history outside their window and transactions that come too late, is not compared: a device may have forgotten it.
 */
final class Comparison implements AutoCloseable {
  private final CarrySource source;
  private final StepRange range;
  private final BlockOrder order;
  private final StepBounds bounds;
  private final Carry<CarriedFile> files;
  private final Carry<CarriedPolicy> policies;
  private final Carry<CarriedJudgement> judgements;
  private final Carry<CarriedRow> rows;
  private final Optional<TouchedNames> touched;
  private final long baseMillis;

  /** Since when history is there still, by tables. */
  private final Map<String, Long> kept = new HashMap<>();

  private @Nullable CarriedRow ahead;
  private @Nullable RowComparison row;

  Comparison(
      CarrySource source,
      Collection<TableInfo> tables,
      BlockOrder order,
      StepBounds bounds,
      StepRange range,
      long baseMillis,
      Opener opener,
      LogEdges edges) {
    this.source = source;
    this.range = range;
    this.order = order;
    this.bounds = bounds;
    files = CarriedFiles.of(source, range, edges);
    policies = CarriedSayings.policies(source, range);
    judgements = CarriedSayings.judgements(source, range);
    rows = Carrying.rows(source, tables, range, opener);
    touched = source.position() == range.base()
        ? Optional.empty()
        : Optional.of(new TouchedNames(new TouchedRows(
            source.reader(), new StepRange(range.base() + 1, source.position()), opener)));
    this.baseMillis = baseMillis;
  }

  /** @return what differs first; empty when nothing does */
  Optional<Difference> compare(BlockSource blocks) {
    try {
      ahead = rows.next();
      for (Optional<Block> block = blocks.next(); block.isPresent(); block = blocks.next()) {
        take(block.get());
      }
      order.end();
      end();
      return Optional.empty();
    } catch (FormatException e) {
      return Optional.of(Difference.of(Kind.FORMAT));
    } catch (DifferenceException e) {
      return Optional.of(e.difference());
    }
  }

  private void take(Block block) throws FormatException, DifferenceException {
    boolean goesOn = order.goesOn(block);
    order.follow(block);
    bounds.require(new Mentions(block), baseMillis);
    compare(block.files(), files, Kind.FILES);
    compare(block.policies(), policies, Kind.POLICIES);
    for (CarriedJudgement judgement : block.judgements()) {
      if (new HybridTime(judgement.number()).millis() >= source.lateBeforeMillis()) {
        compare(List.of(judgement), judgements, Kind.JUDGEMENTS);
      }
    }
    for (int i = 0; i < block.rows().size(); i++) {
      take(block.rows().get(i), !goesOn || i > 0);
    }
  }

  private static <T> void compare(List<T> carried, Carry<T> own, Kind kind)
      throws DifferenceException {
    for (T one : carried) {
      require(one.equals(own.next()), kind);
    }
  }

  private static void require(boolean holds, Kind kind) throws DifferenceException {
    if (!holds) {
      throw new DifferenceException(Difference.of(kind));
    }
  }

  // Rows

  private void take(CarriedRow piece, boolean isFirst) throws DifferenceException {
    if (isFirst) {
      skipTo(piece);
      row = comparison(held(piece));
    }
    Objects.requireNonNull(row).take(piece, isFirst);
  }

  /** What this device has of the row that is carried next. */
  private CarriedRow held(CarriedRow carried) throws DifferenceException {
    CarriedRow held = ahead;
    if (held != null && held.isOf(carried)) {
      ahead = rows.next();
      return held;
    }
    requireFull(carried);
    return CarriedRow.empty(carried.table(), carried.key());
  }

  /** Goes by rows that are held and not carried, to one that is, or to the end. */
  private void skipTo(@Nullable CarriedRow carried) throws DifferenceException {
    if (row != null) {
      row.end();
      row = null;
    }
    for (CarriedRow held = ahead; held != null && isBefore(held, carried); held = ahead) {
      requireFull(held);
      RowComparison nothing = comparison(held);
      nothing.take(CarriedRow.empty(held.table(), held.key()), true);
      nothing.end();
      ahead = rows.next();
    }
  }

  /** Which rows a compaction carries is told by its files, if it is not from the beginning: each of them, and no other. */
  private void requireFull(CarriedRow other) throws DifferenceException {
    if (!range.isFull()) {
      throw new DifferenceException(Difference.of(Kind.ROW, name(other), CellName.ROW));
    }
  }

  private static boolean isBefore(CarriedRow row, @Nullable CarriedRow other) {
    return other == null || TouchedRows.ORDER.compare(name(row), name(other)) < 0;
  }

  private static RowName name(CarriedRow row) {
    return new RowName(row.table(), row.key());
  }

  private RowComparison comparison(CarriedRow held) {
    Since since = new Since(
        range.base(),
        baseMillis,
        source.reviewedSince(),
        kept.computeIfAbsent(held.table(), table -> source.notForgottenSince(table, baseMillis)),
        source.deadBeforeMillis(),
        source.deadBeforeMillis(baseMillis),
        source.reviewedSince(baseMillis),
        source.over(held.table()));
    return new RowComparison(held, isTouched(name(held)), since);
  }

  /** Names ascend from call to call. */
  private boolean isTouched(RowName name) {
    RowName next = touched.map(TouchedNames::peek).orElse(null);
    while (next != null && TouchedRows.ORDER.compare(next, name) < 0) {
      touched.get().next();
      next = touched.get().peek();
    }
    return name.equals(next);
  }

  private void end() throws DifferenceException {
    require(files.next() == null, Kind.FILES);
    require(policies.next() == null, Kind.POLICIES);
    require(judgements.next() == null, Kind.JUDGEMENTS);
    skipTo(null);
  }

  @Override
  public void close() {
    files.close();
    policies.close();
    judgements.close();
    rows.close();
  }
}
