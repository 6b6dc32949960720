package dev.sealift.client.rule;

import java.util.List;

/**
 * A row that breaks a rule, as it is shown now. Alike on all devices that show the same; gone as soon as it is put right, by whomever.
 *
 * @param key the row's
 * @param columns those of the rule
 * @param otherTable the table of the other row
 * @param otherKey the row that is referred to and is not there; or the one that had the same values first
 */
public record RuleViolation(
    Kind kind, String table, String key, List<String> columns, String otherTable, String otherKey) {
  /** Which way a rule is broken. */
  public enum Kind {
    /** The row that it refers to was removed. */
    REFERENCE_REMOVED,
    /** The row that it refers to was never there, or has not come yet. */
    REFERENCE_MISSING,
    /** Another row had the same first. */
    NOT_UNIQUE
  }

  public RuleViolation {
    columns = List.copyOf(columns);
  }
}
