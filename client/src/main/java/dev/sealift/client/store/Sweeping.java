package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Lifetimes.Over;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Forgets what is over of tables whose events count for a lifetime, so that apps do not see it any more. Whoever compares or digests rows leaves it out by himself ({@link Living}), so it does not matter when this is done, and it is not
 * done for each file: a table of more than {@value #FEW_ROWS} rows is gone through once in a {@value #A_LIFETIME}th of its lifetime, by the time in the log.
 */
final class Sweeping {
  private static final int A_LIFETIME = 64;

  /** So many are gone through in a fraction of a millisecond. */
  private static final int FEW_ROWS = 256;

  /** Rows looked up at a time. */
  private static final int CHUNK_ROWS = 512;

  private final Db db;
  private final Catalog catalog;
  private final RowMerger rows;
  private final FileLog log;
  private final Losers losers;
  private final Journal journal;
  private final LifetimePolicies lifetimes;
  private final ChangeCollector changes;

  /** By tables: the server time at which they were gone through last. */
  private final Map<String, Long> swept = new HashMap<>();

  /** How many rows they had then, as far as this process went through them. */
  private final Map<String, Long> rowCounts = new HashMap<>();

  /** The highest server time at which something was forgotten. */
  private long forgotMillis;

  Sweeping(
      Db db,
      Catalog catalog,
      RowMerger rows,
      FileLog log,
      Losers losers,
      Journal journal,
      LifetimePolicies lifetimes,
      ChangeCollector changes) {
    this.db = db;
    this.catalog = catalog;
    this.rows = rows;
    this.log = log;
    this.losers = losers;
    this.journal = journal;
    this.lifetimes = lifetimes;
    this.changes = changes;
    load();
  }

  /** As the database has it. */
  void load() {
    swept.clear();
    forgotMillis = 0;
    try (Statement select = db.prepare("SELECT name, swept, forgot FROM _sealift_sweep")) {
      while (select.next()) {
        swept.put(select.text(1), select.integer(2));
        forgotMillis = Math.max(forgotMillis, select.integer(3));
      }
    }
  }

  /** Whether something was forgotten that is not over where the log has {@code size} files. */
  boolean isBeyond(long size) {
    try (Statement select =
        db.prepare("SELECT coalesce(max(server_time), 0) FROM _sealift_log WHERE sequence = ?")) {
      return select.bind(1, size).next() && select.integer(1) < forgotMillis;
    }
  }

  /** What the log makes of all rows is known anew. */
  void clear() {
    db.execute("DELETE FROM _sealift_sweep");
    load();
  }

  /** Before a commit; the log is where a server time is. */
  void sweep(long serverTimeMillis) {
    for (String name : lifetimes.byLog().tables()) {
      long lifetimeMillis = lifetimes.byLog().of(name).orElseThrow();
      long goneMillis = serverTimeMillis - swept.getOrDefault(name, 0L);
      TableInfo table = catalog.table(name);
      boolean few = rowCounts.getOrDefault(name, 0L) <= FEW_ROWS && goneMillis != 0;
      boolean due = few || goneMillis < 0 || goneMillis >= lifetimeMillis / A_LIFETIME;
      if (table != null && due) {
        sweep(table, lifetimes.over(name, Long.MAX_VALUE, serverTimeMillis), serverTimeMillis);
      }
    }
  }

  private void sweep(TableInfo table, Over over, long serverTimeMillis) {
    Predicate<Stamp> isOver = stamp -> over.is(stamp) && log.isLogged(stamp);
    boolean forgot = losers.forgetWritten(table, over);
    long count = 0;
    List<Found> chunk = after(table, Journal.NO_ROW);
    while (!chunk.isEmpty()) {
      for (Found row : chunk) {
        forgot |= forget(table, row, isOver);
      }
      count += chunk.size();
      chunk = after(table, chunk.get(chunk.size() - 1).row());
    }
    rowCounts.put(table.name(), count);
    noted(table, serverTimeMillis, forgot);
  }

  private record Found(long row, String key, RowState state) {}

  private List<Found> after(TableInfo table, long last) {
    List<Found> found = new ArrayList<>(CHUNK_ROWS);
    try (Statement select =
        db.prepare("SELECT _row, _key, _meta FROM " + TableSql.quoted(table.physical())
            + " WHERE _row > ? ORDER BY _row LIMIT " + CHUNK_ROWS)) {
      select.bind(1, last);
      while (select.next()) {
        found.add(new Found(select.integer(1), select.text(2), Stored.state(select.blob(3))));
      }
    }
    return found;
  }

  private boolean forget(TableInfo table, Found found, Predicate<Stamp> isOver) {
    RowMerger.Forgotten forgotten = rows.forget(table, found.key(), found.state(), isOver);
    forgotten
        .change()
        .ifPresent(kind -> changes.add(table, found.key(), kind, Change.Origin.REMOTE));
    if (forgotten.isEmpty() && journal.isEmpty()) { // nothing that waits to be sent names the row
      try (Statement delete =
          db.prepare("DELETE FROM " + TableSql.quoted(table.physical()) + " WHERE _row = ?")) {
        delete.bind(1, found.row()).run();
      }
    }
    return forgotten.any();
  }

  private void noted(TableInfo table, long serverTimeMillis, boolean forgot) {
    long last = forgot ? serverTimeMillis : 0;
    try (Statement note = db.prepare(
        "INSERT INTO _sealift_sweep(name, swept, forgot) VALUES (?1, ?2, ?3) ON CONFLICT(name)"
            + " DO UPDATE SET swept = ?2, forgot = max(forgot, ?3)")) {
      note.bind(1, table.name()).bind(2, serverTimeMillis).bind(3, last).run();
    }
    swept.put(table.name(), serverTimeMillis);
    forgotMillis = Math.max(forgotMillis, last);
  }
}
