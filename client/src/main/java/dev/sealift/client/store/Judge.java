package dev.sealift.client.store;

import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.Guard;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Judged.Judgement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says what becomes of the transactions of a file, as the log comes to them: those whose guards do not all hold are not merged. It asks what the log makes of rows at that place, and nothing of what is shown, so
 * the answer is the same on every device.
 */
final class Judge {
  private final Catalog catalog;
  private final RowMerger rows;
  private final Devices devices;
  private final FileLog log;
  private final Judged judged;

  Judge(Catalog catalog, RowMerger rows, Devices devices, FileLog log, Judged judged) {
    this.catalog = catalog;
    this.rows = rows;
    this.devices = devices;
    this.log = log;
    this.judged = judged;
  }

  /** What becomes of events. */
  enum Outcome {
    MERGED,
    /** They lose, all of their transaction. */
    CONFLICT,
    /** They have lost where they stood in the log before. */
    NOTHING
  }

  /** What is done with a run, once it is known what becomes of it. Guards are no such run. */
  interface Use {
    void on(EventRun run, Outcome outcome);
  }

  /** Goes through a file's runs in their order, transactions whole. */
  void each(List<EventRun> runs, RemoteWriter.Source source, Use use) {
    each(runs, transaction -> outcome(transaction, source), use);
  }

  /** As {@link #each}, of a file that was gone through already. */
  void eachJudged(List<EventRun> runs, RemoteWriter.Source source, Use use) {
    each(runs, transaction -> judgedOutcome(transaction, source).orElse(Outcome.MERGED), use);
  }

  private static void each(
      List<EventRun> runs, Function<WholeTransaction, Outcome> outcomeOf, Use use) {
    long transaction = 0;
    Outcome outcome = Outcome.MERGED;
    for (int i = 0; i < runs.size(); i++) {
      EventRun run = runs.get(i);
      if (run.transaction() != transaction) {
        transaction = run.transaction();
        outcome = transaction == 0 ? Outcome.MERGED : outcomeOf.apply(WholeTransaction.at(runs, i));
      }
      if (run.kind() != RunKind.GUARD) {
        use.on(run, outcome);
      }
    }
  }

  private Outcome outcome(WholeTransaction transaction, RemoteWriter.Source source) {
    Optional<Outcome> before = judgedOutcome(transaction, source);
    if (before.isPresent()) {
      return before.get();
    }
    List<EventRun> guards = transaction.guards();
    boolean conflict = !new Holding(transaction.number(), source).all(guards);
    judged.add(source.author(), transaction, new Judgement(source.sequence(), conflict));
    return conflict ? Outcome.CONFLICT : Outcome.MERGED;
  }

  /** What is known of it without looking at what it has read; empty of what was not judged yet. */
  private Optional<Outcome> judgedOutcome(
      WholeTransaction transaction, RemoteWriter.Source source) {
    return transaction.guards().isEmpty() || source.isLate(transaction.number())
        ? Optional.of(Outcome.MERGED)
        : judged.find(source.author(), transaction).map(before -> again(before, source));
  }

  /** Whether a transaction of a file was in conflict. */
  boolean wasInConflict(WholeTransaction transaction, RemoteWriter.Source source) {
    return judged.find(source.author(), transaction).filter(Judgement::conflict).isPresent();
  }

  private static Outcome again(Judgement before, RemoteWriter.Source source) {
    if (!before.conflict()) {
      return Outcome.MERGED;
    }
    return before.sequence() == source.sequence() ? Outcome.CONFLICT : Outcome.NOTHING;
  }

  /** Whether guards hold where their transaction stands. */
  private final class Holding {
    private final long before;
    private final Map<Cell, List<Guard.Name>> parts = new HashMap<>();
    private RowName last = new RowName("", "");
    private RowImage lastRow = RowImage.ABSENT;

    private record RowName(String table, String key) {}

    private record Cell(String table, String key, String column) {}

    /** Of this device's own writes those before the transaction stand before it in the log. */
    Holding(long transaction, RemoteWriter.Source source) {
      before = source.own() ? transaction : log.lastAdmitted() + 1;
    }

    boolean all(List<EventRun> guards) {
      for (EventRun run : guards) {
        for (RowEvent event : run.rows()) {
          if (!holds(run.table(), event.key(), Guard.of(event))) {
            return false;
          }
        }
      }
      return parts.entrySet().stream().allMatch(cell -> hasParts(cell.getKey(), cell.getValue()));
    }

    private boolean holds(String table, String key, Guard guard) {
      if (guard.what() == Guard.What.PART) {
        List<Guard.Name> named =
            parts.computeIfAbsent(new Cell(table, key, guard.column()), any -> new ArrayList<>());
        guard.event().ifPresent(named::add);
        return true;
      }
      RowState state = row(table, key).state();
      return switch (guard.what()) {
        case REGISTER -> is(register(table, guard.column(), state), guard);
        case THERE -> rows.isVisible(state);
        case NOT_THERE -> !rows.isVisible(state);
        case PART -> throw new IllegalStateException("gathered above");
      };
    }

    /** Guards of one row stand together as a rule. */
    private RowImage row(String tableName, String key) {
      RowName name = new RowName(tableName, key);
      if (!name.equals(last)) {
        TableInfo table = catalog.table(tableName);
        last = name;
        lastRow = table == null ? RowImage.ABSENT : rows.logged(table, key, before);
      }
      return lastRow;
    }

    private Optional<Stamp> register(String tableName, String columnName, RowState state) {
      TableInfo table = catalog.table(tableName);
      ColumnInfo column = table == null ? null : table.column(columnName);
      return column == null ? Optional.empty() : state.cell(column.cell());
    }

    private boolean is(Optional<Stamp> held, Guard guard) {
      return held.map(this::name).equals(guard.event());
    }

    private Guard.Name name(Stamp stamp) {
      return new Guard.Name(stamp.time(), devices.device(stamp.device()));
    }

    private boolean hasParts(Cell cell, List<Guard.Name> named) {
      TableInfo table = catalog.table(cell.table());
      List<Guard.Name> left = new ArrayList<>(named);
      if (table != null) {
        RowImage row = row(cell.table(), cell.key());
        for (ColumnInfo column : table.named(cell.column())) {
          for (Part part : row.compound(column.cell()).parts()) {
            if (!left.remove(name(part.stamp()))) {
              return false;
            }
          }
        }
      }
      return left.isEmpty();
    }
  }
}
