package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.rule.RowName;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** How blocks are cut. */
  interface Cutting {
    BlockCutter cutter(StepRange range, Consumer<Block> out);
  }

  Carrying(Reader reader, Collection<TableInfo> tables, SpaceRules rules, Cutting cutting) {
    source = new CarrySource(reader, rules);
    this.tables = tables;
    this.cutting = cutting;
  }

  /** @return what it covers */
  StepRange carry(long first, Opener opener, Consumer<Block> out) {
    if (StepMark.read(source.reader()).isPresent()) {
      throw new IllegalStateException("rows that are partly ahead of the log make no compaction");
    }
    StepRange range = new StepRange(first, source.position());
    BlockCutter cutter = cutting.cutter(range, out);
    CarriedFiles.each(source.reader(), source::device, range, cutter::add);
    carryPolicies(range, cutter);
    carryJudgements(range, cutter);
    if (range.isFull()) {
      carryAll(cutter);
    } else {
      carryTouched(range, opener, cutter);
    }
    cutter.finish();
    return range;
  }

  private void carryPolicies(StepRange range, BlockCutter cutter) {
    try (Statement select = source
        .reader()
        .prepare("SELECT k.name, k.keep, k.sequence, l.server_time FROM _sealift_keep k"
            + " JOIN _sealift_log l USING (sequence) WHERE k.sequence >= ? ORDER BY k.sequence, k.name,"
            + " CASE k.keep WHEN 'WINDOW' THEN 1 WHEN 'ALL' THEN 2 ELSE 3 END")) {
      select.bind(1, range.first());
      while (select.next()) {
        cutter.add(new CarriedPolicy(
            select.text(1),
            Keep.valueOf(select.text(2)).number(),
            select.integer(3),
            select.integer(4)));
      }
    }
  }

  /** Not of transactions that come too late by now: nobody will ask. */
  private void carryJudgements(StepRange range, BlockCutter cutter) {
    try (Statement select = source
        .reader()
        .prepare("SELECT j.device, j.tx, j.events, j.sequence, j.conflict FROM _sealift_judged j"
            + " JOIN _sealift_device d ON d.idx = j.device WHERE j.sequence >= ?"
            + " ORDER BY j.sequence, d.device, j.tx < 0, j.tx, j.events")) {
      select.bind(1, range.first());
      while (select.next()) {
        long number = select.integer(2);
        if (new HybridTime(number).millis() >= source.lateBeforeMillis()) {
          cutter.add(new CarriedJudgement(
              source.device(select.integer(1)),
              number,
              Stored.hash(select.blob(3)),
              select.integer(4),
              select.integer(5) != 0));
        }
      }
    }
  }

  private void carryAll(BlockCutter cutter) {
    List<TableInfo> ordered = tables.stream()
        .sorted(Comparator.comparing(TableInfo::name, CodePoints::compare))
        .toList();
    for (TableInfo table : ordered) {
      try (CarriedTable rows = CarriedTable.whole(source, table)) {
        rows.each(cutter::add);
      }
    }
  }

  private void carryTouched(StepRange range, Opener opener, BlockCutter cutter) {
    TouchedRows touched = new TouchedRows(source.reader(), range, opener);
    try (SomeTables some = new SomeTables()) {
      for (List<RowName> names = touched.after(null);
          !names.isEmpty();
          names = touched.after(names.get(names.size() - 1))) {
        names.forEach(name -> cutter.add(some.row(name)));
      }
    }
  }

  /** Tables of which some rows are read. */
  private final class SomeTables implements AutoCloseable {
    private final Map<String, CarriedTable> open = new HashMap<>();

    CarriedRow row(RowName name) {
      CarriedTable table = open.get(name.table());
      if (table == null) {
        table = tables.stream()
            .filter(info -> info.name().equals(name.table()))
            .findFirst()
            .map(info -> CarriedTable.some(source, info))
            .orElse(null);
        if (table == null) {
          return CarriedRow.empty(name.table(), name.key());
        }
        close(); // one at a time: their names ascend
        open.put(name.table(), table);
      }
      return table.row(name.key());
    }

    @Override
    public void close() {
      open.values().forEach(CarriedTable::close);
      open.clear();
    }
  }
}
