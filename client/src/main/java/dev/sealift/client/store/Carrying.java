package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Makes what a compaction of the files from one on up to the position carries. Canonical: a function of the log, whatever the store shows beside it, and however it came to have it.
 *
 * <p>From the beginning on that is every row of which something is left, by a scan of all tables; no file is read. Otherwise it is each row that an event of those files is about, and where nothing is left of it, that.
 */
final class Carrying {
  private final CarrySource source;
  private final Collection<TableInfo> tables;
  private final Cutting cutting;
  private final LogEdges edges;

  /** How blocks are cut. */
  interface Cutting {
    BlockCutter cutter(StepRange range, Consumer<Block> out);
  }

  Carrying(
      Reader reader,
      Collection<TableInfo> tables,
      SpaceRules rules,
      Cutting cutting,
      LogEdges edges) {
    source = new CarrySource(reader, rules);
    this.tables = tables;
    this.cutting = cutting;
    this.edges = edges;
  }

  /** @return what it covers */
  StepRange carry(long first, Opener opener, Consumer<Block> out) {
    if (StepMark.read(source.reader()).isPresent()) {
      throw new IllegalStateException("rows that are partly ahead of the log make no compaction");
    }
    StepRange range = new StepRange(first, source.position());
    BlockCutter cutter = cutting.cutter(range, out);
    CarriedFiles.of(source, range, edges).each(cutter::add);
    CarriedSayings.policies(source, range).each(cutter::add);
    CarriedSayings.judgements(source, range).each(cutter::add);
    rows(source, tables, range, opener).each(cutter::add);
    cutter.finish();
    return range;
  }

  /** As of the position. */
  static Carry<CarriedRow> rows(
      CarrySource source, Collection<TableInfo> tables, StepRange range, Opener opener) {
    return range.isFull()
        ? CarriedRows.all(source, tables)
        : CarriedRows.touched(source, tables, new TouchedRows(source.reader(), range, opener));
  }
}
