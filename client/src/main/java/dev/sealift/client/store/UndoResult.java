package dev.sealift.client.store;

import java.util.List;

/**
 * What became of taking a change back, or of making it again.
 *
 * @param undone what is as it was before
 * @param left what stays as it is, and why
 */
public record UndoResult(Outcome outcome, List<Undone> undone, List<Left> left) {
  /** Whether there was a change. */
  public enum Outcome {
    /** There was one; what of it was undone and what was not is in the lists. */
    DONE,
    /** This device has written nothing since, or none of it is remembered. */
    NOTHING,
    /** The last change was too large to be remembered. */
    TOO_LARGE
  }

  /** Why something stays. */
  public enum Reason {
    /** Somebody else, or the answer to a rule, has written it since. */
    WRITTEN_SINCE,
    /** Other rows refer to the row since, and would go with it or bring it back. */
    REFERENCED,
    /** Somebody else has removed the row since. */
    REMOVED_SINCE,
    /** An update of a document, which its app has to take back. */
    NO_INVERSE,
    /** The row was removed longer ago than the cut-off. */
    TOO_OLD,
    /** The cell has no room for what was in it, or the counter cannot hold it. */
    NO_ROOM
  }

  /** A cell; or the row as such, where the column is empty. */
  public record Undone(String table, String key, String column) {}

  /** A cell that stays; or the row as such, where the column is empty. */
  public record Left(String table, String key, String column, Reason reason) {}

  public UndoResult {
    undone = List.copyOf(undone);
    left = List.copyOf(left);
  }

  static UndoResult none(Outcome outcome) {
    return new UndoResult(outcome, List.of(), List.of());
  }
}
