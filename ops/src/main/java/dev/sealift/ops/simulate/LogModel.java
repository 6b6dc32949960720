package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the log makes of all rows of a table: its events in order, transactions whole. */
final class LogModel {
  /** Whose transaction it is, with all that it says. */
  private record Transaction(Object device, List<List<Object>> events) {}

  /** The file that it stands in first, and whether all that it has read was so there. */
  private record Judgement(long sequence, boolean holds) {}

  private final long cutOffMillis;
  private final List<String> columns;
  private final SortedMap<String, RowModel> rows = new TreeMap<>();
  private final Map<Transaction, Judgement> judged = new HashMap<>();

  /** @param columns of the table, those that are registers */
  LogModel(long cutOffMillis, List<String> columns) {
    this.cutOffMillis = cutOffMillis;
    this.columns = columns;
  }

  /** All events of the log, in its order. */
  void apply(List<LogEvent> events) {
    int at = 0;
    while (at < events.size()) {
      List<LogEvent> unit = unitAt(events, at);
      at += unit.size();
      apply(unit, outcome(unit));
      requireBalance();
    }
  }

  /** An event by itself, or a transaction of a file. */
  static List<LogEvent> unitAt(List<LogEvent> events, int from) {
    LogEvent first = events.get(from);
    int to = from + 1;
    while (first.isOfTransaction()
        && to < events.size()
        && events.get(to).sequence() == first.sequence()
        && events.get(to).transaction().equals(first.transaction())) {
      to++;
    }
    return events.subList(from, to);
  }

  private enum Outcome {
    MERGED,
    CONFLICT,
    NOTHING
  }

  private Outcome outcome(List<LogEvent> unit) {
    LogEvent first = unit.get(0);
    List<LogEvent> guards = guards(unit);
    if (guards.isEmpty() || first.isLate(cutOffMillis)) {
      return Outcome.MERGED;
    }
    Judgement judgement = judged.computeIfAbsent(
        new Transaction(first.device(), unit.stream().map(LogModel::content).toList()),
        any -> new Judgement(
            first.sequence(),
            guards.stream().allMatch(guard -> row(guard.key()).holds(guard, guards))));
    if (judgement.holds()) {
      return Outcome.MERGED;
    }
    return judgement.sequence() == first.sequence() ? Outcome.CONFLICT : Outcome.NOTHING;
  }

  private static List<LogEvent> guards(List<LogEvent> unit) {
    return unit.stream().filter(event -> event.kind() == RunKind.GUARD).toList();
  }

  private static List<Object> content(LogEvent event) {
    return List.of(event.kind(), event.key(), event.time(), event.values());
  }

  private void apply(List<LogEvent> unit, Outcome outcome) {
    for (LogEvent event : unit) {
      if (event.kind() != RunKind.GUARD) {
        switch (outcome) {
          case MERGED -> row(event.key()).apply(event);
          case CONFLICT -> row(event.key()).refuse(event);
          case NOTHING -> {}
        }
      }
    }
  }

  private RowModel row(String key) {
    return rows.computeIfAbsent(key, any -> new RowModel(cutOffMillis, columns));
  }

  /** Transfers move, and neither make nor lose. */
  private void requireBalance() {
    long sum = 0;
    for (String account : Writer.ACCOUNTS) {
      RowModel row = rows.get(account);
      sum += row == null
          ? 0
          : row.shown().map(shown -> Writer.amount(shown.get(Writer.AMOUNT))).orElse(0L);
    }
    if (sum != 0) {
      throw new Fault("L1", "accounts come to " + sum + " after transfers that only move");
    }
  }

  SortedMap<String, RowModel> rows() {
    return rows;
  }
}
