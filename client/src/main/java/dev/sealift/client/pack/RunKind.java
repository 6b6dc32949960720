package dev.sealift.client.pack;

import java.util.List;

/** What the events of a run do to their rows. */
public enum RunKind {
  /** Writes the row: the named columns, and that it is there. */
  PUT(1),
  /** Writes the named columns only. */
  PATCH(2),
  /** Removes the row; has no columns. */
  REMOVE(3),
  /** Says of losers that they need no review any more; its columns are {@link #LOSER_COLUMNS}. */
  DISMISS(4);

  /** A loser of the row: the column, empty for the row itself; the hybrid time and the device of the event that lost. */
  public static final List<String> LOSER_COLUMNS = List.of("column", "time", "device");

  private final int number;

  RunKind(int number) {
    this.number = number;
  }

  /** The number in a payload. */
  int number() {
    return number;
  }
}
