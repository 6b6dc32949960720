package dev.sealift.client.store;

import dev.sealift.client.merge.RowMeta;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import java.util.List;

/**
 * Applies received events. Nearly all are whole rows that are new, or newer than what one put wrote before: those go to
 * SQLite in batches and are never read. Only rows that SQLite leaves alone then are merged one by one.
 */
final class RemoteWriter {
  /** Rows that go to the driver in one call: enough to amortise the call, few enough to keep nothing much. */
  private static final int BATCH_ROWS = 128;

  /** From this many cells on their number takes two bytes of a state, and states do not compare as bytes. */
  private static final int COMPARABLE_CELLS = 128;

  private final Catalog catalog;
  private final Tables tables;
  private final RowMerger rows;
  private final Journal journal;
  private final ChangeCollector changes;
  private final SchemaWriter schema;

  RemoteWriter(
      Catalog catalog,
      Tables tables,
      RowMerger rows,
      Journal journal,
      ChangeCollector changes,
      SchemaWriter schema) {
    this.catalog = catalog;
    this.tables = tables;
    this.rows = rows;
    this.journal = journal;
    this.changes = changes;
    this.schema = schema;
  }

  /** Whether no event is newer than the header says: the mesh has checked that time, and only that. */
  static boolean isConsistent(RemoteFile file) {
    for (EventRun run : file.runs()) {
      for (RowEvent event : run.rows()) {
        if (event.time().isAfter(file.newest())) {
          return false;
        }
      }
    }
    return true;
  }

  void apply(EventRun run, int device, long sequence) {
    TableInfo table = catalog.require(run.table(), run.columns());
    List<ColumnInfo> columns =
        run.columns().stream().map(name -> columnOf(table, name)).toList();
    boolean whole =
        run.kind() == RunKind.PUT && columns.size() == table.columns().size();
    if (whole && !SchemaTable.NAME.equals(table.name())) {
      applyWhole(run, table, columns, device, sequence);
    } else {
      applyOneByOne(run, table, columns, device, sequence);
    }
  }

  private static ColumnInfo columnOf(TableInfo table, String name) {
    ColumnInfo column = table.column(name);
    if (column == null) {
      throw new IllegalStateException("a required column is there");
    }
    return column;
  }

  private void applyOneByOne(
      EventRun run, TableInfo table, List<ColumnInfo> columns, int device, long sequence) {
    for (RowEvent row : run.rows()) {
      merge(run.kind(), row, table, columns, device, sequence);
      if (SchemaTable.NAME.equals(table.name())) {
        schema.changed(row.key());
      }
    }
  }

  private void merge(
      RunKind kind,
      RowEvent row,
      TableInfo table,
      List<ColumnInfo> columns,
      int device,
      long sequence) {
    Event event =
        new Event(kind, row.key(), Stamp.of(row.time(), device, sequence), columns, row.values());
    rows.receive(table, event)
        .change(kind)
        .ifPresent(change -> changes.add(table, row.key(), change, Change.Origin.REMOTE));
  }

  private void applyWhole(
      EventRun run, TableInfo table, List<ColumnInfo> columns, int device, long sequence) {
    for (int from = 0; from < run.rows().size(); from += BATCH_ROWS) {
      List<RowEvent> batch =
          run.rows().subList(from, Math.min(from + BATCH_ROWS, run.rows().size()));
      int[] written = writeBatch(batch, table, columns, device, sequence);
      for (int i = 0; i < written.length; i++) {
        if (written[i] == 0) {
          merge(RunKind.PUT, batch.get(i), table, columns, device, sequence);
        } else {
          changes.add(table, batch.get(i).key(), Change.Kind.PUT, Change.Origin.REMOTE);
        }
      }
    }
  }

  private int[] writeBatch(
      List<RowEvent> batch, TableInfo table, List<ColumnInfo> columns, int device, long sequence) {
    // What is outranked must be read first while something of it may have to be sent.
    boolean outranking = journal.isEmpty() && table.cells() < COMPARABLE_CELLS;
    TableStatements statements = tables.of(table);
    Statement insert = outranking ? statements.insertOrOutrank() : statements.insertIfNew();
    int[] parameters = columns.stream().mapToInt(column -> column.cell() + 2).toArray();
    for (RowEvent row : batch) {
      insert.bind(1, row.key());
      insert.bind(2, RowMeta.uniform(table.cells(), row.time().bits(), device, sequence));
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
}
