package dev.sealift.client.store;

import dev.sealift.client.merge.RowMeta;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Applies admitted events, in the order of the log. Nearly all are whole rows that are new, or replace what one put wrote before and their author had seen: those go to
 * SQLite in batches and are never read. Only rows that SQLite leaves alone then are merged one by one.
 */
final class RemoteWriter {
  /** Rows that go to the driver in one call: enough to amortise the call, few enough to keep nothing much. */
  private static final int BATCH_ROWS = 128;

  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final Asides asides;
  private final Losers losers;
  private final FileLog log;
  private final LoserNames names;
  private final ChangeCollector changes;
  private final SchemaWriter schema;
  private final Places places;
  private final Judge judge;
  private final Guards guards;
  private final SeenFiles seenFiles;
  private final LifetimePolicies lifetimes;

  RemoteWriter(
      Catalog catalog,
      Tables tables,
      RowMerger rows,
      Asides asides,
      Losers losers,
      FileLog log,
      LoserNames names,
      ChangeCollector changes,
      SchemaWriter schema,
      Places places,
      Judge judge,
      Guards guards,
      SeenFiles seenFiles,
      LifetimePolicies lifetimes) {
    this.lifetimes = lifetimes;
    this.seenFiles = seenFiles;
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.asides = asides;
    this.losers = losers;
    this.log = log;
    this.names = names;
    this.changes = changes;
    this.schema = schema;
    this.places = places;
    this.judge = judge;
    this.guards = guards;
  }

  /**
   * The file that events come in, as merging sees it.
   *
   * @param own whether this store packed it
   * @param places of its events
   * @param lateBeforeMillis what was written before this is too old to be merged
   * @param counts not where its events are not what its header says
   */
  record Source(
      int author,
      boolean own,
      long sequence,
      long serverTimeMillis,
      Places.OfEvents places,
      long lateBeforeMillis,
      boolean counts) {
    /** A transaction is late as a whole. */
    boolean isLate(EventRun run, RowEvent event) {
      return run.isOfTransaction()
          ? isLate(run.transaction())
          : isLate(event.time().bits());
    }

    boolean isLate(long time) {
      return new HybridTime(time).millis() < lateBeforeMillis;
    }

    /** What stands behind the file cannot have been seen, whatever it says. */
    long seen(EventRun run) {
      return Math.min(run.seenSequence(), sequence - 1);
    }

    Stamp stamp(EventRun run, RowEvent event) {
      long brought = own ? 0 : sequence; // an own one's follows from the chain
      return new Stamp(place(run, event), event.time().bits(), author, brought);
    }

    long place(EventRun run, RowEvent event) {
      return places.at(event.time().bits(), seen(run), run.seenFiles());
    }
  }

  /** A file by another device, or by another copy of this home. */
  void apply(List<EventRun> runs, Source source) {
    judge.each(runs, source, (run, outcome) -> {
      switch (outcome) {
        case MERGED -> apply(run, source);
        case CONFLICT -> conflict(run, source);
        case NOTHING -> {}
      }
    });
  }

  private void apply(EventRun run, Source source) {
    if (run.kind() == RunKind.DISMISS) {
      dismiss(run, (table, key) -> true);
      return;
    }
    Over over = over(run, source);
    if (over.hasLifetime() && run.kind().isPart()) {
      return;
    }
    TableInfo table = require(run);
    List<ColumnInfo> columns = columns(run, table);
    RowMerger.Place place = place(run, source);
    boolean whole =
        run.kind() == RunKind.PUT && columns.size() == table.columns().size();
    boolean simple = whole
        && !places.areUsed() // what goes to SQLite in batches has none
        && run.seenFiles().isEmpty()
        && !SchemaTable.NAME.equals(table.name())
        && (!over.hasLifetime() || losers.isEmpty() && !over.isAny(run))
        && run.rows().stream().noneMatch(row -> source.isLate(run, row));
    if (simple) {
      applyWhole(run, table, columns, source, place);
      return;
    }
    for (RowEvent row : run.rows()) {
      if (source.isLate(run, row)) {
        lose(run, row, table, columns, source, Unmerged.LATE);
      } else if (!over.is(row.time())) {
        merge(run, row, table, columns, source, place);
      }
      schemaChanged(table, row.key());
    }
  }

