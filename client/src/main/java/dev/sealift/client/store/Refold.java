package dev.sealift.client.store;

import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.Guard;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works out anew what the log makes of rows, for those that files beyond a size had a part in, when these lose their places: from the files that are left, which are kept. What
 * shows of those rows stays: of this device's own files because they wait again, of others' because they are {@link Unplaced}.
 *
 * <p>For one rewinding of the log: first {@link #take}, then the log goes back, then {@link #run}. One file is in memory at a time, and the keys are in a table. All of it
 * is in the writer's transaction, which holds up the app's writes for as long as opening all the files that are left takes.
 */
final class Refold {
  /** Rows looked up at a time. */
  private static final int CHUNK_ROWS = 512;

  private static final long NOT_DISPLACED = 0;

  /** Most keys of the log are none of those that were noted: 128 KiB tell without a look into the table. A power of two. */
  private static final int HASHES = 1 << 20;

  private final Db db;
  private final Catalog catalog;
  private final RowMerger rows;
  private final RemoteWriter remote;
  private final FileLog log;
  private final Asides asides;
  private final Unplaced unplaced;
  private final Journal journal;
  private final PartOps ops;
  private final SeenFiles files;
  private final Guards guards;
  private final Judge judge;
  private final LoserNames names;
  private final LifetimePolicies lifetimes;
  private final Sources sources;
  private final Set<Integer> tables = new HashSet<>();
  private final BitSet hashes = new BitSet(HASHES);
  private long size;
  private long common;
  private boolean all;

  Refold(
      Db db,
      Catalog catalog,
      RowMerger rows,
      RemoteWriter remote,
      FileLog log,
      Asides asides,
      Unplaced unplaced,
      Journal journal,
      PartOps ops,
      SeenFiles files,
      Guards guards,
      Judge judge,
      LoserNames names,
      LifetimePolicies lifetimes,
      Sources sources) {
    this.lifetimes = lifetimes;
    this.db = db;
    this.catalog = catalog;
    this.rows = rows;
    this.remote = remote;
    this.log = log;
    this.asides = asides;
    this.unplaced = unplaced;
    this.journal = journal;
    this.ops = ops;
    this.files = files;
    this.guards = guards;
    this.judge = judge;
    this.names = names;
    this.sources = sources;
  }

  /** A file as merging sees it. */
  interface Sources {
    RemoteWriter.Source of(LogEntry entry, boolean own);
  }

  /** What is done with the runs of one file. */
  private interface Work {
    void on(List<EventRun> runs, RemoteWriter.Source source);
  }

  private void eachFile(long first, long last, Opener opener, Work work) {
    for (long sequence = first; sequence <= last; sequence++) {
      log.sealed(sequence).ifPresent(kept -> {
        RemoteFile file = opener.open(kept.entry(), kept.header(), kept.payload());
        Lifetimes then = lifetimes.byLog();
        if (kept.own() ? file.keepsExpiry(then) : file.isConsistent(then)) {
          work.on(file.runs(), sources.of(kept.entry(), kept.own()));
        }
      });
    }
  }

  // Before the log goes back

  /**
   * It is to have {@code newSize} files.
   *
   * @param newCommon as of {@link Batch#rewind}
   */
  void begin(long newSize, long newCommon) {
    size = newSize;
    common = newCommon;
    all = false;
    tables.clear();
    hashes.clear();
    db.execute(
        "CREATE TEMP TABLE refolded(tbl INTEGER, key TEXT, row INTEGER, PRIMARY KEY(tbl, key)) WITHOUT ROWID");
    db.execute("CREATE INDEX temp.refolded_row ON refolded(tbl, row)");
  }

  /** It is about every row that there is: of what is not known which files made it. */
  void beginWithAll(long newCommon) {
    begin(0, newCommon);
    all = true;
  }

  /** Notes the keys that files beyond the size name, and keeps what they show. Others' are displaced already. */
  void take(Opener opener) {
    try (Statement note =
        db.prepare("INSERT OR IGNORE INTO refolded(tbl, key, row) VALUES (?, ?, ?)")) {
      eachFile(size + 1, log.position(), opener, (runs, source) -> {
        long transaction = 0;
        boolean refused = false;
        for (int i = 0; i < runs.size(); i++) {
          EventRun run = runs.get(i);
          refused = run.transaction() == transaction ? refused : isRefused(runs, i, source);
          transaction = run.transaction();
          if (run.kind() == RunKind.GUARD) {
            keepGuards(run, source);
          } else {
            take(run, source, refused, note);
          }
        }
      });
    }
  }

  /** This device's own wait to be judged again. */
  private void keepGuards(EventRun run, RemoteWriter.Source source) {
    TableInfo table = catalog.table(run.table());
    if (source.own() && table != null) {
      for (RowEvent event : run.rows()) {
        guards.add(run.transaction(), table, event.key(), Guard.of(event));
      }
    }
  }

  /** What the log had refused of others does not come to show before it is judged anew. This device's own waits as it did before it was. */
  private boolean isRefused(List<EventRun> file, int run, RemoteWriter.Source source) {
    return !source.own()
        && file.get(run).isOfTransaction()
        && judge.wasInConflict(WholeTransaction.at(file, run), source);
  }

  private void take(EventRun run, RemoteWriter.Source source, boolean refused, Statement note) {
    boolean dismisses = run.kind() == RunKind.DISMISS;
    TableInfo table = dismisses ? catalog.table(run.table()) : remote.require(run);
    if (table == null) {
      return;
    }
    tables.add(table.id());
    long file = source.own() ? NOT_DISPLACED : log.displaced(source.sequence());
    for (RowEvent event : run.rows()) {
      hashes.set(hash(table, event.key()));
      RowMerger.Found found = found(table, event.key());
      note.bind(1, table.id())
          .bind(2, event.key())
          .bind(3, found == null ? Journal.NO_ROW : found.row())
          .run();
      if (dismisses) {
        keepDismissal(table, event, run, source);
      } else if (found != null && !source.isLate(run, event) && !refused) {
        keep(table, found, event, run, source, file);
      }
    }
  }

  /** A row, also one that was forgotten since all of it was over: it is not any more. */
  private RowMerger.@Nullable Found found(TableInfo table, String key) {
    RowMerger.Found found = rows.findKept(table, key);
    if (found == null && lifetimes.byLog().of(table.name()).isPresent()) {
      rows.standAside(table, key);
      found = rows.findKept(table, key);
    }
    return found;
  }

  /** This device's own is one of those again that the log does not have yet. */
  private void keepDismissal(
      TableInfo table, RowEvent event, EventRun run, RemoteWriter.Source source) {
    if (source.own()) {
      names.named(table, event).stream()
          .findFirst()
          .ifPresent(loser -> journal.dismiss(event.time(), table, loser));
    }
  }

  private void keep(
      TableInfo table,
      RowMerger.Found found,
      RowEvent event,
      EventRun run,
      RemoteWriter.Source source,
      long file) {
    List<ColumnInfo> columns = RemoteWriter.columns(run, table);
    long time = event.time().bits();
    Stamp stamp = source.own()
        ? new Stamp(source.place(run, event), time, Devices.SELF, 0)
        : Unplaced.stamp(source.place(run, event), time, source.author());
    Event kept = new Event(run.kind(), event.key(), stamp, columns, event.values());
    long seen = Math.min(source.seen(run), common);
    long seenFiles = files.of(run.seenFiles());
    if (!source.own()) {
      unplaced.add(file, table, found.row(), kept, seen, seenFiles);
    } else if (run.kind().isPart()) {
      ops.put(
          table,
          found.row(),
          time,
          columns.get(0),
          run.kind(),
          seen,
          event.values().get(0),
          seenFiles);
    } else {
      RowMerger.Waiting waiting = new RowMerger.Waiting(kept, Seen.EVERYTHING);
      rows.keepOvertaken(table, found.row(), List.of(waiting), found.state());
    }
  }

  // Afterwards

  /** Folds the log's {@code size} files anew, as far as they are about what was noted, and shows what comes of it. */
  void run(Opener opener) {
    if (all) {
      db.execute("DELETE FROM _sealift_loser");
      catalog.tables().values().forEach(this::putAllAbsent);
    } else {
      db.execute("DELETE FROM _sealift_loser WHERE (tbl, key) IN (SELECT tbl, key FROM refolded)");
      asides.putAbsent(db, "(SELECT tbl, row FROM refolded WHERE row <> " + Journal.NO_ROW + ")");
    }
    if (!tables.isEmpty()) {
      fold(opener);
    }
    settleAll();
    db.execute("DROP TABLE refolded");
  }

  private void putAllAbsent(TableInfo table) {
    tables.add(table.id());
    asides.putAbsent(
        db,
        "(SELECT " + table.id() + " AS tbl, _row AS row FROM " + TableSql.quoted(table.physical())
            + ")");
  }

  /** Where not all files are held that would be folded: what was noted shows what it did, on top of what a step from the beginning is to put under it. */
  void leave() {
    try (Statement noted =
        db.prepare("SELECT tbl, key FROM refolded WHERE row <> " + Journal.NO_ROW)) {
      while (noted.next()) {
        rows.standAside(catalog.byId((int) noted.integer(1)), noted.text(2));
      }
    }
    db.execute("DROP TABLE refolded");
  }

  private void fold(Opener opener) {
    try (Statement noted = db.prepare("SELECT 1 FROM refolded WHERE tbl = ? AND key = ?")) {
      RemoteWriter.Wanted wanted =
          (table, key) -> hashes.get(hash(table, key)) && isThere(noted, table, key);
      RemoteWriter.Folded folded = (table, row) -> {}; // all that was noted is settled in the end
      eachFile(1, size, opener, (runs, source) -> remote.fold(runs, source, wanted, folded));
    }
  }

  private static boolean isThere(Statement noted, TableInfo table, String key) {
    noted.bind(1, table.id()).bind(2, key);
    try {
      return noted.next();
    } finally {
      noted.reset();
    }
  }

  private static int hash(TableInfo table, String key) {
    return (31 * key.hashCode() + table.id()) & (HASHES - 1);
  }

  private void settleAll() {
    for (int id : tables) {
      TableInfo table = catalog.byId(id);
      List<Long> chunk = rowsAfter(id, Journal.NO_ROW);
      while (!chunk.isEmpty()) {
        chunk.forEach(row -> remote.settle(table, row));
        chunk = rowsAfter(id, chunk.get(chunk.size() - 1));
      }
    }
  }

  private List<Long> rowsAfter(int table, long after) {
    List<Long> found = new ArrayList<>();
    String from = all
        ? "SELECT _row FROM " + TableSql.quoted(catalog.byId(table).physical()) + " WHERE _row > ?"
        : "SELECT row FROM refolded WHERE row > ? AND tbl = " + table;
    try (Statement select = db.prepare(from + " ORDER BY 1 LIMIT " + CHUNK_ROWS)) {
      select.bind(1, after);
      while (select.next()) {
        found.add(select.integer(1));
      }
    }
    return found;
  }
}
