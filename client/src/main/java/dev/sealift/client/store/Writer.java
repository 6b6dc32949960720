package dev.sealift.client.store;

import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Everything that writes, on the one connection that does. For one thread at a time; {@link Batch} sees to that, and to
 * commit and rollback.
 */
final class Writer implements AutoCloseable {
  private final Db db;
  private final Devices devices;
  private final Catalog catalog;
  private final Tables tables;
  private final Settings settings;
  private final Journal journal;
  private final LocalTime time;
  private final FileLog log;
  private final RowMerger rows;
  private final ChangeCollector changes = new ChangeCollector();
  private final LocalWriter local;
  private final SchemaWriter schema;
  private final RemoteWriter remote;
  private final Restamp restamp;
  private final Unpack unpack;
  private final PendAgain pendAgain;

  Writer(Db db, DeviceId self, long clockBoundMillis, LongSupplier meshMillis) {
    this.db = db;
    devices = new Devices(db, self);
    catalog = new Catalog(db);
    tables = new Tables(db);
    settings = new Settings(db);
    journal = new Journal(db);
    time = new LocalTime(settings, journal, clockBoundMillis, meshMillis);
    log = new FileLog(db, devices);
    RowMerge merge = new RowMerge(devices);
    rows = new RowMerger(tables, journal, merge);
    local = new LocalWriter(catalog, tables, rows, journal, time, changes);
    schema = new SchemaWriter(catalog, tables, local);
    remote = new RemoteWriter(catalog, tables, rows, journal, changes, schema);
    restamp = new Restamp(db, catalog, tables, rows, merge);
    unpack = new Unpack(catalog, rows, journal);
    pendAgain = new PendAgain(db, catalog, journal);
  }

  Catalog catalog() {
    return catalog;
  }

  Settings settings() {
    return settings;
  }

  Journal journal() {
    return journal;
  }

  LocalTime time() {
    return time;
  }

  FileLog log() {
    return log;
  }

  LocalWriter local() {
    return local;
  }

  SchemaWriter schema() {
    return schema;
  }

  ChangeCollector changes() {
    return changes;
  }

  Statement select(TableInfo table) {
    return tables.of(table).selectShown();
  }

  void apply(RemoteFile file) {
    long sequence = file.entry().sequence();
    int author = devices.number(file.entry().author());
    for (EventRun run : file.runs()) {
      remote.apply(run, author, sequence);
    }
    time.observe(file.newest());
  }

  /** Puts back the events of all files from {@code fromCounter} on. */
  void unpack(long fromCounter, List<EventRun> runs) {
    log.withdrawFrom(fromCounter);
    runs.forEach(unpack::putBack);
    journal.flush();
  }

  /** See {@link Batch#rewind}. */
  void rewind(long size) {
    journal.rewind(db, size);
    List<FileLog.Times> unkept = log.rewind(size);
    if (!unkept.isEmpty()) {
      pendAgain.pend(unkept);
    }
  }

  int restampAhead(long meshMillis) {
    long aheadMillis = Math.max(0, journal.lastTime().millis() - meshMillis);
    Restamp.Moved moved = restamp.move(time.latest(meshMillis), aheadMillis, time.seen());
    journal.load();
    time.reset(moved.last());
    return moved.entries();
  }

  /** Whether the commits from now on wait for the disk. */
  void syncCommits(boolean synced) {
    db.syncCommits(synced);
  }

  void commit() {
    journal.flush();
    catalog.refreshViews();
    db.commit();
  }

  /** Nothing of the batch is left, in the database or here. */
  void rollback() {
    journal.forget();
    changes.clear();
    tables.clear();
    db.rollback();
    devices.load();
    catalog.load();
    log.load();
    journal.load();
    time.load(journal);
  }

  @Override
  public void close() {
    db.close();
  }
}
