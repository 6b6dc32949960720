package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the log makes of transactions, said without guards: a transaction counts exactly if all that the app has read in it is still so where the transaction stands in the log. It keeps all events that
 * count, and asks questions about all of them. Every value is written once, so a value tells which write it came from; nothing comes late.
 */
final class TransactionModel {
  /** What an app read: a column of a row, or with no column whether the row is there. */
  record Read(String key, String column, Value value) {}

  /** What an app did in one transaction, told by the one who did it. */
  record Told(int number, DeviceId device, List<Read> reads, int writes) {}

  private record Written(
      HybridTime time, DeviceId device, RunKind kind, String key, Map<String, Value> values) {}

  private static final Comparator<Written> RANK =
      Comparator.comparing(Written::time).thenComparing(Written::device);

  private final Map<Integer, Told> told = new TreeMap<>();
  private final List<Written> counting = new ArrayList<>();
  private final Set<Integer> conflicts = new HashSet<>();
  private final Map<Integer, List<Written>> written = new HashMap<>();

  void tell(Told transaction) {
    told.put(transaction.number(), transaction);
  }

  /** A row that only this transaction writes. */
  static String mark(int number, int which) {
    return "t" + number + "-" + which;
  }

  /** The next file of the log. */
  void take(Sent file) {
    List<Written> open = new ArrayList<>();
    long transaction = 0;
    for (EventRun run : file.runs()) {
      if (run.transaction() != transaction) {
        close(open);
        transaction = run.transaction();
      }
      if (run.table().equals("cities") && run.kind() != RunKind.GUARD) {
        run.rows().forEach(event -> open.add(written(file, run, event)));
      }
      if (transaction == 0) {
        counting.addAll(open);
        open.clear();
      }
    }
    close(open);
  }

  private static Written written(Sent file, EventRun run, RowEvent event) {
    Map<String, Value> values = new HashMap<>();
    for (int i = 0; i < run.columns().size(); i++) {
      values.put(run.columns().get(i), event.values().get(i));
    }
    return new Written(event.time(), file.author(), run.kind(), event.key(), values);
  }

  private void close(List<Written> transaction) {
    if (transaction.isEmpty()) {
      return;
    }
    Told its = told.values().stream()
        .filter(one ->
            transaction.stream().anyMatch(event -> event.key().equals(mark(one.number(), 0))))
        .findFirst()
        .orElseThrow(() -> new AssertionError("a transaction that nobody made, or a part of one"));
    if (transaction.size() != its.writes() || written.containsKey(its.number())) {
      throw new AssertionError("a transaction is not whole, or twice in the log: " + transaction);
    }
    written.put(its.number(), List.copyOf(transaction));
    if (its.reads().stream().allMatch(this::holds)) {
      counting.addAll(transaction);
    } else {
      conflicts.add(its.number());
    }
    transaction.clear();
  }

  private boolean holds(Read read) {
    return read.column().isEmpty()
        ? read.value().equals(Value.of(isThere(read.key()) ? 1 : 0))
        : read.value().equals(value(read.key(), read.column()));
  }

  private boolean isThere(String key) {
    return highest(key, true)
        .filter(write ->
            highest(key, false).filter(gone -> RANK.compare(gone, write) > 0).isEmpty())
        .isPresent();
  }

  private Optional<Written> highest(String key, boolean writes) {
    return counting.stream()
        .filter(event -> event.key().equals(key) && writes == (event.kind() != RunKind.REMOVE))
        .max(RANK);
  }

  private Value value(String key, String column) {
    return counting.stream()
        .filter(event -> event.key().equals(key) && event.values().containsKey(column))
        .max(RANK)
        .map(event -> event.values().get(column))
        .orElse(Value.NULL);
  }

  /** A row as it should be shown, of these columns. */
  Optional<Map<String, Value>> row(String key, List<String> columns) {
    Map<String, Value> row = new HashMap<>();
    columns.forEach(column -> row.put(column, value(key, column)));
    return isThere(key) ? Optional.of(row) : Optional.empty();
  }

  /** All transactions that the log has. */
  Set<Integer> all() {
    return written.keySet();
  }

  boolean isConflict(int number) {
    return conflicts.contains(number);
  }

  /** Each cell that a transaction wrote: key, column, and what, where nothing of it is merged. */
  Set<List<Object>> cells(int number) {
    Set<List<Object>> cells = new HashSet<>();
    for (Written event : written.get(number)) {
      if (event.values().isEmpty()) {
        LostReason reason =
            event.kind() == RunKind.REMOVE ? LostReason.CONFLICT_REMOVAL : LostReason.CONFLICT;
        cells.add(List.of(event.key(), "", event.time(), reason, Value.NULL));
      }
      event
          .values()
          .forEach((column, value) ->
              cells.add(List.of(event.key(), column, event.time(), LostReason.CONFLICT, value)));
    }
    return cells;
  }
}
