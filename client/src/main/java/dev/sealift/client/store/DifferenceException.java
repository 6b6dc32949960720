package dev.sealift.client.store;

/** A compaction is not what this device makes of the log. */
final class DifferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Difference difference;

  DifferenceException(Difference difference) {
    super("a compaction differs from the log");
    this.difference = difference;
  }

  Difference difference() {
    return difference;
  }
}
