package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;

/**
 * Notes every event of the log, as the log comes to it, of tables that keep more than what they show: one line for each column that it writes, or one for the row when it writes none.
 * A function of the log alone, so alike on all devices that hold as much of it: what is noted begins where the log says that it is to be kept.
 */
final class History {
  private static final int UNWRITTEN_LINES = 256;

  private final Db db;
  private final Catalog catalog;
  private final KeepPolicies policies;
  private final Feeds feeds;
  private final Judge judge;
  private final Statement insert;
  private final Statement clear;
  private final Statement prune;
  private int unwritten;

  /** Of an event among those of its file. */
  private int place;

  History(Db db, Catalog catalog, KeepPolicies policies, Feeds feeds, Judge judge) {
    this.db = db;
    this.catalog = catalog;
    this.policies = policies;
    this.feeds = feeds;
    this.judge = judge;
    insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_history(tbl, key, t, device, sequence, place, cell, op, server_time, value)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    clear = db.prepare("DELETE FROM _sealift_history WHERE tbl = ? AND key = ?");
    prune = db.prepare("DELETE FROM _sealift_history WHERE tbl = ? AND server_time < ?");
  }

  /** Notes what a file of the log has, after it was applied; nothing of transactions that were not merged. */
  void note(List<EventRun> runs, RemoteWriter.Source source, long windowMillis) {
    if (!policies.isMentioned()) {
      return;
    }
    place = 0;
    judge.eachJudged(runs, source, (run, outcome) -> {
      if (outcome == Judge.Outcome.MERGED) {
        note(run, source, windowMillis);
      }
    });
    flush();
  }

  private void note(EventRun run, RemoteWriter.Source source, long windowMillis) {
    for (RowEvent event : run.rows()) {
      if (SchemaTable.NAME.equals(run.table())) {
        declare(run, event, source, windowMillis);
      } else if (run.kind() != RunKind.DISMISS) {
        note(run, event, source);
      }
      place++;
    }
  }

  private void declare(
      EventRun run, RowEvent event, RemoteWriter.Source source, long windowMillis) {
    if (source.isLate(run, event)) {
      return;
    }
    String kept = SchemaTable.keptTableOf(event.key());
    if (kept != null) {
      said(run, event, SchemaTable.TYPE)
          .flatMap(KeepPolicies::parse)
          .ifPresent(keep -> declare(kept, keep, source, windowMillis));
    }
    String limited = SchemaTable.lifetimeTableOf(event.key());
    if (limited != null) {
      said(run, event, SchemaTable.POSITION)
          .flatMap(Lifetimes::parse)
          .ifPresent(millis -> policies.declaredInLog(limited, millis, source.sequence()));
    }
  }

  private static Optional<Value> said(EventRun run, RowEvent event, String columnName) {
    int column = run.columns().indexOf(columnName);
    return column < 0 ? Optional.empty() : Optional.of(event.values().get(column));
  }

  private void declare(String name, Keep keep, RemoteWriter.Source source, long windowMillis) {
    flush();
    TableInfo table = catalog.table(name);
    if (table != null && policies.byLog(name) == Keep.WINDOW) {
      prune(table, source.serverTimeMillis() - windowMillis); // before that ends to be so
    }
    if (policies.declaredInLog(name, keep, source.sequence())) {
      catalog.outdateViews();
    }
  }

  private void note(EventRun run, RowEvent event, RemoteWriter.Source source) {
    Keep keep = policies.byLog(run.table());
    TableInfo table = catalog.table(run.table());
    if (!keep.hasHistory() || table == null) {
      return;
    }
    insert.bind(1, table.id()).bind(2, event.key()).bind(3, event.time().bits());
    insert.bind(4, source.author()).bind(5, source.sequence()).bind(6, place);
    insert.bind(8, Journal.code(run.kind())).bind(9, source.serverTimeMillis());
    List<ColumnInfo> columns = RemoteWriter.columns(run, table);
    if (columns.isEmpty()) {
      add(RowState.MARKER, Value.NULL);
    }
    for (int i = 0; i < columns.size(); i++) {
      add(columns.get(i).cell(), event.values().get(i));
    }
    if (keep == Keep.FEED) {
      feeds.note(table, run, event, source);
    }
  }

  /** Nothing of a row's history is in what the log has, but for what is added to it. */
  void clear(TableInfo table, String key) {
    clear.bind(1, table.id()).bind(2, key).run();
  }

  /** A line as the log has it. */
  void add(TableInfo table, String key, CarriedRow.Line line, int device, int cell) {
    insert.bind(1, table.id()).bind(2, key).bind(3, line.time());
    insert.bind(4, device).bind(5, line.sequence()).bind(6, line.inFile());
    insert.bind(8, Journal.code(line.kind())).bind(9, line.serverTimeMillis());
    add(cell, line.value());
  }

  private void add(int cell, Value value) {
    insert.bind(7, cell).bind(10, value).addToBatch();
    unwritten++;
    if (unwritten == UNWRITTEN_LINES) {
      flush();
    }
  }

  void flush() {
    if (unwritten > 0) {
      insert.runBatch();
      unwritten = 0;
    }
  }

  /** After a rollback: what waits is not to be written. */
  void forget() {
    insert.clearBatch();
    unwritten = 0;
  }

  /** Forgets what is older than {@code sinceMillis} of tables that keep no more than a window. */
  void forgetBefore(long sinceMillis) {
    policies.byLog().forEach((name, keep) -> {
      TableInfo table = catalog.table(name);
      if (keep == Keep.WINDOW && table != null) {
        prune(table, sinceMillis);
      }
    });
  }

  /** Forgets what is older than {@code sinceMillis} of a table. */
  void prune(TableInfo table, long sinceMillis) {
    prune.bind(1, table.id()).bind(2, sinceMillis).run();
  }

  /** The log has no more than {@code size} files left; before it forgets the others. Files that come again are noted again. */
  void rewind(long size) {
    if (policies.isMentioned()) {
      catalog.outdateViews();
      try (Statement delete = db.prepare("DELETE FROM _sealift_history WHERE sequence > ?")) {
        delete.bind(1, size).run();
      }
      policies.rewind(size);
      feeds.rewind(size);
    }
  }
}
