package dev.sealift.client.rule;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.util.List;
import java.util.Optional;

/** A write that would break a rule, as this device sees it. Nothing of it was written, and the unit of work that it is in may go on. */
public final class RuleException extends SealiftException {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final long rows;
  private final String key;

  private RuleException(ErrorCode code, String message, String table, long rows, String key) {
    super(code, message);
    this.table = table;
    this.rows = rows;
    this.key = key;
  }

  /** @param table of the rows that refer */
  static RuleException referenced(String table, long rows) {
    return new RuleException(
        ErrorCode.REFERENCED,
        "The row cannot be removed: " + rows + (rows == 1 ? " row refers" : " rows refer")
            + " to it, or to one that would go with it. Change or remove those first.",
        table,
        rows,
        "");
  }

  static RuleException tooMany(String table, long most) {
    return new RuleException(
        ErrorCode.INVALID_INPUT,
        "More than " + most
            + " rows would be removed together with this one. Remove them first, some at a time.",
        table,
        most,
        "");
  }

  /** @param key of the row that has the values already */
  public static RuleException notUnique(String table, List<String> columns, String key) {
    return new RuleException(
        ErrorCode.NOT_UNIQUE,
        "Another row has this in " + String.join(" and ", columns)
            + " already, where no two rows may have the same. Choose another value, or change that row.",
        table,
        1,
        key);
  }

  /** The table of the row that was to be written, as the app calls it; of a removal, that of the rows in its way. */
  public String table() {
    return table;
  }

  /** How many rows are in the way, counted up to 1,000. */
  public long rows() {
    return rows;
  }

  /** The key of the row that has the values, of {@code NOT_UNIQUE}. Not in the message, which may go to a log. */
  public Optional<String> key() {
    return key.isEmpty() ? Optional.empty() : Optional.of(key);
  }
}
