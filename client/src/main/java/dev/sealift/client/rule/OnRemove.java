package dev.sealift.client.rule;

/** What becomes of rows that refer to one that was removed, while nobody who removed it had seen them. */
public enum OnRemove {
  /** The removed row comes back. Where the rows that refer to it are there to be seen, it cannot be removed. */
  RESTAMP,
  /** They are removed as well. */
  REMOVE,
  /** They stay as they are, and are told of. */
  REPORT
}
