package dev.sealift.client.store;

import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.Guard;
import dev.sealift.client.pack.PayloadLimits;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Utf8;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that a batch is. Keeps what it has read, as guards, and counts what it comes to: it has to fit into one file. What it has written itself before reading it needs no guard.
 */
final class OpenTransaction {
  /** Writes and guards: readers refuse more. */
  static final int MAX_EVENTS = PayloadLimits.MAX_TRANSACTION_EVENTS;

  /** Keys, values, and names where they are told: a payload has room for it even where nothing can be compressed, and for what encodings add. */
  static final int MAX_BYTES = 896 << 10;

  private static final int EVENT_BYTES = 16;
  private static final int VALUE_BYTES = 4;
  private static final int SHAPE_BYTES = 64;
  private static final int COLUMN_BYTES = 16;

  private final RowMerger rows;
  private final Journal journal;
  private final Devices devices;
  private final Guards guards;
  private final SeenFiles files;
  private final Map<RowName, Before> before = new HashMap<>();
  private final Set<Guarded> read = new LinkedHashSet<>();
  private @Nullable Shape shape;
  private boolean counts;
  private int events;
  private long bytes;

  OpenTransaction(
      RowMerger rows, Journal journal, Devices devices, Guards guards, SeenFiles files) {
    this.rows = rows;
    this.journal = journal;
    this.devices = devices;
    this.guards = guards;
    this.files = files;
  }

  private record RowName(int table, String key) {}

  /** @param nth of those that name the same: two copies of a home may have given two parts one name */
  private record Guarded(TableInfo table, String key, Guard guard, int nth) {}

  /** What events have in common that stand in one run. */
  private record Shape(RunKind kind, int table, List<String> columns) {}

  /** A row before the transaction wrote to it. */
  private record Before(RowState state, Map<Integer, List<Stamp>> parts) {
    static Before of(RowImage row) {
      Map<Integer, List<Stamp>> parts = new HashMap<>();
      row.compounds()
          .forEach((cell, compound) ->
              parts.put(cell, compound.parts().stream().map(Part::stamp).toList()));
      return new Before(row.state(), parts);
    }
  }

  void begin() {
    clear();
    journal.beginTransaction();
  }

  /** Nothing of it is left here. */
  void clear() {
    before.clear();
    read.clear();
    shape = null;
    counts = false;
    events = 0;
    bytes = 0;
  }

  /** Keeps what it has read beside what it wrote. A transaction that wrote nothing is none. */
  void end() {
    long number = journal.transaction();
    journal.endTransaction();
    if (number != 0) {
      read.forEach(guarded -> guards.add(number, guarded.table(), guarded.key(), guarded.guard()));
    }
    clear();
  }

  // Reading

  /** A row was read: all that it shows. */
  void readRow(TableInfo table, String key) {
    Before first = before(table, key);
    RowState now = rows.shown(table, key).state();
    if (readPresence(table, key, first, now)) {
      for (ColumnInfo column : table.columns()) {
        if (now.cell(column.cell()).filter(this::isOwn).isEmpty()) {
          guard(table, key, register(column, first));
        }
      }
      table.compounds().stream()
          .map(ColumnInfo::name)
          .distinct()
          .forEach(column -> guardParts(table, key, column, first));
    }
  }

  /** The compound cells of a column were read. */
  void readParts(TableInfo table, String key, String column) {
    Before first = before(table, key);
    if (readPresence(table, key, first, rows.shown(table, key).state())) {
      guardParts(table, key, column, first);
    }
  }

  /** @return whether the row is there, so that more was read of it */
  private boolean readPresence(TableInfo table, String key, Before first, RowState now) {
    if (!now.has(this::isOwn)) {
      guard(table, key, version(table, first).presence());
    }
    return rows.isVisible(now);
  }

  private Before before(TableInfo table, String key) {
    return before.computeIfAbsent(
        new RowName(table.id(), key), any -> Before.of(rows.shown(table, key)));
  }

  private boolean isOwn(Stamp stamp) {
    return stamp.device() == Devices.SELF
        && stamp.sequence() == 0
        && journal.transaction() != 0
        && stamp.time() >= journal.transaction();
  }