  /** What is over of a run's table where its file stands. */
  private Over over(EventRun run, Source source) {
    return lifetimes.over(run.table(), source.sequence(), source.serverTimeMillis());
  }

  /** However old it is: who dismissed it had seen the loser. What names none does nothing, on every device alike. */
  private void dismiss(EventRun run, Wanted wanted) {
    TableInfo table = catalog.table(run.table());
    if (table == null) {
      return;
    }
    for (RowEvent event : run.rows()) {
      if (wanted.is(table, event.key())) {
        names.named(table, event).forEach(loser -> losers.remove(table, loser));
      }
    }
  }

  /** The table of a run, with its columns. */
  TableInfo require(EventRun run) {
    return run.kind().isPart()
        ? catalog.require(
            run.table(), run.columns().get(0), PartOps.op(run.kind()).cell())
        : catalog.require(run.table(), run.columns());
  }

  static List<ColumnInfo> columns(EventRun run, TableInfo table) {
    return run.columns().stream().map(name -> columnOf(run.kind(), table, name)).toList();
  }

  private static ColumnInfo columnOf(RunKind kind, TableInfo table, String name) {
    ColumnInfo column =
        kind.isPart() ? table.compound(name, PartOps.op(kind).cell()) : table.column(name);
    return Objects.requireNonNull(column, "a required column is there");
  }

  private RowMerger.Place place(EventRun run, Source source) {
    return new RowMerger.Place(
        seenFiles.inLog(
            source.author(),
            source.seen(run),
            run.seenFiles(),
            source.sequence(),
            source.serverTimeMillis()),
        source.serverTimeMillis());
  }

  private void schemaChanged(TableInfo table, String key) {
    if (SchemaTable.NAME.equals(table.name())) {
      schema.changed(key);
    }
  }

  /** Why events are not merged: the reasons of their losers. */
  private enum Unmerged {
    LATE(LostReason.LATE, LostReason.LATE_REMOVAL, LostReason.LATE_DISCARD),
    CONFLICT(LostReason.CONFLICT, LostReason.CONFLICT_REMOVAL, LostReason.CONFLICT_DISCARD);

    private final LostReason write;
    private final LostReason removal;
    private final LostReason discard;

    Unmerged(LostReason write, LostReason removal, LostReason discard) {
      this.write = write;
      this.removal = removal;
      this.discard = discard;
    }

    LostReason of(RunKind kind) {
      return switch (kind) {
        case REMOVE -> removal;
        case DISCARD -> discard;
        default -> write;
      };
    }
  }

  /** A transaction in conflict loses whole. A dismissal in it leaves nothing to look at. */
  private void conflict(EventRun run, Source source) {
    if (run.kind() != RunKind.DISMISS) {
      TableInfo table = require(run);
      List<ColumnInfo> columns = columns(run, table);
      run.rows().forEach(row -> lose(run, row, table, columns, source, Unmerged.CONFLICT));
    }
  }

  /** What is not merged is for people to look at. */
  private void lose(
      EventRun run,
      RowEvent row,
      TableInfo table,
      List<ColumnInfo> columns,
      Source source,
      Unmerged why) {
    if (isNothing(run, row, source)) {
      return;
    }
    if (columns.isEmpty()) {
      lose(run, row, table, RowState.MARKER, Value.NULL, source, why);
    }
    for (int i = 0; i < columns.size(); i++) {
      lose(run, row, table, columns.get(i).cell(), row.values().get(i), source, why);
    }
  }

  private void lose(
      EventRun run,
      RowEvent row,
      TableInfo table,
      int cell,
      Value value,
      Source source,
      Unmerged why) {
    losers.unmerged(
        table,
        row.key(),
        cell,
        source.stamp(run, row),
        why.of(run.kind()),
        value,
        source.serverTimeMillis(),
        run.transaction());
  }

