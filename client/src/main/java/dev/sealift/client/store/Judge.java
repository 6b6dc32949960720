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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final LifetimePolicies lifetimes;

  Judge(
      Catalog catalog,
      RowMerger rows,
      Devices devices,
      FileLog log,
      Judged judged,
      LifetimePolicies lifetimes) {
    this.lifetimes = lifetimes;
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
    private final RemoteWriter.Source source;

    private record RowName(String table, String key) {}

    /** Of this device's own writes those before the transaction stand before it in the log. */
    Holding(long transaction, RemoteWriter.Source source) {
      this.source = source;
      before = source.own() ? transaction : log.lastAdmitted() + 1;
    }

    /** Each row is read once, in whatever order guards stand. */
    boolean all(List<EventRun> guards) {
      Map<RowName, List<Guard>> byRow = new LinkedHashMap<>();
      for (EventRun run : guards) {
        if (lifetimes.byLog().before(run.table(), source.sequence()).isPresent()) {
          continue; // not everybody could tell
        }
        for (RowEvent event : run.rows()) {
          byRow
              .computeIfAbsent(new RowName(run.table(), event.key()), any -> new ArrayList<>())
              .add(Guard.of(event));
        }
      }
      return byRow.entrySet().stream().allMatch(row -> hold(row.getKey(), row.getValue()));
    }

    private boolean hold(RowName name, List<Guard> guards) {
      TableInfo table = catalog.table(name.table());
      RowImage row = table == null
          ? RowImage.ABSENT
          : rows.logged(table, name.key(), before, source.serverTimeMillis());
      Map<String, Map<Guard.Name, Integer>> parts = new HashMap<>();
      for (Guard guard : guards) {
        if (guard.what() == Guard.What.PART) {
          Map<Guard.Name, Integer> named =
              parts.computeIfAbsent(guard.column(), any -> new HashMap<>());
          guard.event().ifPresent(event -> named.merge(event, 1, Integer::sum));
        } else if (!holds(table, row.state(), guard)) {
          return false;
        }
      }
      return parts.entrySet().stream()
          .allMatch(column -> hasParts(table, row, column.getKey(), column.getValue()));
    }

    private boolean holds(@Nullable TableInfo table, RowState state, Guard guard) {
      return switch (guard.what()) {
        case REGISTER ->
          register(table, guard.column(), state).map(this::name).equals(guard.event());
        case THERE -> rows.isVisible(state);
        case NOT_THERE -> !rows.isVisible(state);
        case PART -> throw new IllegalStateException("gathered above");
      };
    }

    private Optional<Stamp> register(@Nullable TableInfo table, String columnName, RowState state) {
      ColumnInfo column = table == null ? null : table.column(columnName);
      return column == null ? Optional.empty() : state.cell(column.cell());
    }

    private Guard.Name name(Stamp stamp) {
      return new Guard.Name(stamp.time(), devices.device(stamp.device()));
    }

    /** @param left how often each part is named; what is there is taken off */
    private boolean hasParts(
        @Nullable TableInfo table, RowImage row, String label, Map<Guard.Name, Integer> left) {
      if (table != null) {
        for (ColumnInfo column : table.named(label)) {
          for (Part part : row.compound(column.cell()).parts()) {
            Guard.Name name = name(part.stamp());
            if (!left.containsKey(name)) {
              return false;
            }
            left.computeIfPresent(name, (any, times) -> times == 1 ? null : times - 1);
          }
        }
      }
      return left.isEmpty();
    }
  }
}
