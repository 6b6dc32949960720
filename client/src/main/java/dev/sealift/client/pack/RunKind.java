package dev.sealift.client.pack;

/** What the events of a run do to their rows. */
public enum RunKind {
  /** Writes the row: the named columns, and that it is there. */
  PUT(1),
  /** Writes the named columns only. */
  PATCH(2),
  /** Removes the row; has no columns. */
  REMOVE(3);

  private final int number;

  RunKind(int number) {
    this.number = number;
  }

  /** The number in a payload. */
  int number() {
    return number;
  }
}