  /** It is written only if the row is still what it was. */
  void guard(TableInfo table, String key, RowVersion version) {
    before(table, key);
    guard(table, key, version.presence());
    if (version.isThere()) {
      table.columns().forEach(column -> guard(table, key, version.register(column.name())));
      table.compounds().stream()
          .map(ColumnInfo::name)
          .distinct()
          .forEach(column -> guardAll(table, key, version.parts(column)));
    }
  }

  /** What a row is as it is shown. */
  RowVersion version(TableInfo table, String key) {
    return version(table, Before.of(rows.shown(table, key)));
  }

  private RowVersion version(TableInfo table, Before row) {
    RowState state = row.state();
    if (!rows.isVisible(state)) {
      return RowVersion.ABSENT;
    }
    Map<String, Guard.Name> registers = new HashMap<>();
    table
        .columns()
        .forEach(column -> state
            .cell(column.cell())
            .ifPresent(stamp -> registers.put(column.name(), name(stamp))));
    Map<String, List<Guard.Name>> parts = new HashMap<>();
    table
        .compounds()
        .forEach(column -> row.parts()
            .getOrDefault(column.cell(), List.of())
            .forEach(stamp ->
                parts.computeIfAbsent(column.name(), any -> new ArrayList<>()).add(name(stamp))));
    return new RowVersion(true, registers, parts);
  }

  private Guard register(ColumnInfo column, Before row) {
    Optional<Stamp> stamp = row.state().cell(column.cell());
    return new Guard(Guard.What.REGISTER, column.name(), stamp.map(this::name));
  }

  private void guardParts(TableInfo table, String key, String column, Before row) {
    List<Guard> parts = table.named(column).stream()
        .flatMap(cell -> row.parts().getOrDefault(cell.cell(), List.of()).stream())
        .map(stamp -> new Guard(Guard.What.PART, column, Optional.of(name(stamp))))
        .toList();
    Guard none = new Guard(Guard.What.PART, column, Optional.empty());
    guardAll(table, key, parts.isEmpty() ? List.of(none) : parts);
  }

  private void guardAll(TableInfo table, String key, List<Guard> guards) {
    Map<Guard, Integer> named = new HashMap<>();
    guards.forEach(guard -> guard(table, key, guard, named.merge(guard, 1, Integer::sum)));
  }

  private Guard.Name name(Stamp stamp) {
    return new Guard.Name(stamp.time(), devices.device(stamp.device()));
  }

  private void guard(TableInfo table, String key, Guard guard) {
    guard(table, key, guard, 1);
  }

  private void guard(TableInfo table, String key, Guard guard, int nth) {
    if (read.add(new Guarded(table, key, guard, nth))) {
      count(
          new Shape(RunKind.GUARD, table.id(), RunKind.GUARD_COLUMNS), table, key, guard.values());
      requireNoCountRead();
    }
  }

  // Writing

  /** An event is about to be written. */
  void writing(TableInfo table, Event event) {
    if (!journal.inTransaction()) {
      return;
    }
    before(table, event.key());
    counts |= event.kind() == RunKind.COUNT;
    List<String> columns = event.columns().stream().map(ColumnInfo::name).toList();
    count(new Shape(event.kind(), table.id(), columns), table, event.key(), event.values());
    requireNoCountRead();
  }

  /** A device's counts have in them what it counted before: what comes after a transaction that turns out to be in conflict would bring that in. */
  private void requireNoCountRead() {
    if (counts && !read.isEmpty()) {
      throw new StoreException(
          Code.BAD_TRANSACTION,
          "a transaction that reads cannot add to a counter: keep the sum in a plain column, or add without reading");
    }
  }

  private void count(Shape next, TableInfo table, String key, List<Value> values) {
    if (!next.equals(shape)) {
      shape = next;
      bytes += SHAPE_BYTES + Utf8.length(table.name()) + files.nowBytes();
      next.columns().forEach(column -> bytes += COLUMN_BYTES + Utf8.length(column));
    }
    events++;
    bytes += EVENT_BYTES + Utf8.length(key);
    values.forEach(value -> bytes += VALUE_BYTES + value.canonicalLength());
    if (events > MAX_EVENTS || bytes > MAX_BYTES) {
      throw new StoreException(
          Code.TRANSACTION_TOO_LARGE,
          "a transaction has room for " + MAX_EVENTS + " writes and things read, and for "
              + (MAX_BYTES >> 10)
              + " KiB; make several of it, or use write where it need not be whole elsewhere");
    }
  }
}
