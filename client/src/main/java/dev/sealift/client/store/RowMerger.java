package dev.sealift.client.store;

import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a row's state, applies one event to it and writes what became of it. */
final class RowMerger {
  private final Tables tables;
  private final Journal journal;
  private final RowMerge merge;

  RowMerger(Tables tables, Journal journal, RowMerge merge) {
    this.tables = tables;
    this.journal = journal;
    this.merge = merge;
  }

  /** One event as it meets a row; the cells are those of {@code columns}, and {@code values} parallel to them. */
  record Event(
      RunKind kind, String key, Stamp stamp, List<ColumnInfo> columns, List<Value> values) {
    int[] cells() {
      return columns.stream().mapToInt(ColumnInfo::cell).toArray();
    }
  }

  /** What became of a row. */
  record Outcome(long row, Merged merged) {
    /** What people see of it; nothing when the event lost, or happened to a row that stays removed. */
    Optional<Change.Kind> change(RunKind kind) {
      if (!merged.changed() || (!merged.isVisible() && !merged.wasVisible())) {
        return Optional.empty();
      }
      if (!merged.isVisible()) {
        return Optional.of(Change.Kind.REMOVE);
      }
      if (kind == RunKind.REMOVE || (merged.takesNone() && !merged.visibilityChanged())) {
        return Optional.empty();
      }
      return Optional.of(kind == RunKind.PUT ? Change.Kind.PUT : Change.Kind.PATCH);
    }
  }

  /** A row's number and state. */
  record Found(long row, RowState state) {}

  boolean isVisible(RowState state) {
    return merge.isVisible(state);
  }

  @Nullable
  Found find(TableInfo table, String key) {
    Statement select = tables.of(table).selectByKey().bind(1, key);
    try {
      return select.next() ? new Found(select.integer(1), Stored.state(select.blob(2))) : null;
    } finally {
      select.reset();
    }
  }

  /** Applies a write of this device: nothing that it replaces was written by anyone who had not seen it. */
  Outcome write(TableInfo table, Event event) {
    return apply(table, event, false);
  }

  /** Applies a received event: what it outranks and was not packed yet is put aside first. */
  Outcome receive(TableInfo table, Event event) {
    return apply(table, event, true);
  }

  private Outcome apply(TableInfo table, Event event, boolean received) {
    Statement select = tables.of(table).selectByKey().bind(1, event.key());
    Found found;
    Merged merged;
    try {
      if (!select.next()) {
        return insert(table, event);
      }
      found = new Found(select.integer(1), Stored.state(select.blob(2)));
      merged = merged(found.state(), event, cell -> valueOf(select, cell));
      if (received && !journal.isEmpty() && merged.changed()) {
        keepOvertaken(found.state(), event, merged, select);
      }
    } finally {
      select.reset();
    }
    if (merged.changed()) {
      update(table, found.row(), event, merged);
    }
    return new Outcome(found.row(), merged);
  }

  private Merged merged(RowState state, Event event, CurrentValues current) {
    return switch (event.kind()) {
      case PUT -> merge.put(state, event.stamp(), event.cells(), event.values(), current);
      case PATCH -> merge.patch(state, event.stamp(), event.cells(), event.values(), current);
      case REMOVE -> merge.remove(state, event.stamp());
    };
  }

  private static Value valueOf(Statement select, int cell) {
    return select.value(cell + 2);
  }

  private void keepOvertaken(RowState before, Event event, Merged merged, Statement select) {
    for (int i = 0; i < event.columns().size(); i++) {
      int cell = event.columns().get(i).cell();
      if (merged.takes(i)) {
        before
            .cell(cell)
            .filter(journal::isPending)
            .ifPresent(stamp -> journal.overtake(stamp, cell, valueOf(select, cell)));
      }
    }
    keepOvertaken(
        before.cell(RowState.MARKER), merged.state().cell(RowState.MARKER), Journal.MARKER);
    keepOvertaken(before.removal(), merged.state().removal(), Journal.REMOVAL);
  }

  private void keepOvertaken(Optional<Stamp> before, Optional<Stamp> after, int cell) {
    if (!before.equals(after)) {
      before
          .filter(journal::isPending)
          .ifPresent(stamp -> journal.overtake(stamp, cell, Value.NULL));
    }
  }

  private Outcome insert(TableInfo table, Event event) {
    Merged merged = merged(RowState.ABSENT, event, cell -> {
      throw new IllegalStateException("a new row has no values");
    });
    Statement insert = tables.of(table).insertSome(event.columns());
    insert.bind(1, event.key()).bind(2, merged.state().toBytes());
    bindRemoved(insert, 3, merged);
    for (int i = 0; i < event.values().size(); i++) {
      insert.bind(4 + i, event.values().get(i));
    }
    return new Outcome(onlyRow(insert), merged);
  }

  static long onlyRow(Statement returning) {
    try {
      if (!returning.next()) {
        throw new IllegalStateException("a written row has a number");
      }
      return returning.integer(1);
    } finally {
      returning.reset();
    }
  }

  private void update(TableInfo table, long row, Event event, Merged merged) {
    List<ColumnInfo> columns = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < event.columns().size(); i++) {
      if (merged.takes(i)) {
        columns.add(event.columns().get(i));
        values.add(event.values().get(i));
      }
    }
    Statement update =
        tables.of(table).updateSome(columns).bind(1, merged.state().toBytes());
    bindRemoved(update, 2, merged);
    for (int i = 0; i < values.size(); i++) {
      update.bind(3 + i, values.get(i));
    }
    update.bind(3 + values.size(), row).run();
  }

  private static void bindRemoved(Statement statement, int at, Merged merged) {
    if (merged.isVisible()) {
      statement.bindNull(at);
    } else {
      statement.bind(at, 1);
    }
  }

  /** Writes a row's state alone. */
  void replaceState(TableInfo table, long row, RowState state) {
    Statement update = tables.of(table).updateSome(List.of()).bind(1, state.toBytes());
    if (isVisible(state)) {
      update.bindNull(2);
    } else {
      update.bind(2, 1);
    }
    update.bind(3, row).run();
  }
}
