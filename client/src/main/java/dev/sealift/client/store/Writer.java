package dev.sealift.client.store;

import dev.sealift.client.compact.StepRange;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.List;
import java.util.Optional;
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
  private final ExpiredFiles expired;
  private final Views views;
  private final Asides asides;
  private final Losers losers;
  private final PartOps ops;
  private final Unplaced unplaced;
  private final Places places;
  private final Guards guards;
  private final Judged judged;
  private final KeptRules rules;
  private final AppVersion version;
  private final ChangeCollector changes = new ChangeCollector();
  private final OpenTransaction transaction;
  private final OnlineTables online;
  private final LocalWriter local;
  private final SearchIndexes search;
  private final RuleKeeper rowRules;
  private final SchemaWriter schema;
  private final RemoteWriter remote;
  private final Restamp restamp;
  private final Unpack unpack;
  private final PendAgain pendAgain;
  private final Refold refold;
  private final SeenFiles seenFiles;
  private final Sweeping sweeping;
  private final Rising rising;
  private final TakeOver takeOver;
  private final KeepPolicies policies;
  private final History history;
  private final StepMark mark;
  private final StepStaging staging;
  private final StepWriter step;
  private final StepRows stepRows;
  private final Wiping wiping;
  private final UndoLog undoLog;
  private final Undoing undoing;

  Writer(Db db, DeviceId self, LongSupplier meshMillis, Lenses lenses) {
    this.db = db;
    lenses.register(db);
    devices = new Devices(db, self);
    catalog = new Catalog(db);
    tables = new Tables(db);
    settings = new Settings(db);
    rules = new KeptRules(settings);
    version = new AppVersion(settings);
    mark = new StepMark(settings);
    log = new FileLog(db, devices, rules::cutOffMillis);
    seenFiles = new SeenFiles(db, devices, log);
    expired = new ExpiredFiles(db);
    views = new Views(db, devices);
    journal = new Journal(db, seenFiles);
    time = new LocalTime(settings, journal, rules::clockBoundMillis, meshMillis);
    Compounds compounds = new Compounds(db);
    asides = new Asides(db, compounds);
    losers = new Losers(db);
    unplaced = new Unplaced(db, devices, seenFiles);
    places = new Places(db, rules, devices, unplaced, log);
    ops = new PartOps(db, places, seenFiles);
    guards = new Guards(db, devices);
    judged = new Judged(db);
    LoserNames names = new LoserNames(devices);
    RowMerge merge = new RowMerge(devices, rules::cutOffMillis);
    Rendering rendering = new Rendering(devices);
    RowMerger rows = new RowMerger(
        tables, journal, log, asides, losers, compounds, ops, rendering, unplaced, places, merge);
    policies = new KeepPolicies(db, catalog, tables, rules);
    Feeds feeds = new Feeds(db, changes);
    Judge judge = new Judge(catalog, rows, devices, log, judged, policies.lifetimes());
    history = new History(db, catalog, policies, feeds, judge);
    undoLog = new UndoLog(db);
    Tracking tracking =
        new Tracking(rows, rendering, log, journal, policies, undoLog, time, places);
    online = new OnlineTables(db, catalog, tables);
    transaction = new OpenTransaction(rows, journal, devices, guards, seenFiles);
    local = new LocalWriter(
        catalog,
        tables,
        rows,
        journal,
        compounds,
        ops,
        rendering,
        losers,
        time,
        places,
        changes,
        policies,
        feeds,
        tracking,
        transaction,
        online);
    search = new SearchIndexes(db, catalog, tables);
    rowRules = new RuleKeeper(db, catalog, local, rows, devices);
    undoing = new Undoing(catalog, rows, local, undoLog, time, rowRules, online);
    schema = new SchemaWriter(
        db, catalog, tables, local, search, version, mark, rowRules, policies, online);
    schema.load();
    remote = new RemoteWriter(
        catalog,
        tables,
        rows,
        asides,
        losers,
        log,
        names,
        changes,
        schema,
        places,
        judge,
        guards,
        seenFiles,
        policies.lifetimes());
    OwnStamps stamps = new OwnStamps(log);
    stepRows =
        new StepRows(catalog, rows, devices, stamps, losers, history, feeds, changes, schema);
    staging = new StepStaging(db, devices);
    step = new StepWriter(
        mark, staging, catalog, log, places, judged, policies, history, losers, asides, journal,
        ops, guards, remote, stamps);
    wiping = new Wiping(db, catalog);
    restamp = new Restamp(db, catalog, tables, rows, compounds, undoLog, guards, seenFiles);
    unpack = new Unpack(catalog, rows, journal, ops, names, seenFiles);
    pendAgain = new PendAgain(db, catalog, journal);
    refold = new Refold(
        db,
        catalog,
        rows,
        remote,
        log,
        asides,
        unplaced,
        journal,
        ops,
        seenFiles,
        guards,
        judge,
        names,
        policies.lifetimes(),
        this::source);
    sweeping = new Sweeping(db, catalog, rows, log, losers, journal, policies.lifetimes(), changes);
    rising = new Rising(places, seenFiles, unplaced, log);
    takeOver = new TakeOver(rows, remote, log, devices, unplaced, seenFiles, rising, restamp);
  }

  /** Local writes up to now are read, to be packed. */
  void readingPending() {
    journal.reading(time.last());
  }

  void useRules(SpaceRules newRules) {
    rules.use(newRules);
    time.useBound();
  }

  KeptRules rules() {
    return rules;
  }

  AppVersion version() {
    return version;
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

  Places places() {
    return places;
  }

  LocalWriter local() {
    return local;
  }

  OnlineTables online() {
    return online;
  }

  OpenTransaction transaction() {
    return transaction;
  }

  SchemaWriter schema() {
    return schema;
  }

  RuleKeeper rowRules() {
    return rowRules;
  }

  StepMark mark() {
    return mark;
  }

  /** Refuses what would be written where it cannot be. */
  void requireWritable() {
    version.requireNewEnough();
    mark.requireWritable();
  }

  StepWriter step() {
    return step;
  }

  StepRows stepRows() {
    return stepRows;
  }

  Wiping wiping() {
    return wiping;
  }

  UndoLog undoLog() {
    return undoLog;
  }

  Undoing undoing() {
    return undoing;
  }

  KeepPolicies policies() {
    return policies;
  }

  ChangeCollector changes() {
    return changes;
  }

  /**
   * Dismisses a loser, also of what is hidden.
   *
   * @return whether there is one
   */
  boolean dismiss(LostValue lost) {
    TableInfo table = catalog.table(lost.wire());
    if (table == null) {
      throw LocalWriter.unknownTable();
    }
    int cell = lost.wireColumn().isEmpty()
        ? RowState.MARKER
        : table.requireColumn(lost.wireColumn(), lost.kind().orElse(null)).cell();
    Optional<Loser> found = losers.find(
        table, new Loser(lost.key(), cell, lost.time().bits(), devices.number(lost.device())));
    found.ifPresent(loser -> journal.addDismissal(this.time.tick(), table, loser, log.position()));
    changes.addUnseen();
    return found.isPresent();
  }

  Statement select(TableInfo table) {
    return tables.of(table).selectShown();
  }

  /** One more operation of a batch begins. */
  void start() {
    seenFiles.forgetReaches();
  }

  void apply(RemoteFile file) {
    List<Unplaced.Row> shown = placed(file.entry().file());
    RemoteWriter.Source source = source(file.entry(), false);
    remote.apply(file.runs(), source);
    note(file.runs(), source);
    settle(shown);
    time.observe(file.newest());
    reviewed(file.entry());
  }

  /** See {@link Batch#recordExpired}. */
  void applyExpired(RemoteFile file) {
    expired.add(file.entry().sequence(), file.expiresAtMillis());
    mark.noteUnkept();
    settle(placed(file.entry().file()));
    reviewed(file.entry());
  }

  /** The file's events do not only wait for a place any more. Rows that show some. */
  private List<Unplaced.Row> placed(FileId file) {
    return unplaced.isEmpty() && seenFiles.isEmpty()
        ? List.of()
        : log.displaced(file).map(this::forget).orElse(List.of());
  }

  private List<Unplaced.Row> forget(long displaced) {
    rising.placed(displaced);
    List<Unplaced.Row> shown = unplaced.forget(displaced);
    seenFiles.forget(displaced);
    return shown;
  }

  /** See {@link Batch#takeOver}. */
  void takeOver(HandedFile file) {
    takeOver.take(file);
    time.observeUnplaced(file.newest());
  }

  void refuseDisplaced(long id) {
    log.refuseDisplaced(id);
    if (seenFiles.refuse(id)) {
      settle(unplaced.forget(id));
      resetTime();
    }
  }

  /** What a step brings of the log takes effect. */
  void append(StepRange range) {
    List<Long> placed = staging.displaced();
    step.append(range, rules.current().reviewWindowMillis());
    if (range.isFull()) {
      expired.rewind(0);
      sweeping.clear();
    }
    placed.forEach(this::forget); // their rows are shown anew at the end
  }

  /** All of a step was taken. What was declared meanwhile is told to the space. */
  void endStep() {
    step.end(places.lastServerTimeMillis() - rules.current().reviewWindowMillis());
    if (schema.held().tell(log.position())) {
      changes.addUnseen();
    }
  }

  void keepPart(int number, byte[] plaintext) {
    MadeParts.put(db, number, plaintext);
  }

  void forgetParts() {
    MadeParts.clear(db);
  }

  Views views() {
    return views;
  }

  void putCompaction(HeldCompaction held) {
    HeldCompactions.put(db, held);
  }

  void forgetCompaction(HeldCompaction held) {
    HeldCompactions.forget(db, held);
  }

  /** A file that was fetched to take a step. */
  void fetched(FetchedFile file) {
    Fetched.put(db, file);
  }

  void forgetFetched(long sequence) {
    Fetched.remove(db, sequence);
  }

  void forgetFetched() {
    Fetched.clear(db);
  }

  /** What came directly and has no place holds the clock up no more. */
  private void resetTime() {
    resetTime(restamp.last());
  }

  /** Own writes go above what came directly, as long as the log may have that yet. */
  private void resetTime(HybridTime lastOwn) {
    time.reset(HybridTime.max(lastOwn, seenFiles.lastTime()));
  }

  private void settle(List<Unplaced.Row> rows) {
    rows.forEach(row -> remote.settle(catalog.byId(row.table()), row.row()));
  }

  /** See {@link Batch#removeDisplaced}. */
  void removeDisplaced(long id) {
    settle(unplaced.forget(id));
    if (seenFiles.forget(id)) {
      resetTime();
    }
    log.removeDisplaced(id);
  }

  private RemoteWriter.Source source(LogEntry entry, boolean own) {
    return source(entry, own, true);
  }

  private RemoteWriter.Source source(LogEntry entry, boolean own, boolean counts) {
    return new RemoteWriter.Source(
        devices.number(entry.author()),
        own,
        entry.sequence(),
        entry.serverTimeMillis(),
        places.of(entry),
        entry.serverTimeMillis() - rules.cutOffMillis(),
        counts);
  }

  /** The log has gone on to a file. */
  void passed(LogEntry entry) {
    remote.settleDead(entry.serverTimeMillis());
  }

  private void note(List<EventRun> runs, RemoteWriter.Source source) {
    history.note(runs, source, rules.current().reviewWindowMillis());
  }

  private void reviewed(LogEntry entry) {
    long sinceMillis = entry.serverTimeMillis() - rules.current().reviewWindowMillis();
    losers.forgetBefore(sinceMillis);
    history.forgetBefore(sinceMillis);
  }

  /** Whether a file of this device's own is to be applied with its events when its place is noted. */
  boolean needsOwnEvents(LogEntry entry) {
    return log.times(entry.counter(), entry.file())
        .filter(times -> policies.isMentioned() || remote.needsOwn(times, source(entry, true)))
        .isPresent();
  }

  /** The file of this device's own at the position has its place. */
  void applyOwn(RemoteFile file, List<EventRun> runs) {
    LogEntry entry = file.entry();
    boolean counts = file.keepsExpiry(policies.lifetimes().byLog());
    RemoteWriter.Source source = source(entry, true, counts);
    long last = log.lastOwnTime(entry.sequence());
    if (last != log.lastAdmitted()) {
      remote.applyOwn(runs, new HybridTime(last), source);
      journal.forgetOvertaken(last);
      ops.forget(last);
      guards.forget(last);
      if (runs.isEmpty()) {
        losers.dismissed(last);
      } else {
        losers.forgetDismissals(last); // they were among the events, each in its turn
      }
      log.admitted();
    }
    note(counts ? runs : List.of(), source);
    reviewed(entry);
  }

  /** Puts back the events of all files from {@code fromCounter} on. */
  void unpack(long fromCounter, List<EventRun> runs) {
    log.withdrawFrom(fromCounter);
    long held = Math.max(Unpack.lastOfTransactions(runs), journal.lastWhole());
    runs.forEach(run -> unpack.putBack(run, held));
    journal.flush();
    journal.load();
  }

  /** See {@link Batch#rewind}. */
  void rewind(long size, long common, Opener opener) {
    boolean goesBack = size < log.position();
    boolean refolds = goesBack && log.keepsAll() && !sweeping.isBeyond(size);
    boolean lacks = goesBack && !refolds && (mark.hasUnkept() || sweeping.isBeyond(size));
    if (refolds || lacks) {
      refold.begin(size, common);
    }
    rewind(size, common, opener, refolds, lacks);
  }

  /** See {@link Batch#beginAnew}. */
  void beginAnew(Opener opener) {
    long common = log.position();
    refold.beginWithAll(common);
    rewind(0, common, opener, true, false);
    mark.clear();
    sweeping.clear();
  }

  private void rewind(long size, long common, Opener opener, boolean refolds, boolean lacks) {
    journal.rewind(db, common);
    ops.rewind(db, common);
    history.rewind(size);
    undoLog.rewind(common);
    log.displace(size);
    if (refolds || lacks) {
      refold.take(opener);
    }
    places.rewind(size);
    judged.rewind(size);
    seenFiles.forgetReaches();
    List<FileLog.Times> unkept = log.rewind(size);
    expired.rewind(size);
    places.load();
    asides.load();
    if (!unkept.isEmpty()) {
      pendAgain.pend(unkept);
    }
    if (refolds) {
      refold.run(opener);
      remote.settleRemovals(Long.MAX_VALUE); // some are not dead any more
    } else if (lacks) {
      refold.leave();
      mark.unknown(size);
    }
    step.rewind(size);
    HeldCompactions.rewind(db, size);
    views.rewind(common);
  }

  int restampAhead(long meshMillis) {
    long aheadMillis = Math.max(0, journal.lastTime().millis() - meshMillis);
    Restamp.Moved moved = restamp.move(time.latest(meshMillis), aheadMillis, time.seen());
    journal.load();
    resetTime(moved.last());
    return moved.entries();
  }

  int restampBehind(long shiftMillis, long floorMillis) {
    if (journal.isEmpty()) {
      return 0;
    }
    Restamp.Moved moved =
        restamp.raise(shiftMillis, HybridTime.of(Math.max(0, floorMillis), 0), journal.count());
    journal.load();
    resetTime(moved.last());
    return moved.entries();
  }

  /** Whether the commits from now on wait for the disk. */
  void syncCommits(boolean synced) {
    db.syncCommits(synced);
  }

  void commit() {
    if (!mark.isThere()) {
      sweeping.sweep(places.lastServerTimeMillis());
    }
    settle(takeOver.end());
    rise();
    schema.refreshVersion();
    schema.widenAgain(log.position());
    journal.flush();
    undoLog.keep();
    catalog.refreshViews();
    search.refresh();
    rowRules.refresh();
    db.commit();
    schema.held().commit();
  }

  private void rise() {
    Rising.Risen risen = rising.end();
    settle(risen.rows());
    risen.lowestOwn().ifPresent(remote::settleContested);
  }

  /** Copies what the write-ahead log has into the database, as far as nobody reads an older state: the next commit begins it anew. */
  void emptyLog() {
    db.checkpoint();
  }

  /** Nothing of the batch is left, in the database or here. */
  void rollback() {
    journal.forget();
    history.forget();
    stepRows.forget();
    step.forget();
    transaction.clear();
    takeOver.forget();
    changes.clear();
    tables.clear();
    db.rollback();
    devices.load();
    rules.load();
    catalog.load();
    policies.load();
    undoLog.load();
    online.load();
    search.reload();
    schema.reload();
    rowRules.reload();
    log.load();
    asides.load();
    losers.load();
    unplaced.load();
    seenFiles.load();
    places.load();
    rising.load();
    sweeping.load();
    mark.load();
    journal.load();
    time.load(journal);
  }

  @Override
  public void close() {
    db.close();
  }
}
