package dev.sealift.client.store;

import dev.sealift.client.compact.CellName;
import dev.sealift.client.rule.RowName;
import java.util.Optional;

/**
 * What a compaction has otherwise than the log that it is of; the first that was found.
 *
 * @param row empty where it is no matter of a row
 * @param cell the row itself, where it is no matter of a column
 */
public record Difference(Kind kind, Optional<RowName> row, CellName cell) {
  /** Of what kind it is. */
  public enum Kind {
    /** It cannot be read, or is not cut as everybody cuts it, or says what no log can say. */
    FORMAT,
    /** The files of the log. */
    FILES,
    /** Keep policies that they brought. */
    POLICIES,
    /** Transactions that were judged. */
    JUDGEMENTS,
    /** A row that it should carry, or should not. */
    ROW,
    /** What a row holds. */
    CELL,
    /** What lost in a row. */
    LOSER,
    /** The history of a row. */
    HISTORY,
    /** A row's place in its feed. */
    FEED
  }

  static Difference of(Kind kind) {
    return new Difference(kind, Optional.empty(), CellName.ROW);
  }

  static Difference of(Kind kind, RowName row, CellName cell) {
    return new Difference(kind, Optional.of(row), cell);
  }
}
