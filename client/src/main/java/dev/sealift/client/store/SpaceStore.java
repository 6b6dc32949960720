package dev.sealift.client.store;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.BlockOrder;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.SpaceRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What a device keeps of one space, in one SQLite file.
 *
 * <p>Guarantees: a committed batch is on disk; a batch is there whole or not at all, also after a crash at any instruction; what is
 * kept of the log is what its files make in their order, and what is shown is that with the device's own writes on top. Does not guard against two processes with
 * the same file: the home's lock does.
 *
 * <p>Thread-safe. Writing is for one thread at a time, by {@link #batch}; reading goes beside it and sees what was
 * committed.
 */
public final class SpaceStore implements AutoCloseable {
  private static final long NO_TIMEOUT = 0;

  private final DeviceId self;
  private final Writer writer;
  private final Readers readers;
  private final Lenses lenses;
  private final LogBound logBound;
  private final ReentrantLock writing = new ReentrantLock();
  private final Tellings tellings = new Tellings();
  private volatile Map<String, TableInfo> tables;
  private volatile Declared declared = Declared.NOTHING;
  private volatile Consumer<ChangeSet> listener = changes -> {};
  private volatile boolean closed;
  private long generation;

  private SpaceStore(
      DeviceId self, Writer writer, Readers readers, Lenses lenses, LogBound logBound) {
    this.self = self;
    this.writer = writer;
    this.readers = readers;
    this.lenses = lenses;
    this.logBound = logBound;
    this.tables = writer.catalog().tables();
  }

  /**
   * Opens a space's file; makes it if there is none.
   *
   * @param self the device whose file it is
   * @param meshMillis the present estimate of the mesh's clock, in Unix milliseconds
   * @throws StoreException when the file is not this device's, damaged, or of a newer version
   */
  public static SpaceStore open(Path file, DeviceId self, LongSupplier meshMillis) {
    return open(new JdbcDriver(), file, self, meshMillis);
  }

  /** As above, on another SQLite than the JVM's. */
  public static SpaceStore open(Driver driver, Path file, DeviceId self, LongSupplier meshMillis) {
    return open(driver, file, self, meshMillis, LogBound.Limits.DEFAULT);
  }

  static SpaceStore open(
      Driver driver, Path file, DeviceId self, LongSupplier meshMillis, LogBound.Limits limits) {
    Db db = StoreFile.open(driver, file);
    try {
      Lenses lenses = new Lenses();
      Writer writer = new Writer(db, self, meshMillis, lenses);
      writer.commit();
      Readers readers = new Readers(() -> reader(driver, file, lenses));
      LogBound bound = new LogBound(file, writer, readers, limits);
      return new SpaceStore(self, writer, readers, lenses, bound);
    } catch (RuntimeException e) {
      db.close();
      throw e;
    }
  }

  private static Db reader(Driver driver, Path file, Lenses lenses) {
    Db db = driver.openReader(file);
    try {
      lenses.register(db);
      return db;
    } catch (RuntimeException e) {
      db.close();
      throw e;
    }
  }

  void add(ColumnSchema.Through through) {
    lenses.add(through.lens());
  }

  /**
   * Is told what each batch changed, after its commit and outside of it, on the thread that committed, in the order of its commits; also while that thread holds a lock, so the app is to hear of it by {@link #tellings}. Must not
   * throw.
   */
  public void onChange(Consumer<ChangeSet> newListener) {
    listener = newListener;
  }

  /** Tables that are written online only are written when this says so; always, if it is never said. Asked within batches: it must not block. */
  public void onlineWhen(BooleanSupplier isOnline) {
    writer.online().onlineWhen(isOnline);
  }

  /** Begins a unit of work, which is on the disk when it is committed; waits for the one that another thread has open. */
  public Batch batch() {
    return begin(true);
  }

  /**
   * Begins a unit of work that a power failure may take back, after its commit, as long as no {@link #batch} was committed behind it; it
   * never loses a part of it, or something before it. For what can be had again from the mesh, or is derived from what is on the disk.
   */
  public Batch batchUnsynced() {
    return begin(false);
  }

  private Batch begin(boolean synced) {
    if (writing.isHeldByCurrentThread()) {
      throw new IllegalStateException("this thread has a batch already; commit or close it first");
    }
    writing.lock();
    if (closed) {
      writing.unlock();
      throw Batch.closed();
    }
    try {
      writer.syncCommits(synced);
    } catch (RuntimeException e) {
      writing.unlock();
      throw e;
    }
    return new Batch(this, writer, declared, generation);
  }

  void requireWriter() {
    if (!writing.isHeldByCurrentThread()) {
      throw new IllegalStateException("a batch belongs to the thread that asked for it");
    }
  }

  boolean isSelf(DeviceId device) {
    return self.equals(device);
  }

  long nextGeneration() {
    generation++;
    return generation;
  }

  void committed(Declared nowDeclared) {
    declared = nowDeclared;
    tables = writer.catalog().tables();
    try {
      logBound.afterCommit();
    } finally {
      writing.unlock();
    }
  }

  void tell(ChangeSet changes) {
    listener.accept(changes);
  }

  /** By which the app is told of what becomes of this store. */
  public Tellings tellings() {
    return tellings;
  }

  void rolledBack() {
    writing.unlock();
  }

  /** The tables of the space as they are called here, by name; Sealift's own are not among them, nor those that were dropped. */
  public List<StoredTable> tables() {
    Map<String, TableInfo> now = tables;
    return now.values().stream()
        .filter(table -> TableInfo.find(now, table.label()) != null)
        .map(StoredTable::of)
        .sorted(Comparator.comparing(StoredTable::name))
        .toList();
  }

  static TableInfo requireTable(Map<String, TableInfo> tables, String name) {
    TableInfo table = TableInfo.find(tables, name);
    if (table == null) {
      throw LocalWriter.unknownTable();
    }
    return table;
  }

  /** Whether {@link #tables} has a table of this name. */
  public boolean hasTable(String name) {
    return TableInfo.find(tables, name) != null;
  }

  /** A row's values by column, nulls included, if the row is there. */
  public Optional<Map<String, Value>> get(String table, String key) {
    TableInfo info = requireTable(tables, table);
    return readers.read(
        reader -> ShownRow.read(info, reader.statement(TableSql.selectShown(info)), key));
  }

  /**
   * What a cell that holds several values has in it: of a multi-value register the winner first, then the others in the order of their bytes; of a set each value once, in that
   * order; updates in the order of their times; of a counter the total. Of a row that is not there nothing.
   */
  public List<Value> values(String table, String key, String columnName) {
    TableInfo info = requireTable(tables, table);
    ColumnInfo column = LocalWriter.requireCompound(info, columnName);
    return readers.read(reader -> {
      Statement select = reader.statement(TableSql.selectRow(info)).bind(1, key);
      try {
        if (!select.next()) {
          return List.of();
        }
        Map<Integer, DeviceId> devices = Devices.read(reader);
        Rendering rendering = new Rendering((a, b) -> devices.get(a).compareTo(devices.get(b)));
        CompoundCell cell = Compounds.read(reader, info, select.integer(1), Side.SHOWN)
            .getOrDefault(column.cell(), CompoundCell.EMPTY);
        return rendering.values(column.requireKind(), cell);
      } finally {
        select.reset();
      }
    });
  }

  /** All rows of a table in the order of their keys in UTF-8: the key, then the columns as they are shown. */
  public QueryResult scan(String table) {
    TableInfo info = requireTable(tables, table);
    Reader reader = readers.take();
    return result(reader, () -> reader.prepare(TableSql.scanShown(info)));
  }

  /** Rows behind a key, in the order of their keys in UTF-8: their values by column, as {@link #get} has them. */
  public Map<String, Map<String, Value>> page(String table, String afterKey, int most) {
    TableInfo info = requireTable(tables, table);
    return readers.read(
        reader -> ShownRow.page(info, reader.statement(TableSql.selectPage(info)), afterKey, most));
  }

  /** How many rows a table has. */
  public long count(String table) {
    TableInfo info = requireTable(tables, table);
    return number(TableSql.count(info));
  }

  /** As {@link #query(String, List, long)}, for as long as it takes. */
  public QueryResult query(String sql, List<Value> arguments) {
    return query(sql, arguments, NO_TIMEOUT);
  }

  /**
   * Asks SQLite.
   *
   * @param sql one statement that reads, over the tables by their names
   * @param arguments for its parameters, in their order
   * @param timeoutMillis after which reading the result fails; 0 for never
   * @throws StoreException {@code BAD_QUERY} or {@code NOT_A_QUERY}
   */
  public QueryResult query(String sql, List<Value> arguments, long timeoutMillis) {
    QueryGuard.requireOneQuery(sql);
    Reader reader = readers.take();
    return result(reader, () -> prepareQuery(reader, sql, arguments, timeoutMillis));
  }

  /**
   * The rows of a table that have all words of a text in their searchable columns, the best first.
   *
   * @param text words, each as it is, or as the beginning of one when it has a star behind it
   * @param most how many rows
   * @param timeoutMillis after which searching fails
   * @throws StoreException {@code BAD_SEARCH} when there is no word in the text, or too many, or the table has no searchable column
   */
  public List<SearchHit> search(String table, String text, int most, long timeoutMillis) {
    TableInfo info = requireTable(tables, table);
    Value query = Value.of(SearchText.toQuery(text));
    return readers.read(reader -> search(reader, info, query, most, timeoutMillis));
  }

  private static List<SearchHit> search(
      Reader reader, TableInfo table, Value query, int most, long timeoutMillis) {
    requireSearchable(reader, table);
    List<SearchHit> hits = new ArrayList<>();
    reader.allow(timeoutMillis);
    try (Statement select = reader.prepare(SearchSql.search(table))) {
      select.bind(1, query).bind(2, most);
      while (select.next()) {
        hits.add(SearchHit.of(select.text(1), select.text(2)));
      }
      select.reset();
    }
    return hits;
  }

  private static void requireSearchable(Reader reader, TableInfo table) {
    Statement select = reader.statement("SELECT 1 FROM sqlite_schema WHERE name = ?");
    select.bind(1, SearchSql.index(table));
    try {
      if (!select.next()) {
        throw new StoreException(
            StoreException.Code.BAD_SEARCH,
            "the table has no searchable column; declare one as searchable, or sync first");
      }
    } finally {
      select.reset();
    }
  }

  private static Statement prepareQuery(
      Reader reader, String sql, List<Value> arguments, long timeoutMillis) {
    Statement statement = reader.prepare(sql);
    try {
      QueryGuard.requireFitting(statement, arguments.size());
    } catch (StoreException e) {
      statement.close();
      throw e;
    }
    for (int i = 0; i < arguments.size(); i++) {
      statement.bind(i + 1, arguments.get(i));
    }
    if (timeoutMillis != NO_TIMEOUT) {
      reader.allow(timeoutMillis);
    }
    return statement;
  }

  /** The statement is prepared in the snapshot that it reads: else it could have other columns than it says. */
  private QueryResult result(Reader reader, java.util.function.Supplier<Statement> prepare) {
    boolean begun = false;
    try {
      reader.beginSnapshot();
      begun = true;
      return new QueryResult(readers, reader, prepare.get());
    } catch (RuntimeException e) {
      if (begun) {
        reader.endSnapshot();
      }
      readers.giveBack(reader);
      throw e;
    }
  }

  /**
   * What somebody wrote and lost to something whose author had not seen it, and nobody has reviewed: the oldest of it.
   *
   * @param most how much to read
   */
  public List<LostValue> inbox(int most) {
    return snapshot(
        (reader, then) -> new InboxReader(reader, then).read(reviewedSince(reader), most));
  }

  /** What the space fixed at its genesis, or is to fix; the usual rules as long as that is not known. */
  public SpaceRules rules() {
    return writer.rules().current();
  }

  /**
   * Values that do not fit what the app, or else the space, declares of their columns, by table, key and column.
   *
   * @param after the last of the page before; empty for the first page
   * @param most how many
   */
  public List<Misfit> misfits(Optional<Misfit> after, int most) {
    return snapshot((reader, then) -> new Misfits(reader, then).page(after.orElse(null), most));
  }

  /** How many there are; not those that lenses fail at, which only looking for them shows. Counts 10,000 rows of a table. */
  public long misfitCount() {
    return snapshot((reader, then) -> new Misfits(reader, then).count());
  }

  /** The version of the app that the space asks for, when this device's is older, so that nothing can be written here. */
  public Optional<Integer> missingVersion() {
    AppVersion version = writer.version();
    return version.isTooOld() ? Optional.of(version.minimum()) : Optional.empty();
  }

  /**
   * Rows that break a rule as they are shown now: by the rules' tables and columns, then by keys. Reads the rules' indexes from one end to the other.
   *
   * @param most how many
   */
  public List<RuleViolation> violations(int most) {
    long cutOffMillis = rules().cutOffMillis();
    return snapshot((reader, then) -> new ViolationReader(reader, then, cutOffMillis).read(most));
  }

  /**
   * How long until {@link Batch#answerRules} has something to look at, as of the last commit; {@code Long.MAX_VALUE} for never, as things are.
   *
   * @param nowMillis by the mesh's clock
   */
  public long untilRulesMillis(long nowMillis) {
    boolean held = writer.version().isTooOld() || writer.mark().isThere();
    return held ? RuleKeeper.NEVER : writer.rowRules().untilMillis(nowMillis);
  }

  /**
   * What was written to a row, the newest first: what the table keeps of it, what this device wrote that the log does not have yet, and what is there.
   *
   * @param columnName the only one that is asked for; empty for all, and for what was done to the row as such
   * @param after the last item of the page before
   */
  public List<HistoryItem> history(
      String tableName,
      String key,
      Optional<String> columnName,
      Optional<HistoryItem> after,
      int most) {
    TableInfo table = requireTable(tables, tableName);
    Set<Integer> cells = columnName.map(table::requireCells).orElse(Set.of());
    SpaceRules rules = rules();
    return snapshot(
        (reader, then) -> HistoryReader.read(reader, table, key, cells, after, most, rules));
  }

  /** How much is kept of what was written to a table. */
  public Keep keep(String table) {
    TableInfo info = requireTable(tables, table);
    return snapshot((reader, then) -> KeepPolicies.of(reader, then, info.name()));
  }

  /** How long what is written to a table counts, in milliseconds; empty where that is for good. */
  public Optional<Long> lifetimeMillis(String table) {
    TableInfo info = requireTable(tables, table);
    return snapshot((reader, then) -> LifetimePolicies.of(reader, then, info.name()));
  }

  /** Entries of a feed from an offset on, in the order of the log. */
  public List<FeedLine> feed(String table, long fromOffset, int most) {
    TableInfo info = requireTable(tables, table);
    return snapshot((reader, then) -> FeedReader.read(reader, info, fromOffset, most));
  }

  /** The offset of a feed's last entry; 0 when there is none. */
  public long lastOffset(String table) {
    TableInfo info = requireTable(tables, table);
    return readers.read(reader -> FeedReader.last(reader, info));
  }

  /** Entries that this device has appended and the log does not have yet, behind a key, in the order in which they were appended. */
  public List<FeedLine> feedWaiting(String table, String afterKey, int most) {
    TableInfo info = requireTable(tables, table);
    return snapshot((reader, then) -> FeedReader.waiting(reader, info, self, afterKey, most));
  }

  /** All of that which a device's transaction lost with. */
  public List<LostValue> inbox(DeviceId device, long transaction) {
    return snapshot((reader, then) ->
        new InboxReader(reader, then).read(reviewedSince(reader), device, transaction));
  }

  private long reviewedSince(Reader reader) {
    return FileLog.lastServerTime(reader) - writer.rules().current().reviewWindowMillis();
  }

  /** SHA-256 of what is visible; {@code Digests} has the encoding. */
  public Hash visibleDigest() {
    SpaceRules rules = rules();
    return snapshot((reader, then) -> Digests.visible(reader, then, rules));
  }

  /** SHA-256 of what merging makes of the log up to the position: the same on every device that holds it so far. */
  public Hash mergeDigest() {
    SpaceRules rules = rules();
    return snapshot((reader, then) -> Digests.mergeState(reader, then, rules));
  }

  /**
   * Makes what a compaction of the files from one on up to the position carries, from one state of the database. The same on every device that holds the log so far.
   *
   * @param opener of the files of that range, which are kept; of a compaction from the beginning none is opened
   * @param out takes the blocks, in their order
   * @return what it covers
   */
  public StepRange carry(long first, Opener opener, LogEdges edges, Consumer<Block> out) {
    return carry(first, opener, edges, BlockCutter::new, out);
  }

  StepRange carry(
      long first, Opener opener, LogEdges edges, Carrying.Cutting cutting, Consumer<Block> out) {
    SpaceRules rules = rules();
    return snapshot((reader, then) ->
        new Carrying(reader, then, rules, cutting, edges).carry(first, opener, out));
  }

  /**
   * Compares a compaction with the log that this store holds, up to its base or beyond.
   *
   * @param isMember whether a device was in the space as of the base
   * @param blocks what it carries
   * @return what differs first; empty when nothing does
   */
  public Optional<Difference> compare(
      StepRange range,
      Predicate<DeviceId> isMember,
      Opener opener,
      LogEdges edges,
      BlockSource blocks) {
    return compare(range, new BlockOrder(range), isMember, opener, edges, blocks);
  }

  Optional<Difference> compare(
      StepRange range,
      BlockOrder order,
      Predicate<DeviceId> isMember,
      Opener opener,
      LogEdges edges,
      BlockSource blocks) {
    SpaceRules rules = rules();
    StepBounds bounds = new StepBounds(rules, isMember);
    return snapshot((reader, then) -> {
      long baseMillis = FileLog.serverTimeAt(reader, range.base());
      CarrySource source = CarrySource.before(reader, rules, baseMillis);
      try (Comparison comparison =
          new Comparison(source, then, order, bounds, range, baseMillis, opener, edges)) {
        return comparison.compare(blocks);
      }
    });
  }

  /**
   * Whether this store can {@link #compare}: it has read the log at the base, so that what it makes of it does not come from the very compaction, and it has the files that tell which rows that carries, and which have changed since; and it is not further from it than the cut-off, for then what came
   * after the base may have been forgotten again.
   */
  public boolean canCompare(StepRange range) {
    long position = position();
    return position >= range.base()
        && range.base() > readers.read(StepMark::takenTo)
        && isOver(range.base())
        && isOver(position)
        && !unfinishedStep().isPresent()
        && readers.read(FileLog::lastServerTime) - serverTimeAt(range.base())
            <= rules().cutOffMillis()
        && holds(range.base() + 1, position)
        && (range.isFull() || holds(range.first(), range.base()));
  }

  /** Whether nothing counts there of what files up to a sequence held that came without it. */
  private boolean isOver(long sequence) {
    return readers.read(reader -> sequence == 0
        || ExpiredFiles.areOver(reader, sequence, FileLog.serverTimeAt(reader, sequence)));
  }

  private boolean holds(long first, long last) {
    String within = " WHERE sequence BETWEEN " + first + " AND " + last;
    return number("SELECT (SELECT count(*) FROM _sealift_file" + within
            + ") + (SELECT count(*) FROM _sealift_expired" + within + ")")
        == Math.max(0, last - first + 1);
  }

  /** Whether this store has what {@link #carry} asks for: all of those files, if it is not from the beginning of the log on, but for such as are over there. */
  public boolean canCarry(long first) {
    long position = position();
    return position >= first && isOver(position) && (first == 1 || holds(first, position));
  }

  /**
   * How far rows are ahead of the log, by a step that was begun and not taken to its end: the log is not applied then, and nothing can be written. Take the step again, one that leads as far in the same log, or one from the beginning.
   */
  public Optional<Long> unfinishedStep() {
    return stepMark().map(StepMark.Mark::base);
  }

  /** Whether only a step from the beginning mends that: the log that rows are ahead in is no more, or the files are not held that would tell what it made of them before. */
  public boolean needsFullStep() {
    return stepMark().filter(StepMark.Mark::onlyFull).isPresent();
  }

  Optional<StepMark.Mark> stepMark() {
    return writer.mark().present();
  }

  /** Files of a range as a compaction has them, as far as the log does. */
  List<CarriedFile> carriedFiles(StepRange range) {
    return readers.read(reader -> {
      List<CarriedFile> files = new ArrayList<>();
      Map<Integer, DeviceId> devices = Devices.read(reader);
      CarriedFiles.held(reader, number -> devices.get((int) number), range).each(files::add);
      return files;
    });
  }

  /**
   * Begins to take a step, or begins again.
   *
   * @param root of the log at the base, as the compaction says
   * @param isMember whether a device was ever in the space
   * @throws IllegalArgumentException when it does not begin where the store is, or does not mend what another one left
   */
  public Installing install(
      StepRange range, Hash root, StepRoots roots, Predicate<DeviceId> isMember) {
    return new Installing(this, range, root, roots, isMember, new BlockOrder(range));
  }

  /** @param most how heavy a block may be: for tests, as of {@link BlockCutter} */
  Installing install(
      StepRange range, Hash root, StepRoots roots, Predicate<DeviceId> isMember, int most) {
    return new Installing(this, range, root, roots, isMember, new BlockOrder(range, most));
  }

  /** Compactions that the log has brought, in its order, as far as they were kept. */
  public List<HeldCompaction> compactions() {
    return readers.read(HeldCompactions::all);
  }

  /** A part of a compaction that was made here. */
  public Optional<Bytes> part(int number) {
    return readers.read(reader -> MadeParts.get(reader, number));
  }

  /** The first file behind a sequence of those that were fetched to take a step. */
  public Optional<FetchedFile> fetched(long afterSequence) {
    return readers.read(reader -> Fetched.after(reader, afterSequence));
  }

  private <T> T snapshot(BiFunction<Reader, Collection<TableInfo>, T> work) {
    return snapshot(() -> {}, work);
  }

  /** @param first is done as the snapshot is taken, while nobody writes */
  private <T> T snapshot(Runnable first, BiFunction<Reader, Collection<TableInfo>, T> work) {
    Reader reader = readers.take();
    try {
      Map<String, TableInfo> then = beginSnapshot(reader, first);
      try {
        return work.apply(reader, then.values());
      } finally {
        reader.endSnapshot();
      }
    } finally {
      readers.giveBack(reader);
    }
  }

  /** The tables as the snapshot has them: no batch ends in between. */
  private Map<String, TableInfo> beginSnapshot(Reader reader, Runnable first) {
    writing.lock();
    try {
      first.run();
      reader.beginSnapshot();
      return tables;
    } finally {
      writing.unlock();
    }
  }

  /** When all events of a file that is made now are over, as its header may say; {@link RemoteFile#NEVER} of one that has others. */
  public long expiry(List<EventRun> runs) {
    return readers.read(reader -> Lifetimes.read(reader).expiry(runs));
  }

  /** How many local writes were not packed yet. */
  public long pendingCount() {
    return number("SELECT count(*) FROM _sealift_journal");
  }

  /** As {@link #pendingCount}, counting no further than {@code most}: cheap however many there are. */
  public long pendingUpTo(int most) {
    return number("SELECT count(*) FROM (SELECT 1 FROM _sealift_journal LIMIT " + most + ")");
  }

  /** Whether a local write of this time, or an earlier one, was not packed yet. */
  public boolean isPending(HybridTime upTo) {
    return number("SELECT coalesce(min(t), " + Long.MAX_VALUE + ") FROM _sealift_journal")
        <= upTo.bits();
  }

  /**
   * The oldest local writes that were not packed yet, as events.
   *
   * @param maxBytes how much to read, before compression, about
   */
  public PendingEvents takePending(long maxBytes) {
    return takePending(maxBytes, Long.MAX_VALUE);
  }

  /** As above, all that are older than one: the first that has a set of {@link #pendingSeenFiles}, for such a one is no part of a transaction that began before. */
  public PendingEvents takePendingBefore(HybridTime end) {
    return takePending(Long.MAX_VALUE, end.bits());
  }

  private PendingEvents takePending(long maxBytes, long end) {
    writing.lock();
    try {
      return new PendingEvents(this, generation, pendingCount(), maxBytes, end);
    } finally {
      writing.unlock();
    }
  }

  PendingWalk walk(long after, long before) {
    return snapshot(
        writer::readingPending,
        (reader, then) -> new PendingWalk(reader, then).take(after, before));
  }

  /** Others' files, without a place then, that had been seen by local writes that were not packed yet: by the time of the first of the writes. */
  public Map<HybridTime, List<DotRef>> pendingSeenFiles() {
    return readers.read(SeenFiles::pending);
  }

  /** How many files wait for their receipts. */
  public long outboxCount() {
    return number("SELECT count(*) FROM _sealift_outbox");
  }

  /** The files that wait for their receipts, oldest first. There are as many as their packer lets there be. */
  public List<OutboxFile> outbox() {
    return readers.read(FileLog::outbox);
  }

  /**
   * A file that waits for its receipt.
   *
   * @throws IllegalStateException when none does at this counter
   */
  public OutboxFile outboxFile(long counter) {
    return outbox().stream()
        .filter(file -> file.counter() == counter)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no file waits at this counter"));
  }

  /** Whether a file waits for its receipt. */
  public boolean isWaiting(long counter, FileId file) {
    return readers.read(reader -> FileLog.isWaiting(reader, counter, file));
  }

  /** Where the log has a file that this store packed, as far as is known. */
  public Optional<Long> ownSequence(long counter, FileId file) {
    return readers.read(reader -> FileLog.ownSequence(reader, counter, file));
  }

  /** Whether this store packed the file itself. */
  public boolean isOwn(long counter, FileId file) {
    return readers.read(reader -> FileLog.isOwn(reader, counter, file));
  }

  /** The last sequence that the store has, with everything before it; 0 at the beginning. */
  public long position() {
    return number("SELECT coalesce(max(sequence), 0) FROM _sealift_log");
  }

  /** The log from a sequence on. */
  public List<LogEntry> log(long firstSequence, int maxEntries) {
    return readers.read(reader -> FileLog.log(reader, firstSequence, maxEntries));
  }

  /** The files that are kept, without a gap from a sequence on: one at least if it is there, and as many as fit. */
  public List<KeptFile> files(long firstSequence, int maxFiles, long maxBytes) {
    return readers.read(reader -> FileLog.kept(reader, firstSequence, maxFiles, maxBytes));
  }

  /** How large the payloads of the log's files behind a sequence are, of whatever kind, as far as they are kept. */
  public long bytesBehind(long sequence) {
    return number(
        "SELECT coalesce(sum(length(payload)), 0) FROM _sealift_file WHERE sequence > " + sequence);
  }

  /** How many of others' files lost their places when a mesh was restored, and have no new one yet. */
  public long displacedCount() {
    return number("SELECT count(*) FROM _sealift_displaced");
  }

  /** The first of them behind a number. */
  public Optional<DisplacedFile> displaced(long afterId) {
    return readers.read(reader -> FileLog.displaced(reader, afterId));
  }

  /** The newest of each chain of others of which this device was given files directly that have no place in the log yet, and may have one: what a write has seen beside the log. */
  public List<DotRef> takenOver() {
    return readers.read(SeenFiles::newest);
  }

  /** Whether others' files came directly that have no place in the log yet, and may have one. */
  public boolean awaitsTakenOver() {
    return number("SELECT EXISTS(SELECT 1 FROM _sealift_taken_over WHERE refused = 0)") > 0;
  }

  /** Whether a displaced file came directly, and the mesh has not refused it for good. */
  public boolean isTakenOver(DisplacedFile file) {
    return readers.read(reader -> SeenFiles.isHeld(reader, file.id()));
  }

  /** Whether the mesh, as it was restored last, has refused a displaced file for good. */
  public boolean isDisplacedRefused(long id) {
    return readers.read(reader -> FileLog.isDisplacedRefused(reader, id));
  }

  /** Whether a file is one that is displaced, and was not refused for good. */
  public boolean isDisplacedWaiting(FileId file) {
    return readers.read(reader -> FileLog.isDisplacedWaiting(reader, file));
  }

  /** The sealed payload of a displaced file; empty when there is none of this number. */
  public Optional<Bytes> displacedPayload(long id) {
    return readers.read(reader -> FileLog.displacedPayload(reader, id));
  }

  /** The root of the log's tree at a size; empty beyond the position, for an empty log, and where the store came by a step that did not tell the ids of files there. */
  public Optional<Hash> rootAt(long size) {
    return readers.read(reader -> FileLog.rootAt(reader, size));
  }

  /** The file of a sequence; empty beyond the position, and of an old one that a step brought without its id. */
  public Optional<FileId> fileAt(long sequence) {
    return readers.read(reader -> FileLog.fileAt(reader, sequence));
  }

  /** The sequence of a file. Looks through the whole log. */
  public Optional<Long> sequenceOf(FileId file) {
    return readers.read(reader -> FileLog.sequenceOf(reader, file));
  }

  /** The server time of a file up to the position. */
  public long serverTimeAt(long sequence) {
    return readers.read(reader -> FileLog.serverTimeAt(reader, sequence));
  }

  /** What the log, up to the position, has at a place of a device's chain. */
  public Optional<ChainPlace> chainAt(DeviceId device, long counter) {
    return readers.read(reader -> FileLog.chainAt(reader, device, counter));
  }

  /** Whether the ids are known of the files that chains of a shorter log end with, so that it can go back there. */
  public boolean hasEndsAt(long size) {
    return readers.read(reader -> FileLog.hasEndsAt(reader, size));
  }

  /** How much of the log each of the others has shown to hold; nobody who has signed nothing yet. */
  public List<SignedView> views() {
    return readers.read(Views::all);
  }

  /** What others have signed to hold beyond the log that is held: the newest of each, as it came. */
  public List<SignedPosition> ahead() {
    return readers.read(Views::ahead);
  }

  /** Where a write of this device of some time stands. */
  public WritePlace placeOfOwn(HybridTime time) {
    return readers.read(reader -> FileLog.placeOfOwn(reader, time));
  }

  /** Up to which file the log has all that this device had written up to a time; 0 as long as it does not. */
  public long sequenceOfOwn(HybridTime upTo) {
    long first = readers.read(reader -> FileLog.firstOwnSequence(reader, upTo));
    boolean waits = first == 0 && (pendingUpTo(1) > 0 || outboxCount() > 0);
    return first > 0 || waits ? first : lastOwnSequence();
  }

  /** The last file of this device that has its place in the log, also behind the position; 0 when there is none. */
  public long lastOwnSequence() {
    return readers.read(FileLog::lastOwnSequence);
  }

  /** Whether the log has a compaction that stands for the file of a sequence, as far as this device has heard. */
  public boolean isCompacted(long sequence) {
    return sequence > 0
        && (sequence <= readers.read(StepMark::takenTo)
            || compactions().stream()
                .filter(HeldCompaction::stands)
                .map(HeldCompaction::range)
                .anyMatch(range -> range.first() <= sequence && sequence <= range.base()));
  }

  /** The counter of the last file of a device in the log up to the position, known also where its id is not; 0 when there is none. */
  long lastCounter(DeviceId device) {
    return readers.read(reader -> FileLog.lastCounter(reader, device));
  }

  /** The last file of a device in the log up to the position; its id has to be known. */
  public Optional<ChainHead> chainHead(DeviceId device) {
    return readers.read(reader -> FileLog.chainHead(reader, device));
  }

  /** The file of this store's own at a place of its chain: it waits for its receipt, or has it. */
  public Optional<FileId> ownFileAt(long counter) {
    return readers.read(reader -> FileLog.ownFileAt(reader, counter));
  }

  /** The last file of this device, in the log or waiting. */
  public Optional<ChainHead> ownHead() {
    return readers.read(FileLog::ownHead);
  }

  public Optional<byte[]> setting(String name) {
    return readers.read(reader -> Settings.read(reader, name));
  }

  /** The names, in no order, of what is remembered and begins with {@code prefix}. Looks at all that is: for what is rare. */
  public List<String> settingNames(String prefix) {
    return readers.read(reader -> Settings.names(reader, prefix));
  }

  /** The time of this device's last write; zero if it never wrote. */
  public HybridTime lastLocalTime() {
    return new HybridTime(number("SELECT max((SELECT coalesce(max(t), 0) FROM _sealift_journal),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_outbox),"
        + " (SELECT coalesce(max(last_t), 0) FROM _sealift_chain))"));
  }

  private long number(String sql) {
    return readers.read(reader -> {
      Statement select = reader.statement(sql);
      try {
        return select.next() ? select.integer(1) : 0;
      } finally {
        select.reset();
      }
    });
  }

  /** Waits for the batch that is under way; ends the reading that is. */
  @Override
  public void close() {
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        readers.close();
        writer.close();
      }
    } finally {
      writing.unlock();
    }
  }
}
