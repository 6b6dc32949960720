package dev.sealift.client.store;

/** How much is kept of what was written to a table. Each keeps what those before it keep. */
public enum Keep {
  /** What the table shows, and what lost, for the review window. */
  LATEST,
  /** Every event, for the review window. */
  WINDOW,
  /** Every event, for good. */
  ALL,
  /** Every event, for good; and rows are only appended, and numbered in the order of the log. */
  FEED;

  /** Whether events are kept that nothing shows. */
  boolean hasHistory() {
    return this != LATEST;
  }

  /** Whether no event is to be left out. */
  boolean isComplete() {
    return compareTo(ALL) >= 0;
  }

  /** Its number in a compaction. */
  int number() {
    return ordinal();
  }

  static Keep of(int number) {
    return values()[number];
  }

  static Keep higher(Keep one, Keep other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
