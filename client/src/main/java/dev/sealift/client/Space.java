package dev.sealift.client;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.Change;
import dev.sealift.client.store.ChangeSet;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.Misfit;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.RowVersion;
import dev.sealift.client.store.SearchHit;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.store.UndoResult;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.CompactionWork;
import dev.sealift.client.sync.DeviceHint;
import dev.sealift.client.sync.EvidenceExport;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.HandOver;
import dev.sealift.client.sync.KeptEvidence;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.sync.MeshClock;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.sync.StoreErrors;
import dev.sealift.client.sync.SyncLoop;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.membership.ComparisonCode;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One space on this device: a full replica in SQLite. Reading and writing never wait for a network; {@link #connect} exchanges
 * files with a mesh in the background. Safe for use from any thread. Closed together with its {@link Sealift}.
 */
public final class Space {
  /** Rows of one transaction of {@link Table#putAll}. */
  private static final int ROWS_A_TRANSACTION = 10_000;

  /** More of one change are no longer a person's. */
  private static final int UNDOABLE_WRITES = 10_000;

  /** Of {@link Table#putAll}, which brings many: what was there before each of these is looked up first. */
  private static final int UNDOABLE_ROWS = 256;

  /** Cells; an inbox that is longer is read once more when these are reviewed. */
  private static final int MOST_LOST_VALUES = 10_000;

  /** Of {@link Table#page}, which are in memory at once. */
  private static final int MAX_PAGE_ROWS = 10_000;

  /** What a person looks at. */
  private static final int SEARCH_HITS = 100;

  private static final int MAX_SEARCH_HITS = 1_000;

  /** Items of a row's history that are looked at together. */
  private static final int HISTORY_PAGE = 100;

  /** SQLite's own bound. */
  private static final int MAX_ARGUMENTS = 32_766;

  /** A query that takes longer is in need of an index, or a mistake. */
  private static final Duration QUERY_TIMEOUT = Duration.ofMinutes(5);

  private final String name;
  private final DeviceKeyPair keys;
  private final SpaceStore store;
  private final SpaceRecords records;
  private final MeshClock clock;
  private final Transport transport;
  private final Optional<CompactionThresholds> compaction;
  private final Supplier<Set<DeviceHint>> hints;
  private final Watches watches = new Watches();
  private final Deliveries deliveries;
  private final Interest interest = new Interest(System::nanoTime);
  private final Waits waits;
  private volatile SyncReport report = new SyncReport(SyncState.OFFLINE, 0, 0, 0, Optional.empty());
  private volatile boolean caughtUp;
  private volatile @Nullable SyncLoop loop;
  private boolean closed;

  Space(
      String name,
      DeviceKeyPair keys,
      SpaceStore store,
      SpaceRecords records,
      Transport transport,
      MeshClock clock,
      Optional<CompactionThresholds> compaction,
      Supplier<Set<DeviceHint>> hints) {
    this.name = name;
    this.keys = keys;
    this.store = store;
    this.records = records;
    this.clock = clock;
    this.transport = transport;
    this.compaction = compaction;
    this.hints = hints;
    this.deliveries = new Deliveries(store, keys.id(), this::membership);
    this.waits = new Waits(
        this::isEverythingDurable,
        deliveries::isSeen,
        deliveries::isThere,
        watches::progressed,
        interest::isAlive);
    store.onChange(this::changed);
    store.onlineWhen(this::isOnline);
  }

  public String name() {
    return name;
  }

  // Data

  /**
   * Says what tables and columns this version of the app knows, and what it calls them: to be called whenever the app has opened the space. What the space has already stays as it is, other devices get the rest with the
   * data, and what other versions of the app have beside is left alone by whatever this one writes. The first call for a table since the space was opened takes the place of what the app declared of it before.
   *
   * <p>When the space asks for a newer version of the app, nothing is added to the space: see {@link SpaceStatus#missingVersion}.
   *
   * @throws SealiftException {@code INVALID_INPUT} for what contradicts the space; nothing was declared then
   */
  public void declare(Schema schema) {
    declaring(schema::declare);
  }

  /**
   * Changes the schema of the space on behalf of no app: for tools. The space has it as if an app had declared it, but this device goes on showing the newest names and types that the space has.
   *
   * @throws SealiftException {@code INVALID_INPUT}, {@code APP_TOO_OLD}
   */
  public void amend(Schema schema) {
    declaring(schema::amend);
  }

  private void declaring(Consumer<Batch> schema) {
    Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        schema.accept(batch);
        batch.commit();
      }
    });
  }

  /**
   * A table, for reading and writing.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE} when neither this app nor another device has declared it
   */
  public Table table(String tableName) {
    if (!Errors.checked(
        () -> store.tables().stream().anyMatch(table -> table.name().equals(tableName)))) {
      throw new SealiftException(
          ErrorCode.NO_SUCH_TABLE,
          "The space has no table of this name. Declare it in the schema, or sync first.");
    }
    return new Table(this, tableName);
  }

  /**
   * A table, for reading and writing records of a class.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE}; {@code INVALID_INPUT} when a component of the record has no column in it
   */
  public <T extends Record> RecordTable<T> table(String tableName, Class<T> type) {
    RecordMapping<T> mapping = RecordMapping.of(type);
    Table table = table(tableName);
    StoredTable stored = tables().stream()
        .filter(one -> one.name().equals(tableName))
        .findFirst()
        .orElseThrow();
    return RecordTable.of(table, stored, mapping);
  }

  /** The tables that this app or another device has declared, by name. */
  public List<StoredTable> tables() {
    return Errors.checked(store::tables);
  }

  /** Several writes as one: durable and visible together on this device, or not at all. */
  public void write(Consumer<Writes> writes) {
    writing(batch -> {
      writes.accept(batch);
      return true;
    });
  }

  <T> T writing(Function<Writes, T> writes) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        batch.undoable(UNDOABLE_WRITES);
        T result = writes.apply(new Writes(batch));
        batch.commit();
        return result;
      }
    });
  }

  /**
   * Several writes that become visible together on every device, or not at all, and what they were decided by: when somebody else has changed something that the transaction has read, and came to the
   * mesh before it, nothing of it counts on any device, and all that it wrote is in the inbox. Until it is known here which it is, it shows.
   *
   * @throws SealiftException {@code TRANSACTION_TOO_LARGE}: there is room for 4,096 writes and things read, and for 896 KiB; what {@code work} throws. Nothing was written then. {@code APP_TOO_OLD}
   */
  public void transact(Consumer<Transaction> work) {
    Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        batch.undoable(UNDOABLE_WRITES);
        batch.beginTransaction();
        work.accept(new Transaction(batch));
        batch.commit();
      }
    });
  }

  RowVersion version(String table, String key) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        return batch.version(table, key);
      }
    });
  }

  boolean writeIf(String table, String key, RowVersion version, Consumer<Writes> writes) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        batch.undoable(UNDOABLE_WRITES);
        if (!batch.beginTransactionAt(table, key, version)) {
          return false;
        }
        writes.accept(new Writes(batch));
        batch.commit();
        return true;
      }
    });
  }

  long writeSome(String table, Iterator<Map.Entry<String, Row>> rows) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        batch.undoable(UNDOABLE_ROWS);
        batch.requireNoFeed(table);
        long written = 0;
        while (rows.hasNext() && written < ROWS_A_TRANSACTION) {
          Map.Entry<String, Row> row = rows.next();
          batch.put(table, row.getKey(), row.getValue().values());
          written++;
        }
        batch.commit();
        return written;
      }
    });
  }

  Optional<Row> get(String table, String key) {
    return Errors.checked(() -> store.get(table, key)).map(Row::ofValues);
  }

  List<Value> values(String table, String key, String column) {
    return Errors.checked(() -> store.values(table, key, column));
  }

  Map<String, Row> page(String table, String afterKey, int most) {
    requirePage(most);
    return Errors.checked(() -> {
      Map<String, Row> page = new LinkedHashMap<>();
      store.page(table, afterKey, most).forEach((key, row) -> page.put(key, Row.ofValues(row)));
      return Collections.unmodifiableMap(page);
    });
  }

  private static void requirePage(int most) {
    if (most < 1 || most > MAX_PAGE_ROWS) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "A page has 1 to " + MAX_PAGE_ROWS + " rows.");
    }
  }

  long count(String table) {
    return Errors.checked(() -> store.count(table));
  }

  /**
   * Runs a query in SQL on the space's tables, which are SQLite's. It cannot write.
   *
   * @param arguments for the question marks in the query, as in {@link Row#of}
   * @return rows one by one, to be closed after use
   * @throws SealiftException {@code BAD_QUERY} when it is no SQL, writes, or has another number of question marks
   */
  public QueryResult query(String sql, @Nullable Object... arguments) {
    if (arguments.length > MAX_ARGUMENTS) {
      throw new SealiftException(
          ErrorCode.BAD_QUERY, "A query takes " + MAX_ARGUMENTS + " arguments at most.");
    }
    List<Value> values = Row.valuesOf(arguments);
    return Errors.checked(() -> store.query(sql, values, QUERY_TIMEOUT.toMillis()));
  }

  /**
   * As {@link #query(String, Object...)}, for records: each component takes the column of its name, or of its {@code @Column}'s; other columns are passed over.
   *
   * @throws SealiftException {@code BAD_QUERY}; {@code INVALID_INPUT} when a component has no column in the result
   */
  public <T extends Record> RecordResult<T> query(
      String sql, Class<T> type, @Nullable Object... arguments) {
    RecordMapping<T> mapping = RecordMapping.of(type);
    QueryResult result = query(sql, arguments);
    try {
      return new RecordResult<>(result, mapping.reader(result.columns()));
    } catch (RuntimeException e) {
      result.close();
      throw e;
    }
  }

  /** As {@link #search(String, String, int)}, the first 100 rows. */
  public List<SearchHit> search(String table, String text) {
    return search(table, text, SEARCH_HITS);
  }

  /**
   * The rows of a table that have all words of a text in their searchable columns, the best first, with a snippet of what was found. A word is found whatever its case and accents, and as the beginning
   * of longer ones when it has a star behind it; nothing else is an operator. FTS5's language is there in {@link #query}: {@code select id from "notes:search"(?) order by rank}.
   *
   * @param most how many rows, 1 to 1,000
   * @throws SealiftException {@code NO_SUCH_TABLE}; {@code INVALID_INPUT} when there is no word in the text, or more than 32, or the table has no searchable column
   */
  public List<SearchHit> search(String table, String text, int most) {
    if (most < 1 || most > MAX_SEARCH_HITS) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "A search gives 1 to " + MAX_SEARCH_HITS + " rows.");
    }
    return Errors.checked(() -> store.search(table, text, most, QUERY_TIMEOUT.toMillis()));
  }

  /**
   * Values that do not fit what this app, or else the space, declares of their columns, since another version of the app wrote them; and what lenses fail at. They are kept and sent on, and shown as they are.
   *
   * @param most how many, 1 to 10,000
   */
  public List<Misfit> misfits(int most) {
    return misfits(Optional.empty(), most);
  }

  /** The next page: those behind the last of the one before, by table, key and column. */
  public List<Misfit> misfits(Misfit after, int most) {
    return misfits(Optional.of(after), most);
  }

  private List<Misfit> misfits(Optional<Misfit> after, int most) {
    if (most < 1 || most > MAX_PAGE_ROWS) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "A page has 1 to " + MAX_PAGE_ROWS + " misfits.");
    }
    return Errors.checked(() -> store.misfits(after, most));
  }

  /**
   * A feed, for appending and reading.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE} when neither this app nor another device has declared it; {@code INVALID_INPUT} when it is no feed
   */
  public Feed feed(String name) {
    table(name);
    if (keep(name) != Keep.FEED) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "This table is no feed: declare one as Schema.table(…).feed().");
    }
    return new Feed(this, name);
  }

  Keep keep(String table) {
    return Errors.checked(() -> store.keep(table));
  }

  Optional<Duration> expiresAfter(String table) {
    return Errors.checked(() -> store.lifetimeMillis(table)).map(Duration::ofMillis);
  }

  String append(String feed, Row row, String salt) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        String key = batch.append(feed, row.values(), salt);
        batch.commit();
        return key;
      }
    });
  }

  SpaceStore store() {
    return store;
  }

  Watch watch(FeedWatch watch) {
    Watch added = watches.add(watch);
    watch.start();
    return added;
  }

  // What was

  List<HistoryItem> history(
      String table, String key, Optional<String> column, Optional<HistoryItem> after, int most) {
    requirePage(most);
    return Errors.checked(() -> store.history(table, key, column, after, most));
  }

  /**
   * Writes once more what was written once, as a new write: a value; a removal; what was added to a set, or taken out of it; an update. Also to a column that this app does not declare.
   *
   * @throws SealiftException {@code INVALID_INPUT} for what a device had added to a counter, and for entries of feeds; what the write itself would throw; nothing was written then
   */
  public void restore(HistoryItem item) {
    write(writes -> writes.restore(item));
  }

  /**
   * Takes back this device's last change, one call of {@link #write} or of a method that writes: by new writes, which travel as all do. Only what still stands by that change becomes what it was
   * before; what somebody else has written since stays, and is in the result. A row that the change made is removed, if nobody else has written to it since and no other row refers to it by a rule; one that it removed comes back
   * whole, with what it took along. What cannot be taken back: updates of documents, which are reported; what is appended to feeds, dismissals and declarations, which are passed over.
   *
   * <p>The last 100 changes are remembered, on this device only and also when it is opened again, or fewer that come to 4 MiB. Larger ones, more than 10,000 writes, and more than 256 rows of {@link Table#putAll},
   * are not: then nothing is undone, and the result says so.
   *
   * @throws SealiftException {@code APP_TOO_OLD}
   */
  public UndoResult undo() {
    return takingBack(Batch::undo);
  }

  /** Makes again what {@link #undo} took back last, with the same care for what others wrote since; until this device changes something else. */
  public UndoResult redo() {
    return takingBack(Batch::redo);
  }

  private UndoResult takingBack(Function<Batch, UndoResult> work) {
    return Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        UndoResult result = work.apply(batch);
        batch.commit();
        return result;
      }
    });
  }

  // What lost

  /**
   * What somebody wrote here or elsewhere and lost to something whose author had not seen it: alike on every device that has the same log. The oldest come first, some thousand at
   * the most.
   */
  public List<InboxItem> inbox() {
    return InboxItem.of(Errors.checked(() -> store.inbox(MOST_LOST_VALUES)));
  }

  /**
   * Writes again what was lost, as a new write; of a removal, removes the row again. Of an item of a transaction all of the transaction, as a new one, whatever it had read. The item leaves the inbox of every device.
   *
   * @throws SealiftException {@code INVALID_INPUT} when it is not in the inbox any more, or is what a device added to a counter too late, which comes in with the next that it
   *     adds; {@code REFERENCED} when others refer to a row that it would remove; {@code NOT_UNIQUE} when the row would show what another row has by now, which a rule says that no two have: nothing was written then,
   *     and it stays in the inbox
   */
  public void revive(InboxItem item) {
    Errors.checked(() -> {
      List<InboxItem> whole = wholeOf(item).stream().filter(Space::isRevivable).toList();
      try (Batch batch = store.batch()) {
        batch.undoable(UNDOABLE_WRITES);
        List<InboxItem> items = whole.isEmpty() ? List.of(item) : whole;
        dismiss(batch, items);
        if (item.transaction().isPresent()) {
          batch.beginTransaction();
        }
        items.forEach(one -> batch.revive(one.values()));
        batch.commit();
      }
    });
  }

  /** With it all that its transaction lost, in the order of writing. */
  private List<InboxItem> wholeOf(InboxItem item) {
    LostValue any = item.values().get(0);
    return any.transaction() == 0
        ? List.of(item)
        : InboxItem.of(store.inbox(any.device(), any.transaction()).stream()
            .sorted(Comparator.comparing(LostValue::time))
            .toList());
  }

  /** What a device added to a counter too late is in what it adds next. */
  private static boolean isRevivable(InboxItem item) {
    LostValue any = item.values().get(0);
    return any.kind().filter(kind -> kind == CellKind.COUNTER).isEmpty()
        || any.reason() == LostReason.REMOVAL;
  }

  /**
   * Says that nothing need be done about it; of an item of a transaction, about all of that. The item leaves the inbox of every device.
   *
   * @throws SealiftException {@code INVALID_INPUT} when it is not in the inbox any more
   */
  public void dismiss(InboxItem item) {
    Errors.checked(() -> {
      List<InboxItem> whole = wholeOf(item);
      try (Batch batch = store.batch()) {
        dismiss(batch, whole.isEmpty() ? List.of(item) : whole);
        batch.commit();
      }
    });
  }

  private static void dismiss(Batch batch, List<InboxItem> items) {
    boolean there = false;
    for (InboxItem item : items) {
      for (LostValue lost : item.values()) {
        there |= batch.dismiss(lost);
      }
    }
    if (!there) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "This is not in the inbox any more: it was revived, dismissed, or its time is over.");
    }
  }

  /**
   * The rows that break a rule of the schema as they are shown now, and are not put right by an answer, or not yet: by tables and keys, some thousand at the most. Alike on all devices that show the same. Reads all values that have rules.
   */
  public List<RuleViolation> violations() {
    return Errors.checked(() -> store.violations(MOST_LOST_VALUES));
  }

  /** The SHA-256 of everything visible, in hexadecimal: equal on two devices exactly when they show the same. */
  public String digest() {
    return Errors.checked(store::visibleDigest).toString();
  }

  /**
   * The SHA-256 of everything that merging makes of the space's log as far as this device holds it, in hexadecimal: of hidden rows, times of writes and the inbox too. Equal on all
   * devices that hold as much of it.
   */
  public String mergeDigest() {
    return Errors.checked(store::mergeDigest).toString();
  }

  // Changes. Every listener runs on its executor, once at a time and never under a lock of ours,
  // after what it is told of is durable and visible; what it throws goes to its
  // thread's handler. The README has the rest.

  /**
   * Tells of changes of a table, local and remote: which rows, and what happened to them. What one thread wrote is told of in that order.
   *
   * @param executor where the listener runs; a slow one misses nothing, but is told of many changes at once, and of more than 10,000 by an empty list: look at the table again
   */
  public Watch watch(String table, Executor executor, Consumer<List<Change>> listener) {
    return watches.add(new TableWatch(table, executor, listener));
  }

  /** As {@link #watch(String, Executor, Consumer)}, with each changed row once, as it is now. An empty list means: look at the table again. */
  public Watch watchRows(String table, Executor executor, Consumer<List<RowChange>> listener) {
    return watch(table, executor, changes -> listener.accept(rowsOf(changes)));
  }

  private List<RowChange> rowsOf(List<Change> changes) {
    Map<String, Change> last = new LinkedHashMap<>();
    for (Change change : changes) {
      last.remove(change.key());
      last.put(change.key(), change);
    }
    return last.values().stream()
        .map(change -> new RowChange(change, get(change.table(), change.key())))
        .toList();
  }

  /**
   * Tells what a row is: once at first, and then whenever it is something else than what was told last. A slow listener is told the newest.
   *
   * @param listener takes the row; nothing when it is not there
   * @throws SealiftException {@code NO_SUCH_TABLE}
   */
  public Watch watch(
      String table, String key, Executor executor, Consumer<Optional<Row>> listener) {
    table(table);
    RowWatch watch = new RowWatch(table, key, () -> get(table, key), executor, listener);
    Watch added = watches.add(watch);
    watch.start();
    return added;
  }

  /**
   * Tells the result of a query at first, and then how it differs from what was told last, whenever it does. The query runs on the executor, at most once for all changes that came while the
   * listener was busy. A result of more than 10,000 rows or 16 MiB is not compared: see {@link QueryChange#isTooMany}.
   *
   * @throws SealiftException {@code BAD_QUERY}; {@code INVALID_INPUT} when the result has not the column of {@link Query#by}, or two of one name
   */
  public Watch watch(Query query, Executor executor, Consumer<QueryChange<Row>> listener) {
    return watch(query, Row::reader, executor, listener);
  }

  /** As {@link #watch(Query, Executor, Consumer)}, with records. While a row does not fit, nothing is told, and the thread's handler is. */
  public <T extends Record> Watch watch(
      Query query, Class<T> type, Executor executor, Consumer<QueryChange<T>> listener) {
    return watch(query, RecordMapping.of(type)::reader, executor, listener);
  }

  private <R> Watch watch(
      Query query,
      Function<List<String>, Function<List<Value>, R>> maker,
      Executor executor,
      Consumer<QueryChange<R>> listener) {
    try (QueryResult checked = query(query.sql(), query.arguments())) {
      var unused = maker.apply(checked.columns()); // what is wrong with it is said here already
      QueryImage.requireKey(checked.columns(), query.key());
    }
    QueryWatch<R> watch = new QueryWatch<>(
        query, () -> query(query.sql(), query.arguments()), maker, executor, listener);
    Watch added = watches.add(watch);
    watch.start();
    return added;
  }

  private void changed(ChangeSet changes) {
    waits.written();
    watches.tell(changes, store.tellings());
    tellLoop();
  }

  /** There is something for the exchange to look at. */
  void tellLoop() {
    SyncLoop running = loop;
    if (running != null) {
      running.news();
    }
  }

  // Exchange

  /**
   * Exchanges files with a mesh in the background from now on, and connects again by itself whenever the connection breaks.
   *
   * @param mesh {@code ws://host:port} or {@code wss://host:port}; remembered for {@link #connect()}
   * @throws SealiftException {@code INVALID_INPUT} for another kind of address
   */
  public void connect(URI mesh) {
    MeshAddress.require(mesh);
    Optional<SyncLoop> next = Optional.empty();
    while (next.isEmpty()) {
      end();
      next = nextLoop(mesh);
    }
    next.get().start(); // which tells the app, so not under a lock
  }

  /** Empty when another thread has begun an exchange meanwhile. */
  private synchronized Optional<SyncLoop> nextLoop(URI mesh) {
    if (closed) {
      throw new SealiftException(ErrorCode.CLOSED, "The space was closed.");
    }
    if (loop != null) {
      return Optional.empty();
    }
    Replica replica = Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        records.putMesh(batch, mesh);
        batch.commit();
      }
      return newReplica();
    });
    SyncLoop next =
        new SyncLoop(replica, transport, mesh, waits::questions, now -> report(replica, now));
    loop = next;
    return Optional.of(next);
  }

  private Replica newReplica() {
    return new Replica(keys, store, records, clock, waits, compaction, hints);
  }

  /**
   * Connects to the mesh of the last time, or of the invitation.
   *
   * @throws SealiftException {@code NOT_CONNECTED} when there was none
   */
  public void connect() {
    connect(records
        .mesh()
        .orElseThrow(() -> new SealiftException(
            ErrorCode.NOT_CONNECTED, "The space was never connected: name a mesh.")));
  }

  /**
   * Keeps an admission token that the operator of the mesh gave for this space, and presents it from the next connection on, which is made at
   * once if there is one. Only who founds a space, or renews its token, needs one: the mesh keeps it for all.
   *
   * @param text one line, {@code sealift-token:…}
   * @throws SealiftException {@code INVALID_INPUT} when it is none
   */
  public void presentToken(String text) {
    AdmissionToken token = token(text);
    Errors.checked(() -> {
      try (Batch batch = store.batch()) {
        records.putAdmissionToken(batch, token);
        batch.commit();
      }
    });
    if (loop != null) {
      connect();
    }
  }

  private static AdmissionToken token(String text) {
    try {
      return AdmissionToken.parseText(text);
    } catch (FormatException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "This is no admission token: one is a line sealift-token:….", e);
    }
  }

  /**
   * Ends the exchange. Reading and writing go on. Waits for whoever the exchange is telling of something by its own thread, which is interrupted; called by him, the exchange ends once he
   * has returned.
   */
  public void disconnect() {
    SyncLoop running = loop;
    if (running != null && running.isOwnThread()) {
      running.close(); // and retires nothing: it has yet to say that it has ended
    } else {
      end();
    }
  }

  /** Waits for the exchange's thread, if that is another, and for its replica: so nothing of the space's is held here. */
  private void end() {
    SyncLoop running = loop;
    if (running != null) {
      running.close();
      running.replica().retire();
      forget(running);
    }
  }

  private synchronized void forget(SyncLoop ended) {
    if (loop == ended) {
      loop = null;
    }
  }

  /** Whether everything that the mesh is known to have is here: since it was for the first time on this connection, while it goes on. */
  private boolean isOnline() {
    SyncReport now = report;
    return caughtUp && now.position() >= now.logSize();
  }

  /** One that has been replaced says nothing of the space any more. */
  private void report(Replica replica, SyncReport now) {
    if (replica.isRetired()) {
      return;
    }
    caughtUp =
        now.state() == SyncState.UP_TO_DATE || (caughtUp && now.state() == SyncState.SYNCING);
    report = now;
    waits.reported(now);
  }

  /**
   * Completes when everything that was written here before the call is durable in the mesh, with its receipts verified. Fails
   * when the exchange stops for good.
   */
  public CompletableFuture<Void> whenDurable() {
    return Errors.checked(() -> waits.untilDurable(store.lastLocalTime()));
  }

  private boolean isEverythingDurable() {
    return store.pendingUpTo(1) == 0 && store.outboxCount() == 0;
  }

  /**
   * Completes when this device has everything that the mesh has when it is asked next, which this call has done at once or at
   * the next connection, and the mesh has everything of this device. Fails when the exchange stops for good.
   */
  public CompletableFuture<Void> whenUpToDate() {
    CompletableFuture<Void> upToDate = waits.untilUpToDate();
    tellLoop();
    return upToDate;
  }

  /**
   * How far what was written in this space has come: on its way to the mesh, and, proved by what they signed, to the other devices. At once, by what is known here; for half a minute from then on the mesh is asked every few seconds what others have
   * signed, while this device is connected and up to date.
   */
  public Delivery delivery() {
    asksHowFarOthersAre();
    return Errors.checked(deliveries::now);
  }

  /**
   * How far a write has come.
   *
   * @param item of a row's {@link Table#history(String) history}
   * @return empty when another device wrote it
   */
  public Optional<WriteDelivery> delivery(HistoryItem item) {
    asksHowFarOthersAre();
    return item.device().equals(keys.id())
        ? Optional.of(Errors.checked(() -> deliveries.of(item.time())))
        : Optional.empty();
  }

  private void asksHowFarOthersAre() {
    if (interest.ask()) {
      tellLoop();
    }
  }

  Optional<WriteDelivery> delivery(String table, String key) {
    Optional<HistoryItem> last = Optional.empty();
    List<HistoryItem> page;
    do {
      page = history(table, key, Optional.empty(), last, HISTORY_PAGE);
      for (HistoryItem item : page) {
        if (item.device().equals(keys.id())) {
          return delivery(item);
        }
        last = Optional.of(item);
      }
    } while (page.size() == HISTORY_PAGE);
    return Optional.empty();
  }

  /**
   * Completes when a device has signed that it holds everything that was written here before the call, by a file of its own that has come here or by its position, which a device signs also when it only reads. May take as long as that device is not connected; where the mesh keeps no positions, as long as it writes nothing. Fails when this space is closed, or when that device is not in it any more ({@code INVALID_INPUT}); ends otherwise only when it is cancelled.
   *
   * @param device its id, as {@link #members} has it
   * @throws SealiftException {@code INVALID_INPUT} when the space has no other device of that id
   */
  public CompletableFuture<Void> whenSeenBy(String device) {
    return Errors.checked(() -> {
      CompletableFuture<Void> seen = waits.untilSeen(otherDevice(device), store.lastLocalTime());
      tellLoop();
      return seen;
    });
  }

  private DeviceId otherDevice(String id) {
    return membership().stream()
        .flatMap(now -> now.devices().stream())
        .map(Device::id)
        .filter(known -> known.toString().equals(id) && !known.equals(keys.id()))
        .findFirst()
        .orElseThrow(() -> new SealiftException(
            ErrorCode.INVALID_INPUT, "The space has no other device of that id: " + id + "."));
  }

  /** Tells {@link #delivery()}: once at first, and then whenever it is something else than what was told last. A slow listener is told the newest. */
  public Watch watchDelivery(Executor executor, Consumer<Delivery> listener) {
    DeliveryWatch watch =
        new DeliveryWatch(() -> Errors.checked(deliveries::now), executor, listener, interest);
    Watch added = watches.add(watch);
    watch.start();
    tellLoop();
    return added;
  }

  private Optional<Membership> membership() {
    return runningReplica().map(Replica::membership).orElseGet(records::members);
  }

  public SpaceStatus status() {
    SyncReport now = report;
    return Errors.checked(() -> new SpaceStatus(
        name,
        keys.id().toString(),
        records.space().map(Object::toString),
        records.mesh(),
        now.state(),
        isMember(),
        store.rules().isByArrival() ? Ranking.ARRIVAL : Ranking.HYBRID_TIME,
        Math.max(now.position(), store.position()),
        Math.max(now.logSize(), store.position()),
        store.pendingCount(),
        store.outboxCount(),
        store.displacedCount(),
        records.unreadable(),
        store.misfitCount(),
        store.missingVersion(),
        compactionStatus(),
        now.problem()));
  }

  private CompactionStatus compactionStatus() {
    CompactionWork work = runningReplica().map(Replica::compactionWork).orElse(CompactionWork.NONE);
    return new CompactionStatus(
        work == CompactionWork.MAKING || records.isCompacting(),
        work == CompactionWork.COMPARING,
        records.lastCompactedMillis().map(Instant::ofEpochMilli),
        Replica.contested(store).stream().map(one -> one.name().toString()).toList());
  }

  private boolean isMember() {
    SyncLoop running = loop;
    return running == null ? records.isMember(keys.id()) : running.isMember();
  }

  /** An invitation for one writer, good for a week. */
  public String invite() {
    return invite(Invitation.forOneWriter());
  }

  /**
   * Opens an invitation and waits until it stands in the log; the link works while this device is offline.
   *
   * @return the link: whoever has it can join, so it goes over a channel that others cannot read
   * @throws SealiftException {@code NOT_CONNECTED} when the mesh cannot be reached in a while
   */
  public String invite(Invitation invitation) {
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return invite(invitation, secret).format();
  }

  /** As above, with a secret that is known from somewhere. */
  InviteLink invite(Invitation invitation, byte[] secret) {
    SyncLoop running = loop;
    URI mesh = records.mesh().orElse(null);
    if (running == null || mesh == null) {
      throw new SealiftException(
          ErrorCode.NOT_CONNECTED, "An invitation is opened in the mesh: connect first.");
    }
    OpenedInvitation opened = await(
        running.invite(
            secret,
            invitation.isForOwnDevice(),
            invitation.role().role(),
            invitation.validFor().toMillis(),
            invitation.uses()),
        Invitation.OPENING_TIMEOUT);
    return new InviteLink(
        mesh,
        opened.space(),
        opened.notary(),
        opened.head(),
        opened.sequence(),
        ByteString.copyFrom(secret),
        name);
  }

  /** The founder's device, while it is in the space. */
  Optional<String> founder() {
    return Errors.checked(records::members)
        .flatMap(members -> members.devices().stream()
            .filter(device -> device.joinedBy().isEmpty())
            .findFirst())
        .map(device -> device.id().toString());
  }

  /** The key of the mesh that the space is on; empty before its first connection. */
  Optional<VerifyingKey> notary() {
    return Errors.checked(records::notary);
  }

  /** Whether an exchange goes on, be it in vain. */
  boolean isExchanging() {
    return loop != null;
  }

  /** Who is in the space, as far as this device knows; empty before its first connection. */
  public Optional<Members> members() {
    return Errors.checked(() ->
        records.members().map(membership -> Members.of(membership, keys.id(), clock.getAsLong())));
  }

  /**
   * Twelve digits for two people to compare, so that they know that a device which joined is the one that they think, in this very space. Takes some tenths of a second.
   *
   * @param device its id, as {@link #members} has it; this device's is {@code status().device()}
   * @throws SealiftException {@code INVALID_INPUT} when the space never had a device of that id; {@code NOT_CONNECTED} before its first connection
   */
  public String comparisonCode(String device) {
    return Errors.checked(() -> ComparisonCode.of(
        records
            .space()
            .orElseThrow(() -> new SealiftException(
                ErrorCode.NOT_CONNECTED, "The space has no id before its first connection.")),
        anyDevice(device)));
  }

  private DeviceId anyDevice(String id) {
    return requireMembership()
        .everDevices()
        .map(Device::id)
        .filter(known -> known.toString().equals(id))
        .findFirst()
        .orElseThrow(() -> new SealiftException(
            ErrorCode.INVALID_INPUT, "The space has no device of that id: " + id + "."));
  }

  /**
   * Removes who is named, and waits until that stands in the log. From then on they get nothing more of the space, nothing that they write is taken, and what others write is sealed with a key that they do not have. What they have they keep.
   *
   * @return who is in the space after that
   * @throws SealiftException {@code NOT_CONNECTED}, {@code NOT_ALLOWED}, {@code INVALID_INPUT} when the space never had what is named; and whatever the mesh refuses. Without a word of the mesh it may still come to pass
   */
  public Members remove(Removal removal) {
    Membership now = requireMembership();
    return change(removal.change(now, isOwner(now)));
  }

  /**
   * Leaves the space, once all that was written here is in the mesh, and waits until that stands in the log. What is here stays here, and can be read; nothing comes any more, and nothing that is written here is taken.
   *
   * @throws SealiftException as {@link #remove}; {@code LAST_OWNER} when nobody would be left who may change who is in the space
   */
  public Members leave() {
    return change(new MemberChange.Leaving());
  }

  /**
   * Says what a device may do from now on, and waits until that stands in the log.
   *
   * @param device its id, as {@link #members} has it
   * @throws SealiftException as {@link #leave}
   */
  public Members changeRole(String device, MemberRole role) {
    return change(new MemberChange.RoleChange(anyDevice(device), role.role()));
  }

  /**
   * Seals what is written from now on with a new key, and waits until that stands in the log. Whoever is in the space gets it.
   *
   * @throws SealiftException as {@link #remove}
   */
  public Members rotate() {
    return change(new MemberChange.Rotation());
  }

  private Membership requireMembership() {
    return Errors.checked(records::members).orElseThrow(Space::notConnected);
  }

  private boolean isOwner(Membership membership) {
    return membership.device(keys.id()).filter(Device::mayChangeMembers).isPresent();
  }

  private Members change(MemberChange change) {
    SyncLoop running = loop;
    if (running == null) {
      throw notConnected();
    }
    Membership after = await(running.change(change), Invitation.OPENING_TIMEOUT);
    return Members.of(after, keys.id(), clock.getAsLong());
  }

  private static SealiftException notConnected() {
    return new SealiftException(
        ErrorCode.NOT_CONNECTED, "Who is in a space is changed in the mesh: connect first.");
  }

  // Without a mesh

  /**
   * Writes all that the mesh does not have yet, as far as this device knows, for another device of the space to {@link #takeOver}: on a stick, by a cable, in a chat. What this device wrote is
   * packed for it. It is sealed and signed as for the mesh, and stays as it is from now on: if the mesh does not take it at once, it waits and does not change. Can be done as often as one likes, for any number of
   * devices; not from within {@link #write}.
   *
   * @param out is not closed. When it fails, hand over once more
   * @return how many files it is
   * @throws SealiftException {@code NOT_CONNECTED} when this device has to be connected first, {@code TOO_MANY_FILES}
   */
  public int handOver(OutputStream out) throws IOException {
    HandOver handOver = withReplica(Replica::handOver);
    handOver.writeTo(out);
    return handOver.size();
  }

  /**
   * Takes over what another device has handed over: all of it, or nothing. It shows at once, what is written here from now on goes on from it, and it goes to the mesh from here too, whoever is first.
   * Once more is free. Not from within {@link #write}.
   *
   * @param in is read to its end, and not closed
   * @return how many files were new here
   * @throws SealiftException {@code BAD_HAND_OVER}, {@code WRONG_SPACE}, {@code FILES_MISSING}, {@code FILES_CONFLICT}, {@code FILES_AHEAD}, {@code NOT_A_MEMBER}, {@code NEWER_FORMAT}; and as {@link #handOver}
   */
  public int takeOver(InputStream in) throws IOException {
    HandOver handOver = HandOver.read(in);
    int taken = withReplica(replica -> replica.takeOver(handOver));
    tellLoop();
    return taken;
  }

  // Evidence

  /** What the mesh was caught at since this device is in the space: of each kind the first times. */
  public List<Caught> caught() {
    return Errors.checked(() -> KeptEvidence.list(records).stream()
        .map(kept -> new Caught(
            kept.name(),
            kept.violation(),
            kept.sequence(),
            Instant.ofEpochMilli(kept.reportedAtMillis())))
        .toList());
  }

  /**
   * Writes evidence of what the mesh was {@link #caught} at: what it sent, as it came, with the headers of the log up to there. Or of what a compaction is that this device contests, or has made itself: all files of the log up to it, sealed
   * as they are. Whoever has the space can check it ({@link #verify}); and anybody can check what is about the mesh, or whom the key is given with it ({@link Sealift#verify}).
   *
   * @param name that of {@link Caught}, or of a compaction: {@link CompactionStatus#contested}
   * @param reveals whether the space's key goes with evidence of a compaction, and so all that was ever written in the space
   * @param out is not closed
   * @throws SealiftException {@code INVALID_INPUT} when there is none of that name, {@code EVIDENCE_INCOMPLETE} when this device lacks some of it
   */
  public void exportEvidence(String name, boolean reveals, OutputStream out) throws IOException {
    FileId of = fileId(name);
    EvidenceExport export = withReplica(replica -> replica.evidence(of, reveals));
    try {
      export.writeTo(out);
    } catch (StoreException e) {
      throw StoreErrors.toSealift(e);
    }
  }

  private static FileId fileId(String hex) {
    try {
      return FileId.of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException | FormatException e) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "Evidence is named by 64 hexadecimal digits.", e);
    }
  }

  /**
   * Checks evidence of this space, with the key that this device has. Nothing of what this device holds is used or changed.
   *
   * @param in is read to its end, and not closed
   * @throws SealiftException {@code BAD_EVIDENCE}, {@code WRONG_SPACE}, {@code NEWER_FORMAT}
   */
  public EvidenceVerdict verify(InputStream in) throws IOException {
    return Verifying.verify(in, Optional.of(records));
  }

  /** Nobody waits for the monitor of a replica in use while he has the space's, and nobody is told of anything under either. */
  private <T> T withReplica(Function<Replica, T> work) {
    return Errors.checked(() -> {
      store.batch().close(); // a thread that has one would wait for itself
      Optional<T> done = Optional.empty();
      while (done.isEmpty()) {
        Optional<Replica> running = runningReplica();
        done = running.isPresent() ? with(running.get(), work) : withoutLoop(work);
      }
      return done.get();
    });
  }

  private Optional<Replica> runningReplica() {
    return Optional.ofNullable(loop).map(SyncLoop::replica);
  }

  /** Empty when another one has taken its place meanwhile. */
  private static <T> Optional<T> with(Replica replica, Function<Replica, T> work) {
    return replica.exclusively(
        () -> replica.isRetired() ? Optional.empty() : Optional.of(work.apply(replica)));
  }

  /** Empty when a loop runs by now; none is started meanwhile. */
  private <T> Optional<T> withoutLoop(Function<Replica, T> work) {
    return store.tellings().holding(() -> withReplicaOfItsOwn(work));
  }

  private synchronized <T> Optional<T> withReplicaOfItsOwn(Function<Replica, T> work) {
    return loop == null ? Optional.of(work.apply(newReplica())) : Optional.empty();
  }

  private static <T> T await(CompletableFuture<T> future, Duration timeout) {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SealiftException known) {
        throw known;
      }
      throw new SealiftException(ErrorCode.INTERNAL, "The change failed by a bug in Sealift.", e);
    } catch (TimeoutException e) {
      throw new SealiftException(
          ErrorCode.NOT_CONNECTED,
          "The mesh did not answer in time. The change may still be made; look, and ask again.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SealiftException(ErrorCode.TIMED_OUT, "The wait was interrupted.", e);
    }
  }

  void close() {
    beginNoMore();
    disconnect();
    waits.close();
    store.close();
  }

  private synchronized void beginNoMore() {
    closed = true;
  }
}