  private void merge(
      EventRun run,
      RowEvent row,
      TableInfo table,
      List<ColumnInfo> columns,
      Source source,
      RowMerger.Place place) {
    Event event = event(run, row, columns, source);
    rows.admit(table, event, place)
        .ifPresent(change -> changes.add(table, row.key(), change, Change.Origin.REMOTE));
  }

  private Event event(EventRun run, RowEvent row, List<ColumnInfo> columns, Source source) {
    boolean forALifetime = over(run, source).hasLifetime();
    return new Event(
        run.kind(),
        row.key(),
        source.stamp(run, row),
        columns,
        forALifetime ? List.of() : run.groups(),
        row.values(),
        forALifetime);
  }

  private void applyWhole(
      EventRun run,
      TableInfo table,
      List<ColumnInfo> columns,
      Source source,
      RowMerger.Place place) {
    int to = 0;
    while (to < run.rows().size()) {
      int from = to;
      to = batchEnd(run.rows(), from);
      List<RowEvent> batch = run.rows().subList(from, to);
      int[] written = writeBatch(batch, table, columns, source, source.seen(run));
      for (int i = 0; i < written.length; i++) {
        if (written[i] == 0) {
          merge(run, batch.get(i), table, columns, source, place);
        } else {
          changes.add(table, batch.get(i).key(), Change.Kind.PUT, Change.Origin.REMOTE);
        }
      }
    }
  }

  /** No key twice in one batch: what is merged one by one after it would come behind what came later. */
  private static int batchEnd(List<RowEvent> rows, int from) {
    Set<String> keys = new HashSet<>();
    int to = from;
    while (to < rows.size() && to - from < BATCH_ROWS && keys.add(rows.get(to).key())) {
      to++;
    }
    return to;
  }

  private int[] writeBatch(
      List<RowEvent> batch, TableInfo table, List<ColumnInfo> columns, Source source, long seen) {
    // What is kept aside has to be merged as well.
    boolean outranking = asides.isEmpty()
        && table.cells() < TableSql.COMPARABLE_CELLS
        && source.author() != Devices.SELF;
    TableStatements statements = tables.of(table);
    Statement insert = outranking ? statements.insertOrOutrank() : statements.insertIfNew();
    if (outranking) {
      insert.bind(3 + table.columns().size(), RowMeta.timeBytes(log.lastOwnTime(seen)));
      insert.bind(4 + table.columns().size(), RowMeta.sequenceBytes(seen));
    }
    int[] parameters = columns.stream().mapToInt(column -> column.cell() + 2).toArray();
    for (RowEvent row : batch) {
      insert.bind(1, row.key());
      insert.bind(
          2, RowMeta.uniform(table.cells(), row.time().bits(), source.author(), source.sequence()));
      bind(insert, parameters, row);
      insert.addToBatch();
    }
    return insert.runBatch();
  }

  private static void bind(Statement insert, int[] parameters, RowEvent row) {
    for (int i = 0; i < parameters.length; i++) {
      insert.bind(parameters[i], row.values().get(i));
    }
  }

  /**
   * Whether admitting a file of this device's own takes its events: else the tables have them, and the log has nothing else to say of their rows. Where files have places it always
   * does, for the events get theirs.
   */
  boolean needsOwn(FileLog.Times times, Source source) {
    return places.areUsed()
        || !asides.isEmpty()
        || source.isLate(times.first())
        || guards.any(times.first(), times.last());
  }

  /** A file of this device's own has its place, and all before it. */
  void applyOwn(List<EventRun> runs, HybridTime last, Source source) {
    Map<TableInfo, Set<Long>> touched = new HashMap<>();
    fold(
        runs,
        source,
        (table, key) -> true,
        (table, row) ->
            touched.computeIfAbsent(table, any -> new LinkedHashSet<>()).add(row));
    long lowest = places.areUsed() ? places.raise(last, highest(runs, source)) : 0;
    touched.forEach((table, numbers) -> numbers.forEach(row -> settle(table, row, last)));
    if (places.areUsed()) {
      settleContested(lowest, last);
    }
  }

  private static long highest(List<EventRun> runs, Source source) {
    return runs.stream()
        .flatMap(run -> run.rows().stream().map(row -> source.place(run, row)))
        .max(Comparator.naturalOrder())
        .orElse(0L);
  }

