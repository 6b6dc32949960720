package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A unit of work: all of it is kept when {@link #commit} returns, or none of it; durably, unless {@link SpaceStore#batchUnsynced} was
 * asked. To be closed; closing without a commit takes everything back, clock included. There is one at a time; it belongs to the
 * thread that asked for it.
 *
 * <p>What is refused for what it is (a bad name, a value too large, an unknown column) changes nothing, and the batch may go on.
 * What fails while writing makes the batch unusable.
 */
public final class Batch implements AutoCloseable {
  private final SpaceStore store;
  private final Writer writer;
  private Declared declared;
  private long generation;
  private int undoableWrites;
  private boolean transaction;
  private boolean writing;
  private boolean wrote;
  private boolean ended;

  Batch(SpaceStore store, Writer writer, Declared declared, long generation) {
    this.store = store;
    this.writer = writer;
    this.declared = declared;
    this.generation = generation;
  }

  /**
   * What is written from now on in this batch is one change, which {@link #undo} can take back: what there was before is kept, on this device only. The last {@link UndoLog#MAX_CHANGES} changes
   * are, or fewer that come to {@link UndoLog#MAX_BYTES}. Declarations, dismissals and what is appended to feeds are no part of it.
   *
   * @param mostWrites beyond these it cannot be taken back, and neither can what was before it; so it is beyond the bytes
   */
  public void undoable(int mostWrites) {
    requireUsable();
    undoableWrites = mostWrites;
  }

  /**
   * Takes back this device's last change, as far as nobody else has written to it since, by new events.
   *
   * @return what was taken back, and what was left
   */
  public UndoResult undo() {
    return takeBack(() -> writer.undoing().undo(seen()));
  }

  /** Makes again what {@link #undo} took back last, unless this device has changed something since; with the same care. */
  public UndoResult redo() {
    return takeBack(() -> writer.undoing().redo(seen()));
  }

  private UndoResult takeBack(Supplier<UndoResult> work) {
    requireUsable();
    writer.requireWritable();
    start();
    UndoResult result = work.get();
    writing = false;
    return result;
  }

  /**
   * Declares a table as this device's app knows it. What the space has already is not written again; what it has beside the declaration stays. The first declaration of a table since the store was opened takes the
   * place of what the app declared of it before; later ones add to it. Of an app that is too old the space takes nothing, and it goes on with what it knows.
   *
   * @throws StoreException {@code BAD_SCHEMA} when it contradicts what the space has
   */
  public void declare(TableSchema table) {
    requireUsable();
    writer.schema().check(table, false);
    writing = true;
    boolean isNew = writer.schema().declare(table, false, seen());
    isNew |= writer.schema().declareApp(table, declared.has(table));
    isNew |= writer.rowRules().know(table.rules().renames());
    told(isNew);
    writing = false;
    table.columns().forEach(column -> column.through().ifPresent(store::add));
    declared = declared.with(table);
  }

  private void told(boolean isNew) {
    wrote |= isNew || !writer.schema().held().isEmpty();
    if (isNew) {
      writer.changes().addUnseen();
    }
  }

  /**
   * As {@link #declare}, on behalf of a tool that is no app: the space has it, but this device goes on showing what the space has newest. What was dropped is there again when it is declared.
   *
   * @throws StoreException also {@code APP_TOO_OLD}
   */
  public void amend(TableSchema table) {
    requireUsable();
    writer.requireWritable();
    writer.schema().check(table, true);
    writing = true;
    told(writer.schema().declare(table, true, seen()));
    writing = false;
    declared = declared.with(table);
  }

  /**
   * Makes one transaction of all that this batch writes from here on: it becomes visible on other devices as a whole, or not at all.
   *
   * @throws IllegalStateException when it is one already
   * @throws StoreException {@code APP_TOO_OLD}
   */
  public void beginTransaction() {
    requireUsable();
    if (transaction) {
      throw new IllegalStateException("the batch is a transaction already");
    }
    writer.requireWritable();
    transaction = true;
    writer.transaction().begin();
  }

  /**
   * Reads a row as {@link #get} does. When it is not the same any more as the transaction comes to the log, the transaction goes to the inbox as a whole.
   *
   * @throws StoreException {@code TRANSACTION_TOO_LARGE}; {@code BAD_TRANSACTION} when it adds to a counter
   */
  public Optional<Map<String, Value>> read(String table, String key) {
    Optional<Map<String, Value>> row = get(table, key);
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    guarding(() -> writer.transaction().readRow(info, key));
    return row;
  }

  /** Reads a compound cell as {@link #values} does; otherwise as {@link #read}. */
  public List<Value> readValues(String table, String key, String column) {
    List<Value> read = values(table, key, column);
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    guarding(() -> writer.transaction().readParts(info, key, info.columnCalled(column)));
    return read;
  }

  /** What a row is, as this batch sees it. */
  public RowVersion version(String table, String key) {
    requireUsable();
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    return writer.transaction().version(info, key);
  }

  /**
   * Makes a transaction as {@link #beginTransaction} does, for a row of this version: when the log has another one as the transaction comes to it, that goes to the inbox.
   *
   * @return whether the row is of this version here; if not, there is no transaction
   * @throws StoreException {@code APP_TOO_OLD}, whatever the row is
   */
  public boolean beginTransactionAt(String table, String key, RowVersion version) {
    requireUsable();
    writer.requireWritable();
    if (!version(table, key).equals(version)) {
      return false;
    }
    beginTransaction();
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    guarding(() -> writer.transaction().guard(info, key, version));
    return true;
  }

  private void guarding(Runnable guards) {
    if (!transaction) {
      throw new IllegalStateException("what is read is guarded in a transaction alone");
    }
    writing = true;
    guards.run();
    writing = false;
  }

  /** Hides a table from apps that do not declare it; what is in it is kept. By its name in the space. */
  public void dropTable(String wire) {
    requireUsable();
    writing = true;
    told(writer.schema().dropTable(wire, seen()));
    writing = false;
  }

  /** Which version of the app this is; 0 of one without a version. When the space asks for a newer one, nothing can be written from now on. */
  public void useVersion(int version) {
    start();
    writer.version().use(version);
    writing = false;
  }

  /** From now on the space asks for this version of the app at least; not when it asks for more, and not when a tool has taken that back. */
  public void requireVersion(int minimum) {
    requireUsable();
    writing = true;
    told(writer.schema().requireVersion(minimum, seen()));
    writing = false;
  }

  /**
   * On behalf of a tool: the space asks for this version of the app, also when it has asked for more so far.
   *
   * @param minimum 0 to take any
   */
  public void amendVersion(int minimum) {
    requireNewEnough();
    writing = true;
    told(writer.schema().amendVersion(minimum, seen()));
    writing = false;
  }

  /**
   * Refuses what an app that is too old does, and what has to wait for a step to end.
   *
   * @throws StoreException {@code APP_TOO_OLD}, {@code STEP_UNFINISHED}
   */
  public void requireNewEnough() {
    requireUsable();
    writer.requireWritable();
  }

  /**
   * Writes a whole row: columns that are declared and not given become null.
   *
   * @throws dev.sealift.client.rule.RuleException {@code NOT_UNIQUE}
   */
  public void put(String table, String key, Map<String, Value> values) {
    requireUsable();
    LocalWriter.Write put = writer.local().put(table, key, values, declared);
    writer.rowRules().requireUnique(table, key, values, declared::columns);
    run(put);
  }

  /**
   * Writes a new row of a feed.
   *
   * @param salt hexadecimal digits drawn at random, so that two copies of a home append two rows
   * @return its key; the keys of a device sort in the order in which it appended
   * @throws StoreException {@code FEED} when the table is none
   */
  public String append(String table, Map<String, Value> values, String salt) {
    requireUsable();
    String key = writer.local().nextKey(salt);
    run(writer.local().append(table, key, values, declared));
    return key;
  }

  /**
   * Refuses a feed, whose rows are appended and then stay.
   *
   * @throws StoreException {@code FEED}
   */
  public void requireNoFeed(String table) {
    requireUsable();
    requireNoFeed(SpaceStore.requireTable(writer.catalog().tables(), table));
  }

  private void requireNoFeed(TableInfo table) {
    if (writer.policies().of(table.name()) == Keep.FEED) {
      throw new StoreException(Code.FEED, "a feed is only appended to; its rows do not change");
    }
  }

  /** Says that a row is there, and writes no column. */
  public void mark(String table, String key) {
    requireUsable();
    run(writer.local().mark(table, key));
  }

  /**
   * Writes the given columns of a row, which is there afterwards.
   *
   * @throws dev.sealift.client.rule.RuleException {@code NOT_UNIQUE}
   */
  public void patch(String table, String key, Map<String, Value> values) {
    requireUsable();
    LocalWriter.Write patch = writer.local().patch(table, key, values);
    writer.rowRules().requireUnique(table, key, values, (info, named) -> List.of());
    run(patch);
  }

  /** Writes a multi-value register: the value takes the place of those that this device has seen. */
  public void assign(String table, String key, String column, Value value) {
    requireUsable();
    run(writer.local().assign(table, key, column, value));
  }

  /** Adds to a counter. */
  public void increment(String table, String key, String column, long by) {
    requireUsable();
    run(writer.local().count(table, key, column, by));
  }

  /**
   * Adds a value to a set.
   *
   * @return whether it was not in it
   */
  public boolean add(String table, String key, String column, Value value) {
    requireUsable();
    return run(writer.local().set(RunKind.ADD, table, key, column, value));
  }

  /**
   * Takes a value out of a set.
   *
   * @return whether it was in it
   */
  public boolean discard(String table, String key, String column, Value value) {
    requireUsable();
    return run(writer.local().set(RunKind.DISCARD, table, key, column, value));
  }

  /** Adds an update. */
  public void append(String table, String key, String column, Value update) {
    requireUsable();
    run(writer.local().update(RunKind.APPEND, table, key, column, update));
  }

  /** Writes an update in the place of all that this batch sees. */
  public void collapse(String table, String key, String column, Value update) {
    requireUsable();
    run(writer.local().update(RunKind.COLLAPSE, table, key, column, update));
  }

  /**
   * Refuses a column that is not of updates.
   *
   * @throws StoreException {@code WRONG_TYPE}, {@code UNKNOWN_COLUMN}, {@code UNKNOWN_TABLE}
   */
  public void requireUpdates(String table, String column) {
    requireUsable();
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    LocalWriter.requireCompound(info, column, ColumnType.UPDATES);
  }

  /** The values of a compound cell as this batch sees it, own writes included; as {@link SpaceStore#values}. */
  public List<Value> values(String table, String key, String column) {
    requireUsable();
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    return writer.local().values(info, key, column);
  }

  /**
   * Writes once more what was written once: also to a column that is hidden, or that takes no such values any more. Of a removal all that {@link #remove} does.
   *
   * @throws StoreException {@code FEED}, {@code WRONG_TYPE} for what was added to a counter
   * @throws dev.sealift.client.rule.RuleException as the write would
   */
  public void restore(HistoryItem item) {
    requireUsable();
    TableInfo table = writer.local().requireWire(item.wire());
    requireNoFeed(table);
    if (item.kind() == RunKind.REMOVE) {
      remove(table, item.key());
      return;
    }
    LocalWriter.Write restore = writer.local().restore(table, item);
    boolean ofRegister = item.kind() == RunKind.PUT || item.kind() == RunKind.PATCH;
    requireUnique(
        table,
        item.key(),
        ofRegister && !item.wireColumn().isEmpty()
            ? Map.of(item.wireColumn(), item.value())
            : Map.of());
    run(restore);
  }

  /**
   * Removes a row, and those that refer to it by {@code REMOVE}.
   *
   * @return whether it was there
   * @throws dev.sealift.client.rule.RuleException {@code REFERENCED} when rows refer to it that keep it; {@code INVALID_INPUT} when too many would go with it
   */
  public boolean remove(String table, String key) {
    requireUsable();
    return remove(SpaceStore.requireTable(writer.catalog().tables(), table), key);
  }

  private boolean remove(TableInfo table, String key) {
    LocalWriter.Write remove = writer.local().remove(table, key);
    List<RowName> all = writer.rowRules().removal(table, key);
    all.forEach(row -> writer.online().requireWritable(row.table()));
    boolean did = run(remove);
    for (RowName other : all.subList(1, all.size())) {
      run(writer.rowRules().remove(other));
    }
    return did;
  }

  /**
   * Looks at rows that break a rule, some hundred at the most, and writes what this device is to answer. For one that holds all of the log that it knows of, and may write; else it would answer what others have answered already.
   *
   * @param nowMillis by the mesh's clock
   * @return whether anything was looked at: there may be more then
   */
  public boolean answerRules(long nowMillis) {
    requireUsable();
    if (writer.version().isTooOld() || writer.mark().isThere()) {
      return false;
    }
    writing = true;
    boolean did = writer.rowRules().answer(nowMillis, seen());
    writing = false;
    wrote |= did;
    return did;
  }

  /**
   * Says that something in the inbox needs no review any more.
   *
   * @return whether it was there
   */
  public boolean dismiss(LostValue lost) {
    requireUsable();
    writer.requireWritable();
    start();
    boolean there = writer.dismiss(lost);
    writing = false;
    return there;
  }

  /** As {@link #revive(List)}, of one value. */
  public void revive(LostValue lost) {
    revive(List.of(lost));
  }

  /**
   * Does again what one write to one row did and lost: also in what is hidden, or not declared here, or does not fit here. Of a removal all that {@link #remove} does.
   *
   * @throws StoreException {@code WRONG_TYPE} for what a device added to a counter too late
   * @throws dev.sealift.client.rule.RuleException {@code NOT_UNIQUE} when the row would show what another row has by now; {@code REFERENCED}
   */
  public void revive(List<LostValue> lost) {
    requireUsable();
    LostValue any = lost.get(0);
    TableInfo table = writer.local().requireWire(any.wire());
    if (any.reason().isRemoval()) {
      remove(table, any.key());
      return;
    }
    LocalWriter.Write revive = writer.local().revive(table, lost);
    requireUnique(table, any.key(), LocalWriter.registers(lost));
    run(revive);
  }

  /** The row keeps or gets back what is not in {@code values}, which are by their names in the space. */
  private void requireUnique(TableInfo table, String key, Map<String, Value> values) {
    writer.rowRules().requireUnique(table, key, values, (info, named) -> List.of());
  }

  private boolean run(LocalWriter.Write write) {
    writer.requireWritable();
    writing = true;
    if (undoableWrites > 0) {
      writer.undoLog().begin(undoableWrites);
    }
    boolean did = write.run(seen());
    writing = false;
    wrote |= did;
    return did;
  }

  private long seen() {
    return writer.log().position();
  }

  /** A row as this batch sees it, its own writes included. */
  public Optional<Map<String, Value>> get(String table, String key) {
    requireUsable();
    TableInfo info = SpaceStore.requireTable(writer.catalog().tables(), table);
    return ShownRow.read(info, writer.select(info), key);
  }

  /**
   * Applies an admitted file, which is the next one of the log, and notes its place. Of one that this store packed itself the tables have the events since they were written; whether they are
   * needed all the same says {@link #needsOwnEvents}.
   *
   * @return whether its events are what its header says; if not, they are passed over, as on every device
   * @throws StoreException {@code TIME_AHEAD} when it has to wait; nothing of it was applied, nor noted
   */
  public boolean apply(RemoteFile file) {
    requireUsable();
    LogEntry entry = file.entry();
    Lifetimes lifetimes = writer.policies().lifetimes().byLog();
    if (isOwn(entry)) {
      place(file, file.runs(), file.runs());
      return file.keepsExpiry(lifetimes);
    }
    boolean consistent = file.isConsistent(lifetimes);
    if (consistent) {
      writer.time().requireNotAhead(file.newest());
    }
    place(file, consistent ? file.runs() : List.of(), List.of());
    if (consistent) {
      writing = true;
      writer.apply(file);
      writing = false;
    }
    return consistent;
  }

  private boolean isOwn(LogEntry entry) {
    return store.isSelf(entry.author()) && writer.log().isOwn(entry.counter(), entry.file());
  }

  /** Whether a file that this store packed is to be applied with its events: something else came to the log before it, or it comes too late. */
  public boolean needsOwnEvents(LogEntry entry) {
    requireUsable();
    return isOwn(entry) && writer.needsOwnEvents(entry);
  }

  /** The sealed payload of a file that this store packed, as long as it is kept. */
  public Optional<Bytes> ownPayload(LogEntry entry) {
    requireUsable();
    return writer.log().ownPayload(entry.counter(), entry.file()).map(Bytes::of);
  }

  /**
   * Keeps a file by another device that came directly, and shows what it brings, until the log has it or something else in its place. All that it builds on is here.
   *
   * @return whether its events are what its header says; if not, nothing is done
   * @throws StoreException {@code TIME_AHEAD} when it has to wait; {@code TOO_MANY_FILES}; {@code STEP_UNFINISHED}
   */
  public boolean takeOver(HandedFile file) {
    requireUsable();
    writer.mark().requireWritable();
    if (!RemoteFile.isConsistent(file.runs(), file.newest())) {
      return false;
    }
    writer.time().requireNotAhead(file.newest());
    start();
    writer.takeOver(file);
    writing = false;
    return true;
  }

  /** Keeps a part of a compaction that is made here, until {@link #forgetParts}. */
  public void keepPart(int number, byte[] plaintext) {
    requireUsable();
    start();
    writer.keepPart(number, plaintext);
    writing = false;
  }

  /** No part that was made is needed any more. */
  public void forgetParts() {
    requireUsable();
    start();
    writer.forgetParts();
    writing = false;
  }

  /** Keeps what is known of a compaction, in the place of what was known before. */
  public void putCompaction(HeldCompaction held) {
    requireUsable();
    start();
    writer.putCompaction(held);
    writing = false;
  }

  /** A compaction is of no interest any more. */
  public void forgetCompaction(HeldCompaction held) {
    requireUsable();
    start();
    writer.forgetCompaction(held);
    writing = false;
  }

  /** Keeps a file that was fetched to take a step, until {@link #forgetFetched}. */
  public void fetched(FetchedFile file) {
    requireUsable();
    start();
    writer.fetched(file);
    writing = false;
  }

  /** One of them is not needed any more. */
  public void forgetFetched(long sequence) {
    requireUsable();
    start();
    writer.forgetFetched(sequence);
    writing = false;
  }

  /** The step was taken, or is not taken after all. */
  public void forgetFetched() {
    requireUsable();
    start();
    writer.forgetFetched();
    writing = false;
  }

  /** As {@link #record}, of a file by another device that came without what it held: all of that is to be over when its header says so. */
  public void recordExpired(RemoteFile file) {
    requireUsable();
    place(file, List.of(), List.of());
    writing = true;
    writer.applyExpired(file);
    writing = false;
  }

  /** Notes the place of an admitted file, and no more: one without events, or one that this store packed and whose events are not needed. */
  public void record(RemoteFile file) {
    requireUsable();
    place(file, List.of(), List.of());
  }

  private void place(RemoteFile file, List<EventRun> runs, List<EventRun> ownRuns) {
    LogEntry entry = file.entry();
    start();
    writer.mark().requireNone();
    writer.log().append(entry);
    writer.places().admit(file, runs);
    if (store.isSelf(entry.author())) {
      boolean brings = isOwn(entry) && writer.log().settleBefore(entry.counter());
      writer.log().settle(entry.counter(), entry.file(), entry.sequence());
      writer.applyOwn(file, ownRuns);
      if (brings) {
        writer.step().settleOwn();
      }
    }
    writer.passed(entry);
    writing = false;
  }

  /** A piece of a step follows: see {@link Installing}. */
  Writer beginStep() {
    start();
    return writer;
  }

  /** It has been done whole. */
  void endStep() {
    writing = false;
  }

  /**
   * Another device has signed that it holds this much of the log; what it said before counts as far as that was more.
   *
   * @param root of the log that it names
   */
  public void putView(SignedView view, Hash root) {
    start();
    writer.views().put(view, root);
    writing = false;
  }

  /** Another device has signed that it holds more of the log than is held here; what it said of that before is forgotten. */
  public void putAhead(SignedPosition position) {
    start();
    writer.views().putAhead(position);
    writing = false;
  }

  /** What a device had signed to hold beyond the log is of no more use. */
  public void removeAhead(DeviceId device) {
    start();
    writer.views().removeAhead(device);
    writing = false;
  }

  /** Keeps an admitted file as it was signed and sealed. Those of the outbox are kept by themselves when they get their places. */
  public void keep(long sequence, byte[] header, byte[] payload) {
    start();
    writer.log().keep(sequence, header, payload);
    writing = false;
  }

  /** A file of the outbox has its receipt and needs no sending. The log notes its place when it comes to it. */
  public void settle(long counter, FileId file, long sequence) {
    start();
    writer.log().settle(counter, file, sequence);
    writing = false;
  }

  /**
   * Exchanges the journal up to the file's last event for the file, which holds those events.
   *
   * @return false, and nothing is changed, when times were moved or files unpacked since the events were read: read them anew
   */
  public boolean commitPacked(PendingEvents pending, OutboxFile file) {
    if (pending.generation() != generation) {
      return false;
    }
    start();
    writer.log().send(file);
    writer.journal().deleteUpTo(file.last());
    writer.time().keep();
    writing = false;
    return true;
  }

  /** Puts a file without events into the outbox: a membership file. */
  public void send(OutboxFile file) {
    start();
    writer.log().send(file);
    writing = false;
  }

  /** Withdraws all files of the outbox from a counter on that have no events: a membership change that is not to be. */
  public void withdrawFrom(long counter) {
    start();
    writer.log().withdrawFrom(counter);
    writing = false;
  }

  /** Exchanges all files of the outbox for others with the same events. */
  public void replaceOutbox(List<OutboxFile> files) {
    start();
    writer.log().withdrawFrom(0);
    files.forEach(writer.log()::send);
    writing = false;
  }

  /**
   * Withdraws all files of the outbox from a counter on and makes their events pending again.
   *
   * @param runs the events of all those files
   */
  public void unpack(long fromCounter, List<EventRun> runs) {
    start();
    writer.unpack(fromCounter, runs);
    generation = store.nextGeneration();
    writing = false;
  }

  /**
   * Moves back pending writes whose times are further ahead of the mesh's clock than the space allows: the last of them to the
   * present, the others as far, unless their order or what the device has seen holds them. The clock goes back with them.
   *
   * @return how many were moved
   */
  public int restampAhead(long meshMillis) {
    requireUsable();
    if (!writer.time().isAhead(meshMillis)) {
      return 0;
    }
    start();
    int moved = writer.restampAhead(meshMillis);
    generation = store.nextGeneration();
    writing = false;
    return moved;
  }

  /**
   * Moves on pending writes that nobody has seen and that would be too old to be merged: all of them by {@code shiftMillis}, where the clock that they were written by turns out to be
   * behind, and to {@code floorMillis} at the least, where nobody else can have written anything meanwhile. Their order stays.
   *
   * @return how many were moved
   */
  public int restampBehind(long shiftMillis, long floorMillis) {
    start();
    int moved = writer.restampBehind(shiftMillis, floorMillis);
    generation = store.nextGeneration();
    writing = false;
    return moved;
  }

  /**
   * Takes the places of all files beyond {@code size} back: this store's own go to the outbox again, others' are displaced. What they
   * brought still shows; what the log makes of rows is worked out anew from the files up to {@code size}, which are opened one after the other. (Not in a store that did not keep
   * all of them, since it is of the first version: there inbox and merge digest stay as if the places were still the old ones.)
   *
   * @param common how many files the log held has in common with the one that comes, {@code size} or more: so many at the most have pending writes seen from now on
   */
  public void rewind(long size, long common, Opener opener) {
    start();
    writer.rewind(size, common, opener);
    generation = store.nextGeneration();
    writing = false;
  }

  /**
   * Lets go of the log and of all that it made of rows, and of a step that was begun, to take the same log in again. This store's own files go to the outbox again and others' that it holds are displaced, as by {@link #rewind} to 0;
   * what these and pending writes make of rows shows on, and nothing else.
   */
  public void beginAnew(Opener opener) {
    start();
    writer.beginAnew(opener);
    generation = store.nextGeneration();
    writing = false;
  }

  /** The log shows a displaced file in its new place; or another in its author's chain instead, and what it brought shows no more. */
  public void removeDisplaced(long id) {
    start();
    writer.removeDisplaced(id);
    writing = false;
  }

  /**
   * The mesh has refused a displaced file for good. It is kept: should the mesh be restored once more, that may be different. What came directly shows no more: its
   * author makes it again.
   */
  public void refuseDisplaced(long id) {
    start();
    writer.refuseDisplaced(id);
    writing = false;
  }

  /** From now on the space has these rules, which its genesis fixed. Before anything of it is applied. */
  public void useRules(SpaceRules rules) {
    start();
    writer.useRules(rules);
    writing = false;
  }

  /** Remembers something under a name, which does not begin with {@code store.}. */
  public void putSetting(String name, byte[] value) {
    requireSettingName(name);
    start();
    writer.settings().put(name, value);
    writing = false;
  }

  public void removeSetting(String name) {
    requireSettingName(name);
    start();
    writer.settings().remove(name);
    writing = false;
  }

  private static void requireSettingName(String name) {
    if (name.startsWith(Settings.OWN_PREFIX)) {
      throw new IllegalArgumentException("settings of this name are the store's own");
    }
  }

  private void start() {
    requireUsable();
    writing = true;
    wrote = true;
    writer.start();
  }

  private void requireUsable() {
    if (ended) {
      throw new IllegalStateException("the batch has ended; ask for another one");
    }
    store.requireWriter();
    if (writing) {
      throw new IllegalStateException(
          "a write of this batch failed; close it and try again with another one");
    }
  }

  /** Keeps everything. Whoever listens to changes is told afterwards, on this thread: see {@link SpaceStore#onChange}. */
  public void commit() {
    requireUsable();
    writing = true;
    if (transaction) {
      writer.transaction().end();
    }
    if (wrote) {
      writer.commit();
    }
    writer.undoLog().end();
    writing = false;
    ended = true;
    boolean changed = !writer.changes().isEmpty();
    ChangeSet changes = writer.changes().take();
    store.committed(declared);
    if (changed) {
      store.tell(changes);
    }
  }

  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      if (wrote || writing || transaction) {
        writer.rollback();
      }
      writer.undoLog().end();
    } finally {
      store.rolledBack();
    }
  }

  static StoreException closed() {
    return new StoreException(Code.CLOSED, "the space was closed");
  }
}
