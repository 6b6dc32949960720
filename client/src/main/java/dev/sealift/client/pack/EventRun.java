package dev.sealift.client.pack;

import dev.sealift.client.value.Names;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.Limits;
import java.util.HashSet;
import java.util.List;

/**
 * Events of one shape: same kind, table and columns, and written with the same things seen.
 *
 * @param seenSequence the log position that the author had when writing them, not when packing or
 *     sending
 * @param seenFiles files that the author held without a receipt then
 * @param columns what each event's values are for; empty for removals
 * @param transaction the bits of the hybrid time of the first event of the transaction that they belong to; 0 of none
 * @param groups parallel to {@code columns}: those of one number, from 1 to {@link ValueLimits#MAX_COLUMNS}, are judged as one; 0 is by itself. Empty when all are
 */
public record EventRun(
    RunKind kind,
    String table,
    long seenSequence,
    List<DotRef> seenFiles,
    List<String> columns,
    List<Integer> groups,
    long transaction,
    List<RowEvent> rows) {
  public EventRun {
    seenFiles = List.copyOf(seenFiles);
    columns = List.copyOf(columns);
    groups = groups.stream().allMatch(group -> group == 0) ? List.of() : List.copyOf(groups);
    requireGroups(kind, columns, groups);
    rows = List.copyOf(rows);
    requireShape(kind, table, seenSequence, seenFiles, columns);
    require(kind != RunKind.GUARD || transaction != 0, "guards are of a transaction");
    for (RowEvent row : rows) {
      if (row.values().size() != columns.size()) {
        throw new IllegalArgumentException("an event has one value for each column of its run");
      }
      require(!kind.isPart() || kind.accepts(row.values().get(0)), "the value suits the kind");
      require(kind != RunKind.GUARD || Guard.isOne(row.values()), "a guard names what was read");
    }
  }

  /** The same, by an author who had seen no more of the log than so many files. */
  public EventRun seenAtMost(long sequence) {
    return seenSequence <= sequence
        ? this
        : new EventRun(kind, table, sequence, seenFiles, columns, groups, transaction, rows);
  }

  /** Of no transaction. */
  public EventRun(
      RunKind kind,
      String table,
      long seenSequence,
      List<DotRef> seenFiles,
      List<String> columns,
      List<Integer> groups,
      List<RowEvent> rows) {
    this(kind, table, seenSequence, seenFiles, columns, groups, 0, rows);
  }

  /** Without groups. */
  public EventRun(
      RunKind kind,
      String table,
      long seenSequence,
      List<DotRef> seenFiles,
      List<String> columns,
      List<RowEvent> rows) {
    this(kind, table, seenSequence, seenFiles, columns, List.of(), rows);
  }

  private static void requireGroups(RunKind kind, List<String> columns, List<Integer> groups) {
    require(groups.isEmpty() || groups.size() == columns.size(), "a group for each column");
    require(groups.isEmpty() || kind.hasGroups(), "groups in puts and patches alone");
    require(
        groups.stream().allMatch(group -> group >= 0 && group <= ValueLimits.MAX_COLUMNS),
        "groups have low numbers");
  }

  private static void requireShape(
      RunKind kind, String table, long seenSequence, List<DotRef> seenFiles, List<String> columns) {
    require(Names.isWellFormed(table) && columns.stream().allMatch(Names::isWellFormed), "names");
    require(new HashSet<>(columns).size() == columns.size(), "a column stands once");
    require(columns.size() <= ValueLimits.MAX_COLUMNS, "too many columns");
    require(kind.suits(columns), "the columns suit the kind");
    require(seenSequence >= 0 && seenSequence <= Limits.MAX_SEQUENCE, "seen is a log position");
    require(seenFiles.size() <= Limits.MAX_BUILDS_ON, "too many seen files");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a run breaks a rule: " + rule);
    }
  }

  /** Whether its events stand together with others, or not at all. */
  public boolean isOfTransaction() {
    return transaction != 0;
  }

  /** Whether the events of {@code other} could stand in this run. */
  boolean hasShapeOf(EventRun other) {
    return kind == other.kind
        && seenSequence == other.seenSequence
        && transaction == other.transaction
        && table.equals(other.table)
        && columns.equals(other.columns)
        && groups.equals(other.groups)
        && seenFiles.equals(other.seenFiles);
  }
}