  /** This device's later writes have risen too. */
  void settleContested(long lowest) {
    settleContested(lowest, new HybridTime(log.lastAdmitted()));
  }

  private void settleContested(long lowest, HybridTime last) {
    for (List<Asides.Kept> chunk = asides.after(Asides.Kept.FIRST);
        !chunk.isEmpty();
        chunk = asides.after(chunk.get(chunk.size() - 1))) {
      chunk.stream()
          .filter(kept -> rows.isContested(kept.state(), lowest))
          .forEach(kept -> settle(catalog.byId(kept.table()), kept.row(), last));
    }
  }

  /** The log has come to a server time. What shows on top of rows of which something is dead from then on shows on top of what is left. */
  void settleDead(long serverTimeMillis) {
    long dead = rows.deadBeforeMillis(serverTimeMillis);
    if (asides.mayHaveRemovalBefore(dead)) {
      asides.removalsFrom(settleRemovals(dead));
    }
  }

  /**
   * Shows anew what shows on top of rows that have a removal in the log.
   *
   * @param beforeMillis only those removed before that
   * @return when the first one of the others was removed
   */
  long settleRemovals(long beforeMillis) {
    long first = Long.MAX_VALUE;
    for (List<Asides.Kept> chunk = asides.after(Asides.Kept.FIRST);
        !chunk.isEmpty();
        chunk = asides.after(chunk.get(chunk.size() - 1))) {
      for (Asides.Kept kept : chunk) {
        Optional<Stamp> removal = kept.state().removal();
        if (removal.isPresent()) {
          long millis = removal.get().hybridTime().millis();
          if (millis < beforeMillis) {
            settle(catalog.byId(kept.table()), kept.row());
          } else {
            first = Math.min(first, millis);
          }
        }
      }
    }
    return first;
  }

  /** Which keys of a table something is about. */
  interface Wanted {
    boolean is(TableInfo table, String key);
  }

  /** Is told which rows are to be shown anew. */
  interface Folded {
    void add(TableInfo table, long row);
  }

  /** Applies a file's events to what is kept aside of their rows. */
  void fold(List<EventRun> runs, Source source, Wanted wanted, Folded folded) {
    judge.each(runs, source, (run, outcome) -> fold(run, outcome, source, wanted, folded));
  }

  private void fold(
      EventRun run, Judge.Outcome outcome, Source source, Wanted wanted, Folded folded) {
    if (run.kind() == RunKind.DISMISS) {
      if (outcome == Judge.Outcome.MERGED) {
        dismiss(run, wanted);
      }
      return;
    }
    TableInfo table = require(run);
    List<ColumnInfo> columns = columns(run, table);
    RowMerger.Place place = place(run, source);
    for (RowEvent row : run.rows()) {
      if (wanted.is(table, row.key())) {
        boolean late = source.isLate(run, row);
        if (outcome == Judge.Outcome.CONFLICT) {
          lose(run, row, table, columns, source, Unmerged.CONFLICT);
        } else if (late) {
          lose(run, row, table, columns, source, Unmerged.LATE);
        }
        Event event = event(run, row, columns, source);
        boolean merged = !late && !isNothing(run, row, source) && outcome == Judge.Outcome.MERGED;
        rows.fold(table, event, place, merged).ifPresent(number -> folded.add(table, number));
      }
    }
  }

  private boolean isNothing(EventRun run, RowEvent row, Source source) {
    Over over = over(run, source);
    return !source.counts()
        || over.is(row.time())
        || over.hasLifetime() && run.kind().isPart();
  }

  /** Shows a row anew, if something is kept aside of it. */
  void settle(TableInfo table, long row) {
    if (asides.get(table, row).isPresent()) {
      settle(table, row, new HybridTime(log.lastAdmitted()));
    }
  }

  private void settle(TableInfo table, long row, HybridTime last) {
    RowMerger.Settled settled = rows.settle(table, row, last.bits());
    settled
        .change()
        .ifPresent(change -> changes.add(table, settled.key(), change, Change.Origin.REMOTE));
    schemaChanged(table, settled.key());
  }
}
