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
 */
public record EventRun(
    RunKind kind,
    String table,
    long seenSequence,
    List<DotRef> seenFiles,
    List<String> columns,
    List<RowEvent> rows) {
  public EventRun {
    seenFiles = List.copyOf(seenFiles);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    requireShape(kind, table, seenSequence, seenFiles, columns);
    for (RowEvent row : rows) {
      if (row.values().size() != columns.size()) {
        throw new IllegalArgumentException("an event has one value for each column of its run");
      }
    }
  }

  private static void requireShape(
      RunKind kind, String table, long seenSequence, List<DotRef> seenFiles, List<String> columns) {
    require(Names.isWellFormed(table) && columns.stream().allMatch(Names::isWellFormed), "names");
    require(new HashSet<>(columns).size() == columns.size(), "a column stands once");
    require(columns.size() <= ValueLimits.MAX_COLUMNS, "too many columns");
    require(kind != RunKind.REMOVE || columns.isEmpty(), "a removal has no columns");
    require(kind != RunKind.PATCH || !columns.isEmpty(), "a patch has columns");
    require(
        kind != RunKind.DISMISS || columns.equals(RunKind.LOSER_COLUMNS),
        "a dismissal names losers");
    require(seenSequence >= 0 && seenSequence <= Limits.MAX_SEQUENCE, "seen is a log position");
    require(seenFiles.size() <= Limits.MAX_BUILDS_ON, "too many seen files");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a run breaks a rule: " + rule);
    }
  }

  /** Whether the events of {@code other} could stand in this run. */
  boolean hasShapeOf(EventRun other) {
    return kind == other.kind
        && seenSequence == other.seenSequence
        && table.equals(other.table)
        && columns.equals(other.columns)
        && seenFiles.equals(other.seenFiles);
  }
}
